#include "fate/sync/barrier.h"

#include <string>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

struct Rounds : Logged {
  Barrier barrier{3};
  Task<> Work(char name, int rounds) {
    for (int round = 0; round < rounds; ++round) {
      log += static_cast<char>('0' + round);
      co_await barrier.ArriveAndWait();
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a', 2), Work('b', 2), Work('c', 2)); }
};

TEST(BarrierTest, LastToArriveGoesOnFirstAndTheOthersAsTheyCame) {
  // c completes the first generation and begins the second; b, the last in it, completes that.
  EXPECT_EQ(RunQueued<Rounds>(), "000c1a1b1bca");
}

TEST(BarrierTest, NobodyIsARoundAheadInAnyExecution) {
  for (const auto& [name, count] : Sample<Rounds>(500)) {
    // All three begin round 1 after all three began round 0.
    EXPECT_EQ(name.substr(0, 3), "000") << name;
    EXPECT_EQ(name.size(), 12u) << name;
  }
}

struct Two : Logged {
  Barrier barrier{2};
  Task<> Work(char name) {
    co_await barrier.ArriveAndWait();
    log += name;
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

TEST(BarrierTest, TwoHaveFourExecutions) {
  // Either arrives first and cannot go on; when the other has arrived they go on in any order.
  EXPECT_EQ(Enumerate<Two>(), (Outcomes{{"ab", 2}, {"ba", 2}}));
}

struct Tokens : Logged {
  Barrier barrier{2};
  Task<> Main() {
    Barrier::Token first = co_await barrier.Arrive();
    log += std::to_string(barrier.arrived());
    Barrier::Token second = co_await barrier.Arrive();
    log += std::to_string(barrier.arrived());
    log += first == second ? "=" : "!";
    co_await barrier.Wait(first);
    Barrier::Token third = co_await barrier.Arrive();
    log += third == second ? "=" : "!";
    co_await barrier.Arrive();
    co_await barrier.Wait(third);
    co_await barrier.Wait(first);  // long over
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BarrierTest, TokenBelongsToItsGeneration) { EXPECT_EQ(RunQueued<Tokens>(), "10=!"); }

struct CancelledArrival : Logged {
  Barrier barrier{2};
  Task<> Work(char name) {
    try {
      co_await barrier.ArriveAndWait();
      log += name;
      co_await Yield();
    } catch (const Cancelled&) {
      log += '!';
    }
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Work('a'));
    co_await Yield();
    log += std::to_string(barrier.arrived());
    co_await first.Cancel();
    log += std::to_string(barrier.arrived());
    co_await first.Wait();
    JoinHandle<> second = co_await Spawn(Work('b'));
    JoinHandle<> third = co_await Spawn(Work('c'));
    co_await Yield();
    // c went on at once; b has not run since, but the generation is complete.
    co_await second.Cancel();
    co_await second.Wait();
    co_await third.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BarrierTest, CancelledArrivalIsTakenBackUnlessTheGenerationIsComplete) {
  EXPECT_EQ(RunQueued<CancelledArrival>(), "10!cb!");
}

struct CancelInSearch : Logged {
  Barrier barrier{2};
  int passed = 0;
  Task<> Work() {
    co_await barrier.ArriveAndWait();
    ++passed;
  }
  Task<> Main() {
    JoinHandle<> first = SpawnNow(Work());
    JoinHandle<> second = SpawnNow(Work());
    co_await first.Cancel();
    co_await first.Wait();
    if (!second.ended() && passed == 0) co_await barrier.ArriveAndDrop();
    co_await second.Wait();
    log = std::to_string(passed) + std::to_string(barrier.arrived());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BarrierTest, CancelledTaskDidNotArriveOrPassesInAnyExecution) {
  Outcomes outcomes = Enumerate<CancelInSearch>();
  // Both passed, or the cancelled one did not and the arrival of Main lets the other pass.
  EXPECT_EQ(outcomes.size(), 2u);
  EXPECT_GT(outcomes["20"], 0);
  EXPECT_GT(outcomes["10"], 0);
}

struct Dropping : Logged {
  Barrier barrier{3};
  Task<> Work(char name) {
    for (int round = 0; round < 2; ++round) {
      co_await barrier.ArriveAndWait();
      log += name;
    }
  }
  Task<> Drop() {
    co_await barrier.ArriveAndDrop();
    log += std::to_string(barrier.participants());
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b'), Drop()); }
};

TEST(BarrierTest, LaterGenerationsDoWithoutOneThatDropped) { EXPECT_EQ(RunQueued<Dropping>(), "2abba"); }

struct AllDropped : Logged {
  Barrier barrier{1};
  Task<> Main() {
    barrier.ArriveAndDropNow();
    co_await barrier.Arrive();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BarrierTest, ArrivingWhenAllHaveDroppedIsMisuse) {
  EXPECT_EQ(MessageOf<AllDropped>(),
            "FATE_CHECK(participants_ > 0) failed: your program arrived at a Barrier all of whose "
            "participants dropped out");
}

}  // namespace
}  // namespace fate::test
