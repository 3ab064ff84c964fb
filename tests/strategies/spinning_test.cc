// Programs that wait in loops that yield: searches with reduction end, and miss nothing but what was held back.
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fate/runtime/shared.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/race/spin_watch.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/strategies/runs.h"
#include "tests/strategies/spinning_programs.h"

namespace fate::sim {
namespace {

using namespace spinning;

// Every schedule in which nobody goes on who only waits, while others can: plain depth-first search.
class Plainly : public Strategy {
 public:
  void BeginExecution(uint64_t) override {
    depth_ = 0;
    watch_.Clear();
  }
  uint32_t Choose(const ChoicePoint& point) override {
    std::vector<uint32_t> options;
    watch_.Follow(point.execution->trace, point.execution->trace.steps.size());
    for (uint32_t option = 0; option < point.options; ++option) {
      const TaskRecord& task = point.task(option);
      const bool yields = task.pending != nullptr && task.pending->yields();
      if (!yields || !watch_.Spins(task.id, task.frame()->place)) options.push_back(option);
    }
    for (uint32_t option = 0; option < point.options && options.empty(); ++option) options.push_back(option);
    if (depth_ == path_.size()) path_.push_back({0, 0});
    auto& [taken, count] = path_[depth_++];
    count = options.size();
    return options[taken];
  }
  bool EndExecution(const Execution&) override {
    while (!path_.empty() && path_.back().first + 1 == path_.back().second) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().first;
    return true;
  }
  bool wants_footprints() const override { return true; }

 private:
  SpinWatch watch_;
  std::vector<std::pair<size_t, size_t>> path_;
  size_t depth_ = 0;
};

// The traces of a search that ends, none twice.
template <class World>
std::set<uint64_t> Traces(Strategy& search, uint64_t& redundant, OutcomeKind* worst = nullptr) {
  std::set<uint64_t> traces;
  Runs<World> runs(Settings{.record_accesses = true});
  TraceHash hash;
  redundant = 0;
  for (uint64_t number = 0; number < 2'000'000; ++number) {
    bool more = true;
    const Execution& execution = runs.Run(search, number, more);
    if (worst != nullptr && !execution.outcome.passed()) *worst = execution.outcome.kind;
    if (worst == nullptr) {
      EXPECT_TRUE(execution.outcome.passed()) << execution.outcome.message;
    }
    if (!traces.insert(hash.Of(execution)).second) ++redundant;
    if (!more) return traces;
  }
  ADD_FAILURE() << "it does not end";
  return traces;
}

// The searches find the traces that plain search finds, each once.
template <class World>
void ExpectAllTraces(size_t expected, bool plain = true) {
  uint64_t redundant = 0;
  OptimalDpor optimal;
  const std::set<uint64_t> traces = Traces<World>(optimal, redundant);
  EXPECT_EQ(traces.size(), expected);
  EXPECT_EQ(optimal.redundant(), 0u);
  if (optimal.restarts().times == 0) {
    EXPECT_EQ(redundant, 0u);
  }
  for (const char* name : {"source_dpor", "sleep_sets", "bounded_dpor"}) {
    const std::set<uint64_t> others = Traces<World>(*Make(name, 1), redundant);
    EXPECT_TRUE(others == traces) << name << " has " << others.size() << " traces, not " << traces.size();
  }
  if (!plain) return;
  Plainly plainly;
  const std::set<uint64_t> all = Traces<World>(plainly, redundant);
  EXPECT_TRUE(all == traces) << all.size() << " traces, not " << traces.size();
}

// With sanitizers plain search takes too long for two of them.
TEST(SpinningTest, PetersonsLock) { ExpectAllTraces<Peterson<true>>(60, /*plain=*/!test::kSanitized); }
TEST(SpinningTest, ALockOfACell) { ExpectAllTraces<SpinLock>(10); }
TEST(SpinningTest, ALockThatIsTried) { ExpectAllTraces<TryLocks>(10); }
TEST(SpinningTest, OneWhomEitherOfTwoWakes) { ExpectAllTraces<Either>(40); }
TEST(SpinningTest, APlainVariable) { ExpectAllTraces<Plain>(25); }
TEST(SpinningTest, OneWaitsForOneWhoWaits) { ExpectAllTraces<Relay>(25, /*plain=*/!test::kSanitized); }
TEST(SpinningTest, OneThatGivesWayBeforeItStores) { ExpectAllTraces<Polite>(5); }
TEST(SpinningTest, AChangeBetweenTwoLooks) { ExpectAllTraces<Between>(101); }

// Programs at random: tasks that wait until one or two cells have been stored to, one or the other or both, and then
// store; and tasks that store. What is waited for is stored by one that does not wait.
struct Random {
  struct Wait {
    int cells[2];
    bool both;
    bool plain;  // reads of a Shared<T>, which are no scheduling points, instead of loads
    int then;    // a cell that nobody waits for
  };
  struct Plan {
    int waiters;
    Wait waits[2];
    std::vector<int> stores[2];  // cells
  };
  static inline Plan plan;

  std::string log;
  Cell cells[4] = {Cell(0), Cell(0), Cell(0), Cell(0)};
  Shared<int> plain[2] = {Shared<int>(0), Shared<int>(0)};

