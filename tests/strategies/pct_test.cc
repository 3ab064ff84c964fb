#include "fate/sim/strategies/pct.h"

#include <cmath>

#include "fate/task/yield.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

// `b` stores to x between the two loads of `a`: a bug of depth 2 among 2 tasks.
struct Torn {
  std::string log;
  Cell x{0}, own{0};
  Task<> Reader() {
    for (int i = 0; i < 5; ++i) co_await own.Load();
    int before = co_await x.Load();
    int after = co_await x.Load();
    log = before != after ? "torn" : "";
  }
  Task<> Writer() {
    for (int i = 0; i < 5; ++i) co_await own.Load();
    co_await x.Store(1);
  }
  std::vector<Task<>> Tasks() { return List(Reader(), Writer()); }
};

// At least 1 / (n k^(d-1)) = 1 / (2 k): the reader first, and the one point between its loads.
TEST(PctTest, FindsABugOfItsDepthAtLeastAsOftenAsThePaperSays) {
  constexpr uint64_t kExecutions = 20'000;
  Pct pct(1, 2);
  Sample<Torn>(pct, 64);
  double k = static_cast<double>(pct.contested_known());
  EXPECT_GE(k, 6);
  EXPECT_LE(k, 12);
  double bound = 1 / (2 * k);
  double torn = Sample<Torn>(pct, kExecutions, 64)["torn"];
  EXPECT_GE(torn / kExecutions, bound - 3 * std::sqrt(bound / kExecutions));
}

TEST(PctTest, DepthOneIsOneOrderOfTasks) {
  Pct pct(1, 1);
  Runs<Torn> runs;
  for (uint64_t i = 0; i < 200; ++i) {
    const Execution& execution = runs.Run(pct, i);
    int switches = 0;
    for (size_t step = 1; step < execution.trace.steps.size(); ++step) {
      switches += execution.trace.steps[step].task != execution.trace.steps[step - 1].task;
    }
    EXPECT_EQ(switches, 1);
  }
}

struct ManyOrders {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    co_await cell.FetchAdd(1);
    log += name;
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b'), Work('c')); }
};

// Without change points all n! orders of short tasks are equally likely. 99.9 % of chi-square with
// 5 degrees of freedom is 20.5.
TEST(PctTest, InitialPrioritiesAreUniform) {
  Pct pct(1, 1);
  double sum = 0;
  for (const auto& [log, count] : Sample<ManyOrders>(pct, 6000)) sum += (count - 1000.0) * (count - 1000.0) / 1000;
  EXPECT_LT(sum, 20.5);
}

struct Yielder {
  std::string log;
  Cell cell{0};
  Task<> Yields() {
    co_await Yield();
    log += 'y';
  }
  Task<> Work() {
    for (int i = 0; i < 3; ++i) co_await cell.Load();
    log += 'w';
  }
  std::vector<Task<>> Tasks() { return List(Yields(), Work()); }
};

TEST(PctTest, ATaskThatYieldsFallsBelowAllOthers) {
  Pct pct(1, 1);
  EXPECT_EQ(Sample<Yielder>(pct, 200), (std::map<std::string, int>{{"wy", 200}}));
}

// Each waits for the other two, and yields in each round.
struct Meeting {
  std::string log;
  Cell here{0};
  Task<> Come() {
    co_await here.FetchAdd(1);
    for (;;) {
      const int seen = co_await here.Load();
      if (seen == 3) break;
      co_await Yield();
    }
  }
  std::vector<Task<>> Tasks() { return List(Come(), Come(), Come()); }
};

// Two play by turns, and yield as long as it is the other's turn.
struct PingPong {
  std::string log;
  Cell turn{0};
  Task<> Play(int me) {
    for (int round = 0; round < 4; ++round) {
      for (;;) {
        const int now = co_await turn.Load();
        if (now % 2 == me) break;
        co_await Yield();
      }
      co_await turn.FetchAdd(1);
    }
  }
  std::vector<Task<>> Tasks() { return List(Play(0), Play(1)); }
};

// Each yield makes its task fall, not the first alone.
TEST(PctTest, ATaskFallsForEachOfItsYields) {
  Pct pct(1, 1);
  Runs<PingPong> runs;
  for (uint64_t i = 0; i < 200; ++i) EXPECT_LE(runs.Run(pct, i).steps, 40u) << i;
}

// One that fell for its yield does not fall again before it had its turn: nobody spins while another waits to begin.
TEST(PctTest, TasksThatYieldTakeTurns) {
  Pct pct(1, 1);
  Runs<Meeting> runs;
  for (uint64_t i = 0; i < 200; ++i) EXPECT_LE(runs.Run(pct, i).steps, 20u) << i;
}

}  // namespace
}  // namespace fate::sim
