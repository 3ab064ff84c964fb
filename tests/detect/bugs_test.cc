// Six real bugs, buggy and fixed: what has to be found, and what must not be. The programs are
// those of the demo; each tells its bug in its first comment.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "fate/sim/explore/explorer.h"
#include "tests/base/samples.h"
#include "tools/demo_programs/bugs.h"

namespace fate::demo {
namespace {

using sim::ExploreOptions;
using sim::Interleaving;
using sim::OutcomeKind;
using sim::Report;

constexpr uint64_t kRandomExecutions = 20'000;
constexpr uint64_t kFixedExecutions = 1'000;
constexpr uint64_t kSeeds = sim::test::Samples(20);

// What we know of one program. The numbers of schedules are those of the whole tree under
// kOperation: they change only if the library's scheduling points do.
struct Verdict {
  const char* row;
  Variant variant;
  // kMustFind: the outcome of its failures; kPassed: it must not fail.
  OutcomeKind outcome;
  // The coarsest interleaving in which it fails; of no meaning for one that does not.
  Interleaving coarsest;
  // Depth first: executions up to the first failure, or until all schedules were run.
  uint64_t executions;
};

// B03, fixed, by hand. main: S1 S2 (spawns) J1 J2 (joins). The first request to get the lock: L a b
// c (lock, load, POST, store and unlock). The other: R, once it can lock; and before that Z, if it
// is started while the lock is held. S1 comes first, S2 before the second request, J1 after the
// first request has ended, J2 after J1 and the second.
//
//   request 1 first, 2 started after c:   S2 in one of the 5 gaps of L a b c
//                                         x (R J1 J2 or J1 R J2)                       = 10
//   request 1 first, 2 started before c:  S2 before Z, in 2 + 3 + 4 ways, x the same 2 = 18
//   request 2 first:                      Z in one of 3 gaps, or 1 started after c     =  4
//
// In all 32.
constexpr Verdict kVerdicts[] = {
    {"B03", Variant::kBuggy, OutcomeKind::kAssertionFailed, Interleaving::kOperation, 5},
    {"B03", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 32},
    {"B05", Variant::kBuggy, OutcomeKind::kDeadlock, Interleaving::kFifo, 1},
    {"B05", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 47},
    {"B22", Variant::kBuggy, OutcomeKind::kDeadlock, Interleaving::kFifo, 7},
    {"B22", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 1099},
    {"B44", Variant::kBuggy, OutcomeKind::kDeadlock, Interleaving::kOperation, 260},
    {"B44", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 21127},
    {"B52", Variant::kBuggy, OutcomeKind::kDeadlock, Interleaving::kOperation, 45},
    {"B52", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 149},
    {"B58", Variant::kBuggy, OutcomeKind::kAssertionFailed, Interleaving::kOperation, 1412},
    {"B58", Variant::kFixed, OutcomeKind::kPassed, Interleaving::kOperation, 211070},
};

class BugTest : public testing::TestWithParam<Verdict> {
 protected:
  bool MustFind() const { return GetParam().outcome != OutcomeKind::kPassed; }

  Report Explore(const ExploreOptions& options) {
    for (const Bug& bug : Bugs()) {
      if (std::string(bug.row) != GetParam().row) continue;
      if (MustFind()) {
        EXPECT_EQ(bug.outcome, GetParam().outcome);
      }
      auto program = [&bug] { return bug.program(GetParam().variant); };
      return sim::Explore(program, options);
    }
    ADD_FAILURE() << "there is no program " << GetParam().row;
    return Report();
  }
};

TEST_P(BugTest, RandomSchedulesGiveTheVerdict) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ExploreOptions options;
    options.seed = seed;
    options.executions = MustFind() ? kRandomExecutions : kFixedExecutions;
    const Report report = Explore(options);
    SCOPED_TRACE(seed);
    EXPECT_EQ(report.outcome.kind, GetParam().outcome) << report.ToText();
    EXPECT_TRUE(report.contested);
    EXPECT_FALSE(report.capped);
  }
}

TEST_P(BugTest, EverySearchOfAllSchedulesEndsAtTheSameExecution) {
  if (sim::test::kSanitized && GetParam().executions > 20'000) GTEST_SKIP() << "takes long with sanitizers";
  ExploreOptions options;
  options.strategy = "depth_first";
  options.executions = 1'000'000;
  const Report report = Explore(options);
  EXPECT_EQ(report.outcome.kind, GetParam().outcome) << report.ToText();
  EXPECT_EQ(report.executions, GetParam().executions);
  EXPECT_EQ(report.exhausted, !MustFind());
}

TEST_P(BugTest, AnExecutionRepeatsItselfFromItsSchedule) {
  ExploreOptions options;
  options.trace = true;  // a schedule, and a story, of the last one if all passed
  const Report found = Explore(options);
  ASSERT_EQ(found.outcome.kind, GetParam().outcome);
  options.replay = found.schedule;
  const Report replayed = Explore(options);
  EXPECT_EQ(replayed.outcome.kind, found.outcome.kind);
  EXPECT_EQ(replayed.outcome.message, found.outcome.message);
  EXPECT_EQ(replayed.trace_hash, found.trace_hash);
  EXPECT_EQ(replayed.story, found.story);
}

TEST_P(BugTest, IsDeterministic) {
  ExploreOptions options;
  options.executions = 2000;
  options.check_determinism = true;
  EXPECT_EQ(Explore(options).outcome.kind, GetParam().outcome);
}

TEST_P(BugTest, CoarserInterleavingsFailNoSooner) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop}) {
    ExploreOptions options;
    options.strategy = "depth_first";
    options.executions = kRandomExecutions;
    options.settings.interleaving = interleaving;
    const Report report = Explore(options);
    const bool fails = MustFind() && interleaving >= GetParam().coarsest;
    SCOPED_TRACE(sim::ToString(interleaving));
    EXPECT_EQ(report.outcome.kind, fails ? GetParam().outcome : OutcomeKind::kPassed) << report.ToText();
    EXPECT_EQ(report.exhausted, !fails);
  }
}

// What CPython found a year after the fix, as bpo-32734.
TEST(AsyncioLockTest, TheFixLetsTwoOfThreeWaitersHoldTheLock) {
  auto program = [] { return CancelledLockWaiter(Variant::kFixed, 3); };
  const Report report = sim::Explore(program);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kAssertionFailed) << report.ToText();
  EXPECT_NE(report.outcome.message.find("two tasks hold one lock"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Corpus, BugTest, testing::ValuesIn(kVerdicts), [](const auto& info) {
  return std::string(info.param.row) + "_" + ToString(info.param.variant);
});

}  // namespace
}  // namespace fate::demo