  Task<> Waits(Wait wait) {
    for (;;) {
      int seen[2] = {};
      const int count = wait.cells[0] == wait.cells[1] ? 1 : 2;
      for (int i = 0; i < count; ++i) {
        if (wait.plain) {
          seen[i] = plain[wait.cells[i]].Read();
        } else {
          seen[i] = co_await cells[wait.cells[i]].Load();
        }
      }
      if (wait.both && count == 2 ? seen[0] != 0 && seen[1] != 0 : seen[0] + seen[1] != 0) break;
      co_await Yield();
    }
    co_await cells[wait.then].FetchAdd(1);
  }
  Task<> Stores(std::vector<int> stores) {
    for (const int cell : stores) {
      co_await cells[cell].FetchAdd(1);
      if (cell < 2) plain[cell].Write(1);
    }
  }
  std::vector<Task<>> Tasks() {
    if (plan.waiters == 1) return List(Waits(plan.waits[0]), Stores(plan.stores[0]), Stores(plan.stores[1]));
    return List(Waits(plan.waits[0]), Waits(plan.waits[1]), Stores(plan.stores[0]));
  }

  static Plan Draw(Prng& prng) {
    Plan drawn;
    drawn.waiters = prng.Below(5) == 0 ? 2 : 1;
    for (Wait& wait : drawn.waits) {
      for (int& cell : wait.cells) cell = static_cast<int>(prng.Below(2));
      wait.both = prng.Below(2) == 0;
      wait.plain = prng.Below(3) == 0;
      wait.then = 2 + static_cast<int>(prng.Below(2));
    }
    if (drawn.waiters == 2) {
      drawn.stores[0] = {0, 1};
      return drawn;
    }
    for (std::vector<int>& stores : drawn.stores) {
      for (uint32_t left = prng.Below(2); left-- > 0;) stores.push_back(static_cast<int>(prng.Below(3)));
    }
    for (const int cell : {0, 1}) drawn.stores[prng.Below(2)].push_back(cell);
    return drawn;
  }
};

TEST(SpinningTest, RandomPrograms) {
  const uint64_t programs = test::Samples(40, 1000);
  Prng prng(7);
  for (uint64_t i = 0; i < programs && !HasFailure(); ++i) {
    SCOPED_TRACE(i);
    Random::plan = Random::Draw(prng);
    uint64_t redundant = 0;
    OptimalDpor optimal;
    const std::set<uint64_t> traces = Traces<Random>(optimal, redundant);
    // Of plain search there would be no end if two waited.
    ExpectAllTraces<Random>(traces.size(), Random::plan.waiters == 1);
  }
}

// With up to SpinWatch::kRounds yields the rounds are counted out: the k-th look, or none, is the one that sees it.
TEST(SpinningTest, ALoopThatGivesUpSoonIsSeenToGiveUp) {
  ExpectAllTraces<Tries<1>>(2);
  ExpectAllTraces<Tries<2>>(3);
  ExpectAllTraces<Tries<3>>(4);
}

TEST(SpinningTest, ALockThatIsWrongIsFound) {
  for (const char* name : {"optimal_dpor", "source_dpor", "sleep_sets", "bounded_dpor"}) {
    uint64_t redundant = 0;
    OutcomeKind worst = OutcomeKind::kPassed;
    Traces<Peterson<false>>(*Make(name, 1), redundant, &worst);
    EXPECT_EQ(worst, OutcomeKind::kAssertionFailed) << name;
  }
}

// What cannot end is found as well: everybody only waits, so all go on, to the limit of steps.
struct Livelock {
  std::string log;
  Cell a{0}, b{0};
  Task<> Waits(Cell& other) {
    for (;;) {
      const int seen = co_await other.Load();
      if (seen != 0) break;
      co_await Yield();
    }
  }
  std::vector<Task<>> Tasks() { return List(Waits(a), Waits(b)); }
};

TEST(SpinningTest, WhereAllOnlyWaitAllGoOn) {
  Settings settings;
  settings.max_steps = 1000;
  Runs<Livelock> runs(settings);
  OptimalDpor search;
  for (uint64_t number = 0; number < 2; ++number) {
    EXPECT_EQ(runs.Run(search, number).outcome.kind, OutcomeKind::kStepLimit);
  }
}

TEST(SpinningTest, AProofSaysThatSomebodyWasHeldBack) {
  std::unique_ptr<Peterson<true>> lock;
  auto program = [&lock](Roots& roots) {
    lock = std::make_unique<Peterson<true>>();
    for (Task<>& task : lock->Tasks()) roots.Add(std::move(task));
  };
  for (const char* strategy : {"portfolio", "optimal_dpor"}) {
    for (const uint32_t jobs : {1, 2}) {
      ExploreOptions options;
      options.strategy = strategy;
      options.jobs = jobs;
      const Report report = Explore(program, options);
      EXPECT_TRUE(report.passed());
      EXPECT_NE(report.claim.find(
                    "traces of the observed operations, for these draws and this time model; a loop that looked "
                    "4 times in vain, and yields, was held back until something changed"),
                std::string::npos)
          << strategy << ", " << jobs << " jobs: " << report.claim;
    }
  }
}

}  // namespace
}  // namespace fate::sim
