#include "fate/sim/race/spin_watch.h"

#include <string>
#include <utility>
#include <vector>

#include "fate/runtime/operation.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/core/strategy.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

// Runs the tasks as `order` says, a digit a step, then the quiet way; notes where the first task spins.
class InOrder : public Strategy {
 public:
  explicit InOrder(std::string order) : order_(std::move(order)) {}
  void BeginExecution(uint64_t) override { watch_.Clear(); }
  uint32_t Choose(const ChoicePoint& point) override {
    watch_.Follow(point.execution->trace, point.execution->trace.steps.size());
    if (point.kind != ChoiceKind::kTask) return 0;
    uint32_t picked = 0;
    for (uint32_t option = 0; option < point.options; ++option) {
      const TaskRecord& task = point.task(option);
      if (task.id == 0 && task.pending != nullptr && task.pending->yields()) {
        noted += watch_.Spins(0, task.frame()->place) ? '!' : '.';
      }
      if (at_ < order_.size() && task.id == static_cast<uint32_t>(order_[at_] - '0')) picked = option;
    }
    ++at_;
    return picked;
  }
  bool EndExecution(const Execution&) override { return false; }
  bool wants_footprints() const override { return true; }

  const SpinWatch& watch() const { return watch_; }
  std::string noted;  // a character for each choice at which the first task stands before a yield: ! if it spins

 private:
  std::string order_;
  size_t at_ = 0;
  SpinWatch watch_;
};

struct World {
  Atomic<int> cell{0}, other{0}, own{0};
  Shared<int> plain{0};
  Mutex mutex;

  Task<> Waits() {
    for (;;) {
      const int seen = co_await cell.Load();
      if (seen == 2) break;
      co_await Yield();
    }
  }
  // Looks at two things by turns.
  Task<> Alternates() {
    for (int round = 0;; ++round) {
      const int seen = co_await (round % 2 == 0 ? cell : other).Load();
      if (seen == 2) break;
      co_await Yield();
    }
  }
  // Looks at what is no scheduling point, and at a lock.
  Task<> Tries() {
    for (;;) {
      MutexGuard guard = mutex.TryLock();
      if (plain.Read() == 2) break;
      if (guard.holds()) guard.UnlockNow();
      co_await Yield();
    }
  }
  // What it found is not told any more once it has tried the lock, which it holds.
  Task<> Swaps() {
    const MutexGuard held = mutex.TryLock();
    for (;;) {
      int before = 0;
      const bool swapped = co_await own.CompareExchange(before, 0);
      EXPECT_TRUE(swapped);
      const MutexGuard none = mutex.TryLock();
      EXPECT_FALSE(none.holds());
      if (plain.Read() == 2) break;
      co_await Yield();
    }
  }
  Task<> Reads() {
    for (;;) {
      if (plain.Read() == 2) break;
      co_await Yield();
    }
  }
  Task<> Counts() {
    for (;;) {
      const int seen = co_await cell.Load();
      if (seen == 2) break;
      co_await other.FetchAdd(0);
      co_await Yield();
    }
  }
  Task<> Stores() {
    co_await other.Store(1);
    co_await cell.Store(1);
    co_await cell.Store(2);
    plain.Write(2);
    co_await other.Store(2);
  }
};

// What was noted of `waits` beside Stores; the steps of its yields that were woken.
struct Noted {
  std::string spins;
  std::vector<size_t> woken;
};
Noted Beside(Task<> (World::*waits)(), const std::string& order) {
  World world;
  InOrder strategy(order);
  Scheduler scheduler;
  auto program = [&](Roots& roots) {
    roots.Add((world.*waits)());
    roots.Add(world.Stores());
  };
  const Execution& execution = scheduler.Run(program, strategy);
  EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
  Noted noted{strategy.noted, {}};
  for (const SpinWatch::Woken& one : strategy.watch().woken()) noted.woken.push_back(one.step);
  return noted;
}

// clang-format off: what stands together in the strings is one round.

// Each step of 0 is a load or a yield; the first is the load.
TEST(SpinWatchTest, ThreeRoundsThatSeeTheSameAreEnough) {
  EXPECT_EQ(Beside(&World::Waits, "0" "00" "00" "00" "1111").spins, "...!!..");
}

TEST(SpinWatchTest, AChangeOfWhatItLookedAtEndsIt) {
  // The second step of 1 stores to the cell; the yield after it was woken by that.
  const Noted noted = Beside(&World::Waits, "0" "00" "00" "00" "11" "00" "11");
  EXPECT_EQ(noted.spins, "...!!...");
  EXPECT_EQ(noted.woken, std::vector<size_t>{9});
}

TEST(SpinWatchTest, AChangeOfSomethingElseDoesNot) {
  EXPECT_EQ(Beside(&World::Waits, "0" "00" "00" "00" "1" "111").spins.substr(0, 5), "...!!");
}

TEST(SpinWatchTest, RoundsThatSeeAnotherVersionAreNotTheSame) {
  EXPECT_EQ(Beside(&World::Waits, "0" "00" "00" "11" "00" "00" "11").spins.find('!'), std::string::npos);
}

TEST(SpinWatchTest, RoundsThatLookAtDifferentThingsAreNotTheSame) {
  EXPECT_EQ(Beside(&World::Alternates, "0" "00" "00" "00" "00" "00" "111").spins.find('!'), std::string::npos);
}

TEST(SpinWatchTest, ReadsOfAPlainVariableAreLooks) {
  EXPECT_EQ(Beside(&World::Reads, "0" "0" "0" "0" "1111").spins.substr(0, 4), "...!");
}

TEST(SpinWatchTest, ARoundThatChangesSomethingIsNotInVain) {
  EXPECT_EQ(Beside(&World::Counts, "0" "000" "000" "000" "000" "000" "111").spins.find('!'), std::string::npos);
  EXPECT_EQ(Beside(&World::Swaps, "0" "00" "00" "00" "00" "00" "1111").spins.find('!'), std::string::npos);
  EXPECT_EQ(Beside(&World::Tries, "0" "0" "0" "0" "0" "0" "1111").spins.find('!'), std::string::npos);
}

// clang-format on

}  // namespace
}  // namespace fate::sim
