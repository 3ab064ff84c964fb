#include "fate/sim/property/check_property.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/property/bank.h"

namespace fate::sim {
namespace {

using test::KeepsTheMoney;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

PropertyOptions Plain(const char* params = "") {
  PropertyOptions options;
  options.rapidcheck_params = params;
  options.audit_executions = 0;  // runs are counted here
  return options;
}

Task<> Concurrently(std::vector<int> values) {
  Atomic<int64_t> sum;
  std::vector<Task<>> adds;
  const auto add = [&](int value) -> Task<> { co_await sum.FetchAdd(value); };
  for (const int value : values) adds.push_back(add(value));
  co_await WhenAll(std::move(adds));
}

// --- what a pass is worth ---------------------------------------------------------------------------

TEST(CheckPropertyTest, APassRunsACaseHundredTimesUnlessItsSchedulesAreFewer) {
  const PropertyReport report = CheckProperty(&Concurrently, Plain());
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.cases, 100u);
  EXPECT_GT(report.exhausted, 0u);
  EXPECT_LT(report.exhausted, 100u);
  EXPECT_LE(report.report.executions, 100u * 100u);
  EXPECT_THAT(report.ToText(), AllOf(StartsWith("Passed: 100 cases, all schedules of "),
                                     HasSubstr("strategy portfolio, interleaving operation, seed 1")));
}

TEST(CheckPropertyTest, RcParamsSayHowManyCasesOfWhatSizeFromWhichSeed) {
  int runs = 0;
  size_t longest = 0;
  std::string values_seen;
  const auto body = [&](std::vector<int> values) -> Task<> {
    ++runs;
    longest = std::max(longest, values.size());
    values_seen += rc::toString(values);
    co_return;
  };
  EXPECT_EQ(CheckProperty(body, Plain("max_success=7 max_size=3")).cases, 7u);
  EXPECT_EQ(runs, 7);  // one schedule each
  EXPECT_LE(longest, 3u);
  const auto seen_with = [&](const char* params, uint64_t seed) {
    values_seen.clear();
    PropertyOptions options = Plain(params);
    options.seed = seed;
    CheckProperty(body, options);
    return values_seen;
  };
  EXPECT_EQ(seen_with("seed=5", 1), seen_with("seed=5", 2));
  EXPECT_NE(seen_with("", 1), seen_with("", 2));
  EXPECT_EQ(seen_with("", 5), seen_with("seed=5", 1));
}

TEST(CheckPropertyTest, APassWithoutConcurrencyWarns) {
  const auto body = [](int) -> Task<> { co_return; };
  EXPECT_THAT(CheckProperty(body, Plain()).ToText(), HasSubstr("no two tasks were ever ready together"));
}

TEST(CheckPropertyTest, TimeMayEndTheSearchButSaysSo) {
  PropertyOptions options = Plain("max_success=1000000");
  options.budget = absl::Milliseconds(20);
  const PropertyReport report = CheckProperty(&Concurrently, options);
  EXPECT_TRUE(report.report.capped);
  EXPECT_THAT(report.ToText(), HasSubstr("cases short of 1000000"));
}

// --- discards ---------------------------------------------------------------------------------------

TEST(CheckPropertyTest, RcPreDiscardsTheCase) {
  const auto body = [](int value) -> Task<> {
    RC_PRE(value % 2 == 0);
    co_await Yield();
    RC_ASSERT(value % 2 == 0);
  };
  const PropertyReport report = CheckProperty(body, Plain());
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_EQ(report.cases, 100u);
  EXPECT_GT(report.discarded, 20u);
  EXPECT_THAT(report.ToText(), HasSubstr(" discarded"));
}

TEST(CheckPropertyTest, TooManyDiscardsAreNoPass) {
  const auto body = [](int) -> Task<> {
    RC_PRE(false);
    co_return;
  };
  const PropertyReport report = CheckProperty(body, Plain("max_success=10"));
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.discarded, 101u);
  EXPECT_THAT(report.ToText(), HasSubstr("our limit of discarded cases was reached: 101, and only 0 that counted"));
}

// --- what counts as a failure -------------------------------------------------------------------------

