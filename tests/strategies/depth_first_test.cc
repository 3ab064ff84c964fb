#include "fate/sim/strategies/depth_first.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "fate/runtime/check.h"
#include "fate/runtime/random.h"
#include "fate/sync/atomic.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/core/simulated.h"
#include "tests/detect/sct_programs.h"

namespace fate::sim::depth_first_test {
namespace {

using test::CountAll;
using test::ProgramOf;

// --- tasks of cells: each access is one event --------------------------------------------------

struct Cells {
  Atomic<int> x, y, z;
  static Task<> Read(Atomic<int>& cell) { co_await cell.Load(); }
  static Task<> Write(Atomic<int>& cell) { co_await cell.Store(1); }
  static Task<> WriteRead(Atomic<int>& a, Atomic<int>& b) {
    co_await a.Store(1);
    co_await b.Load();
  }
  static Task<> WriteWrite(Atomic<int>& a, Atomic<int>& b) {
    co_await a.Store(1);
    co_await b.Store(2);
  }
  static Task<> ReadRead(Atomic<int>& a, Atomic<int>& b) {
    co_await a.Load();
    co_await b.Load();
  }
  static Task<> ReadWrite(Atomic<int>& a, Atomic<int>& b) {
    co_await a.Load();
    co_await b.Store(1);
  }
  static Task<> Increment(Atomic<int>& cell) {
    int before = co_await cell.Load();
    co_await cell.Store(before + 1);
  }
};

struct Count {
  const char* program;
  void (*begin)(Cells&, Roots&);
  uint64_t interleavings;
};

uint64_t CountOf(const Count& count) {
  std::optional<Cells> cells;
  return CountAll([&](Roots& roots) { count.begin(cells.emplace(), roots); }).executions;
}

template <int kReaders>
void Readers(Cells& c, Roots& roots) {
  roots.Add(Cells::Write(c.x));
  for (int i = 0; i < kReaders; ++i) roots.Add(Cells::Read(c.x));
}

template <int kTasks>
void Increments(Cells& c, Roots& roots) {
  for (int i = 0; i < kTasks; ++i) roots.Add(Cells::Increment(c.x));
}

Task<> Third(Cells& c) {
  int y = co_await c.y.Load();
  if (y == 0) {
    co_await c.z.Store(1);
  }
}
Task<> Fourth(Cells& c) {
  int z = co_await c.z.Load();
  if (z != 1) co_return;
  int y = co_await c.y.Load();
  if (y == 0) {
    co_await c.x.Store(2);
  }
}

TEST(DepthFirstTest, RunsEachInterleavingOfSmallProgramsOnce) {
  const Count counts[] = {
      {"readers(1)", Readers<1>, 2},
      {"readers(4)", Readers<4>, 120},
      {"readers(8)", Readers<8>, 362'880},
      {"inc(2)", Increments<2>, 6},
      {"inc(3)", Increments<3>, 90},
      {"inc(4)", Increments<4>, 2520},
      {"SB",
       [](Cells& c, Roots& roots) {
         roots.Add(Cells::WriteRead(c.x, c.y));
         roots.Add(Cells::WriteRead(c.y, c.x));
       },
       6},
      {"MP",
       [](Cells& c, Roots& roots) {
         roots.Add(Cells::WriteWrite(c.x, c.y));
         roots.Add(Cells::ReadRead(c.y, c.x));
       },
       6},
      {"LB",
       [](Cells& c, Roots& roots) {
         roots.Add(Cells::ReadWrite(c.x, c.y));
         roots.Add(Cells::ReadWrite(c.y, c.x));
       },
       6},
      {"2+2W",
       [](Cells& c, Roots& roots) {
         roots.Add(Cells::WriteWrite(c.x, c.y));
         roots.Add(Cells::WriteWrite(c.y, c.x));
       },
       6},
      {"POPL",
       [](Cells& c, Roots& roots) {
         roots.Add(Cells::Write(c.x));
         roots.Add(Cells::Write(c.y));
         roots.Add(Third(c));
         roots.Add(Fourth(c));
       },
       69},
  };
  for (const Count& count : counts) {
    if (test::kSanitized && count.interleavings > 100'000) continue;
    EXPECT_EQ(CountOf(count), count.interleavings) << count.program;
  }
}

struct LastZero {
  static constexpr int kWriters = 3;
  Atomic<int> cells[kWriters + 1];
  Task<> Reader() {
    for (int i = kWriters;; --i) {
      int seen = co_await cells[i].Load();
      if (seen == 0) break;
    }
  }
  Task<> Writer(int j) {
    int before = co_await cells[j - 1].Load();
    co_await cells[j].Store(before + 1);
  }
  void Begin(Roots& roots) {
    roots.Add(Reader());
    for (int j = 1; j <= kWriters; ++j) roots.Add(Writer(j));
  }
};

TEST(DepthFirstTest, FollowsBranchesThatDependOnValues) { EXPECT_EQ(CountAll(ProgramOf<LastZero>()).executions, 920u); }

// --- programs with locks -----------------------------------------------------------------------

// A task begins before anybody knows what its first operation is. So fate may begin one whose first
// lock is held; it then waits. To the enumerator behind the table such a task cannot move at all.
// The executions without such a begin are the enumerator's, all of them and no other; there, every
// task begins with its first operation, so that no step is a mere start.
TEST(DepthFirstTest, RunsTheInterleavingsOfTheBugProgramsAndFailsInThoseThatAreBad) {
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    // token_ring has 398 361 executions with starts that block; the others have more than can be
    // run.
    constexpr uint64_t kMost = test::kSanitized ? 5'000 : 25'000;
    if (program.interleavings > kMost || std::string(program.name) == "token_ring") continue;
    Scheduler scheduler;
    DepthFirst all;
    uint64_t executions = 0;
    uint64_t bad = 0;
    for (uint64_t number = 0;; ++number) {
      const Execution& execution = scheduler.Run(program.run, all, number);
      const Log<Step>& steps = execution.trace.steps;
      const bool began_blocked =
          std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == OpKind::kStart; });
      if (!began_blocked) {
        ++executions;
        bad += execution.outcome.kind == program.outcome ? 1 : 0;
        ASSERT_TRUE(execution.outcome.passed() || execution.outcome.kind == program.outcome)
            << program.name << ": " << execution.outcome.message;
      }
      if (!all.EndExecution(execution)) break;
    }
    EXPECT_EQ(executions, program.interleavings) << program.name;
    EXPECT_EQ(bad, program.bad) << program.name;
  }
}

// --- the search itself -------------------------------------------------------------------------

struct Three {
  Atomic<int> x;
  Task<> Add() {
    co_await x.FetchAdd(1);
    co_await x.FetchAdd(1);
  }
  void Begin(Roots& roots) {
    for (int i = 0; i < 3; ++i) roots.Add(Add());
  }
};

TEST(DepthFirstTest, NoTwoExecutionsAreTheSameAndTheFirstIsTheQuietOne) {
  Scheduler scheduler;
  DepthFirst all;
  std::set<std::string> schedules;
  uint64_t executions = 0;
  for (;;) {
    const Execution& execution = scheduler.Run(ProgramOf<Three>(), all, executions);
    EXPECT_EQ(execution.schedule().deviations.empty(), executions == 0);
    ++executions;
    schedules.insert(execution.schedule().ToText());
    if (!all.EndExecution(execution)) break;
  }
  EXPECT_EQ(executions, 90u);
  EXPECT_EQ(schedules.size(), executions);
}

struct Dice {
  static inline std::set<std::string> rolls;
  Task<> Main() {
    Random random;
    std::string roll;
    for (int i = 0; i < 3; ++i) roll += std::to_string(random.Uniform(1, 4, kExplorable));
    rolls.insert(roll);
    co_return;
  }
};

TEST(DepthFirstTest, TriesEveryExplorableDraw) {
  Dice::rolls.clear();
  EXPECT_EQ(CountAll(ProgramOf<Dice>()).executions, 64u);
  EXPECT_EQ(Dice::rolls.size(), 64u);
}

TEST(DepthFirstTest, AProgramWithoutChoicesHasOneExecution) {
  struct Alone {
    Atomic<int> x;
    Task<> Main() { co_await x.Load(); }
  };
  EXPECT_EQ(CountAll(ProgramOf<Alone>()).executions, 1u);
}

TEST(DepthFirstTest, AProgramThatAsksOtherwiseTheSecondTimeDiverges) {
  int executions = 0;
  auto program = [&](Roots& roots) {
    const int tasks = ++executions == 1 ? 2 : 3;
    for (int i = 0; i < tasks; ++i) {
      roots.Add([]() -> Task<> { co_return; }());
    }
  };
  Scheduler scheduler;
  DepthFirst all;
  ASSERT_TRUE(all.EndExecution(scheduler.Run(program, all, 0)));
  const Execution& second = scheduler.Run(program, all, 1);
  EXPECT_EQ(second.outcome.kind, OutcomeKind::kDiverged);
  EXPECT_THAT(second.outcome.message, testing::HasSubstr("the same choices led to another set of options at choice 0"));
}

}  // namespace
}  // namespace fate::sim::depth_first_test
