// Events, latches, barriers, onces and groups of tasks, in every order, with tasks cancelled at every moment.
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "fate/runtime/check.h"
#include "fate/sync/barrier.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/once.h"
#include "fate/task/task_group.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "tests/self/under_search.h"

namespace fate::self {
namespace {

struct EventIsSeen {
  Event event;
  Latch latch{2};
  bool set = false;
  int seen = 0;

  Task<> Wait() {
    co_await event.Wait();
    FATE_CHECK(set, "an Event was seen before it was set");
    ++seen;
    co_await latch.CountDown();
  }
  Task<> WaitOnly() {
    co_await event.Wait();
    FATE_CHECK(set, "an Event was seen before it was set");
  }
  Task<> Set() {
    set = true;
    co_await event.Set();
  }
  Task<> Main() {
    JoinHandle<bool> victim = co_await Spawn(Ends(WaitOnly()));
    JoinHandle<> setter = co_await Spawn(Set());
    JoinHandle<> second = co_await Spawn(Wait());
    JoinHandle<> third = co_await Spawn(Wait());
    co_await SomeTurns();
    co_await victim.Cancel();
    co_await latch.Wait();
    FATE_CHECK(seen == 2, "a Latch opened early");
    co_await victim.Join();
    co_await setter.Join();
    co_await second.Join();
    co_await third.Join();
  }
};

struct RoundsStayTogether {
  static constexpr int kRounds = 2;
  Barrier barrier{2};
  int round[2] = {0, 0};

  Task<> Run(size_t self) {
    for (int i = 0; i < kRounds; ++i) {
      ++round[self];
      co_await barrier.ArriveAndWait();
      int ahead = round[1 - self] - round[self];
      FATE_CHECK(ahead == 0 || ahead == 1, "a task left the Barrier before the other had come");
    }
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Run(0));
    JoinHandle<> second = co_await Spawn(Run(1));
    co_await first.Join();
    co_await second.Join();
    FATE_CHECK(barrier.arrived() == 0, "an arrival was left over");
  }
};

// One participant gives up and drops out: the others do not wait for it.
struct WhoDropsOutIsNotWaitedFor {
  Barrier barrier{2};

  Task<> Run() {
    bool here = false;
    struct Dropper {
      Barrier& barrier;
      bool& here;
      ~Dropper() {
        if (!here) barrier.ArriveAndDropNow();
      }
    } dropper{barrier, here};
    co_await barrier.ArriveAndWait();
    here = true;
  }
  Task<> Main() {
    JoinHandle<bool> victim = co_await Spawn(Ends(Run()));
    JoinHandle<bool> other = co_await Spawn(Ends(Run()));
    co_await SomeTurns();
    co_await victim.Cancel();
    co_await victim.Join();
    bool ended = co_await other.Join();
    FATE_CHECK(ended, "the other was cancelled too");
  }
};

// The first caller fails or is cancelled; the callable has succeeded exactly once in the end.
struct SucceedsOnce {
  Once once;
  int runs = 0;
  int successes = 0;

  Task<> Initialise() {
    ++runs;
    bool first = runs == 1;
    co_await Yield();
    if (first) throw std::runtime_error("not this time");
    ++successes;
  }
  Task<> Call() {
    auto initialise = [this] { return Initialise(); };
    try {
      co_await once.Call(initialise);
    } catch (const std::runtime_error&) {
      co_return;
    }
    FATE_CHECK(once.done() && successes == 1, "Call returned before a success");
  }
  Task<> Main() {
    JoinHandle<bool> victim = co_await Spawn(Ends(Call()));
    JoinHandle<bool> second = co_await Spawn(Ends(Call()));
    JoinHandle<bool> third = co_await Spawn(Ends(Call()));
    co_await SomeTurns();
    co_await victim.Cancel();
    co_await victim.Join();
    bool second_ended = co_await second.Join();
    bool third_ended = co_await third.Join();
    FATE_CHECK(second_ended && third_ended, "a caller that nobody cancelled was cancelled");
    FATE_CHECK(successes <= 1, "the callable succeeded twice");
  }
};

// Nothing outlives its group, whoever fails first.
struct NothingOutlivesItsGroup {
  int alive = 0;

  Task<> Child(bool fails) {
    struct Life {
      int& alive;
      explicit Life(int& a) : alive(a) { ++alive; }
      ~Life() { --alive; }
    } life(alive);
    co_await Yield();
    if (fails) throw std::runtime_error("a child failed");
    co_await Yield();
  }
  Task<> Main() {
    auto body = [this](TaskGroup& group) -> Task<> {
      co_await group.Spawn(Child(false));
      co_await group.Spawn(Child(true));
      co_await group.Spawn(Child(false));
      co_await Yield();
    };
    bool threw = false;
    try {
      co_await WithTaskGroup(body);
    } catch (const std::runtime_error&) {
      threw = true;
    }
    FATE_CHECK(threw, "a failure was swallowed");
    FATE_CHECK(alive == 0, "a child outlived its group");
  }
};

// The losers of WhenAny have ended when it returns.
struct LosersHaveEnded {
  Event never;
  int ended = 0;

  Task<int> Lose() {
    struct End {
      int& ended;
      ~End() { ++ended; }
    } end{ended};
    co_await never.Wait();
    co_return 1;
  }
  Task<int> Win() {
    co_await Yield();
    co_return 2;
  }
  Task<> Main() {
    auto result = co_await WhenAny(Lose(), Win(), Lose());
    FATE_CHECK(result.index() == 1, "a loser won");
    // One that never began has nothing to end.
    FATE_CHECK(ended <= 2 && !result.get<0>().has_value() && !result.get<2>().has_value(), "a loser went on");
  }
};

TEST(SignalSelfTest, AnEventIsSeenByAllAndALatchOpensInTime) { HoldsEverywhere<EventIsSeen>(); }
TEST(SignalSelfTest, RoundsOfABarrierStayTogether) { HoldsEverywhere<RoundsStayTogether>(); }
TEST(SignalSelfTest, WhoDropsOutOfABarrierIsNotWaitedFor) { HoldsEverywhere<WhoDropsOutIsNotWaitedFor>(); }
TEST(SignalSelfTest, AOnceSucceedsOnce) { HoldsEverywhere<SucceedsOnce>(); }
TEST(SignalSelfTest, NothingOutlivesItsGroup) { HoldsEverywhere<NothingOutlivesItsGroup>(); }
TEST(SignalSelfTest, LosersOfWhenAnyHaveEnded) { HoldsEverywhere<LosersHaveEnded>(); }

}  // namespace
}  // namespace fate::self