TEST(CheckPropertyTest, AFailedRcAssertNamesItsPlace) {
  const PropertyReport report = CheckProperty(&KeepsTheMoney, Plain());
  EXPECT_EQ(report.report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.report.outcome.message, HasSubstr("bank.h:"));
  EXPECT_THAT(report.ToText(), HasSubstr("RC_ASSERT(bank.Total() == Bank::kAll)"));
}

TEST(CheckPropertyTest, ARcAssertInATaskNobodyJoinsCountsToo) {
  const auto body = [](int value) -> Task<> {
    const auto child = [](int seen) -> Task<> {
      co_await Yield();
      RC_ASSERT(seen < 5);
    };
    SpawnOptions options;
    options.lifetime = Lifetime::kProgram;
    JoinHandle<void> handle = co_await Spawn(child(value), options);
    handle.Detach();
  };
  const PropertyReport report = CheckProperty(body, Plain());
  EXPECT_EQ(report.report.outcome.kind, OutcomeKind::kAssertionFailed) << report.ToText();
  EXPECT_EQ(report.arguments, "  argument 1 = 5\n");
}

TEST(CheckPropertyTest, ExceptionsDeadlocksAndMisuseAreFailures) {
  const auto throws = [](int value) -> Task<> {
    if (value > 3) throw std::runtime_error("more than three");
    co_return;
  };
  EXPECT_EQ(CheckProperty(throws, Plain()).report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_EQ(CheckProperty(throws, Plain()).arguments, "  argument 1 = 4\n");

  const auto stuck = [](bool twice) -> Task<> {
    Mutex mutex;
    const MutexGuard guard = co_await mutex.Lock();
    if (twice) (void)co_await mutex.Lock();
  };
  EXPECT_EQ(CheckProperty(stuck, Plain()).report.outcome.kind, OutcomeKind::kDeadlock);

  const auto misuse = [](bool misuses) -> Task<> {
    FATE_CHECK(!misuses, "your program did");
    co_return;
  };
  EXPECT_EQ(CheckProperty(misuse, Plain()).report.outcome.kind, OutcomeKind::kAssertionFailed);
}

TEST(CheckPropertyTest, DrawingFromAGeneratorWhileItRunsIsMisuse) {
  const auto draws = [](int) -> Task<> {
    co_await Yield();
    (void)*rc::gen::arbitrary<int>();
  };
  const PropertyReport report = CheckProperty(draws, Plain());
  EXPECT_EQ(report.report.outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_THAT(report.report.outcome.message,
              AllOf(HasSubstr("your program drew from a rapidcheck generator while it ran"),
                    HasSubstr("make it an argument of the property")));
  EXPECT_EQ(report.report.outcome.place.line(), __LINE__ - 8);
}

TEST(CheckPropertyTest, DrawingIsMisuseInsideAPropertyOfRapidcheckToo) {
  bool drew = false;
  const rc::Gen<int> outer = rc::gen::exec([&] {
    const auto draws = [](bool) -> Task<> {
      (void)*rc::gen::arbitrary<int>();
      co_return;
    };
    drew = CheckProperty(draws, Plain()).passed();
    return *rc::gen::just(1);  // and here it is not
  });
  EXPECT_EQ(outer(rc::Random(1)).value(), 1);
  EXPECT_FALSE(drew);
}

// --- replay -----------------------------------------------------------------------------------------

TEST(CheckPropertyTest, TheReplayLineBringsArgumentsAndScheduleBack) {
  PropertyOptions options = Plain();
  options.name = "Bank.KeepsTheMoney";
  options.replay_command = "./bank_test";
  const PropertyReport found = CheckProperty(&KeepsTheMoney, options);
  EXPECT_EQ(found.report.replay_line,
            "RC_PARAMS=" + found.reproduce + " ./bank_test --fate_replay=" + found.report.schedule);
  options.rapidcheck_params = found.reproduce.c_str();
  options.replay = found.report.schedule;
  const PropertyReport again = CheckProperty(&KeepsTheMoney, options);
  EXPECT_EQ(again.arguments, found.arguments);
  EXPECT_EQ(again.report.executions, 1u);
  EXPECT_EQ(again.report.story, found.report.story);
  EXPECT_EQ(again.report.outcome.message, found.report.outcome.message);
  EXPECT_EQ(again.report.trace_hash, found.report.trace_hash);
}

TEST(CheckPropertyTest, ArgumentsAloneAreSearchedAgain) {
  PropertyOptions options = Plain();
  const PropertyReport found = CheckProperty(&KeepsTheMoney, options);
  options.rapidcheck_params = found.reproduce.c_str();
  const PropertyReport again = CheckProperty(&KeepsTheMoney, options);
  EXPECT_EQ(again.cases, 1u);
  EXPECT_EQ(again.arguments, found.arguments);
  EXPECT_EQ(again.report.story, found.report.story);
}

TEST(CheckPropertyTest, AScheduleAloneSaysWhatIsMissing) {
  PropertyOptions options = Plain();
  options.replay = CheckProperty(&KeepsTheMoney, options).report.schedule;
  EXPECT_THAT(CheckProperty(&KeepsTheMoney, options).ToText(),
              HasSubstr("give RC_PARAMS=reproduce=... from the same line"));
}

TEST(CheckPropertyTest, ArgumentsThatAreNoLongerGeneratedSaySo) {
  PropertyOptions options = Plain();
  const PropertyReport found = CheckProperty(&KeepsTheMoney, options);
  options.rapidcheck_params = found.reproduce.c_str();
  const auto other = [](bool) -> Task<> { co_return; };
  EXPECT_THAT(CheckProperty(other, options).ToText(), HasSubstr("are no longer generated by property"));
}

TEST(CheckPropertyTest, BadRcParamsAreRefused) {
  EXPECT_THAT(CheckProperty(&KeepsTheMoney, Plain("max_success=few")).ToText(),
              AllOf(HasSubstr("Nothing was run"), HasSubstr("RC_PARAMS")));
}

// --- names of arguments -------------------------------------------------------------------------------

TEST(PropertyCaseTest, NamesOfArgumentsAreTakenFromTheirList) {
  EXPECT_THAT(ArgumentNames("(std::vector<Transfer> transfers, int clients)"), ElementsAre("transfers", "clients"));
  EXPECT_THAT(ArgumentNames("(std::map<int, std::pair<int, bool>> map)"), ElementsAre("map"));
  EXPECT_THAT(ArgumentNames("(int, std::string, const bool)"), ElementsAre("", "", "bool"));
  EXPECT_THAT(ArgumentNames("(std::vector<int>)"), ElementsAre(""));
  EXPECT_THAT(ArgumentNames("()"), ElementsAre(""));
}

// --- what else is told --------------------------------------------------------------------------------

TEST(CheckPropertyTest, AFailureTellsItsSettingTheNearestPassAndItsLikelihood) {
  const PropertyReport report = CheckProperty(&KeepsTheMoney, Plain());
  EXPECT_THAT(report.ToText(), HasSubstr("It happens only if the await"));
  EXPECT_THAT(report.ToText(), HasSubstr("The nearest schedule that passes has one pair of steps the other way round"));
  EXPECT_THAT(report.ToText(), HasSubstr("How likely it was, by 20 random walks from each choice: "));
  EXPECT_LE(report.report.facts.executions, PropertyOptions().story_executions);
}

TEST(CheckPropertyTest, NothingIsLearnedIfNothingMayBeRunForIt) {
  PropertyOptions options = Plain();
  options.story_executions = 0;
  const PropertyReport report = CheckProperty(&KeepsTheMoney, options);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.report.facts.executions, 0u);
}

// A case that was begun is searched to its end, however little time there is: what it finds is no matter of time.
TEST(CheckPropertyTest, TheBudgetEndsTheSearchBetweenCases) {
  PropertyOptions options = Plain();
  options.budget = absl::ZeroDuration();
  options.strategy = "random";
  const PropertyReport report = CheckProperty(&Concurrently, options);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.cases, 1u);
  EXPECT_EQ(report.report.executions, options.executions);
  EXPECT_THAT(report.ToText(), HasSubstr("the time budget ended it 99 cases short of 100"));
}

}  // namespace
}  // namespace fate::sim
