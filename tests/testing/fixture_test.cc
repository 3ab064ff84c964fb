// The life of a fixture: what it may hold, and what becomes of it when an execution fails.
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/testing/reporter.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate {
namespace {

using sim::ExploreOptions;
using sim::OutcomeKind;
using sim::Report;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// --- what it may hold --------------------------------------------------------------------------

// Tasks that outlive the body use the fixture, and it holds on to them.
class HoldingTest : public ::testing::Test {
 protected:
  Task<> Serve() {
    MutexGuard guard = co_await mutex_.Lock();
    for (;;) co_await Yield();
  }
  Mutex mutex_;
  std::optional<MutexGuard> guard_;
  JoinHandle<> daemon_;
  JoinHandle<int> ended_;
};

Task<int> Answer() { co_return 42; }

SIM_TEST_F(HoldingTest, MayHoldLocksAndHandlesToTheEnd) {
  guard_ = co_await mutex_.Lock();
  const SpawnOptions daemon{.lifetime = Lifetime::kDaemon};
  daemon_ = co_await Spawn(Serve(), daemon);
  ended_ = co_await Spawn(Answer(), daemon);
  co_await ended_.Wait();
}

// --- the order of its life ---------------------------------------------------------------------

std::vector<std::string>& Log() {
  static auto* log = new std::vector<std::string>;
  return *log;
}

// Logs its life; `kFail` says where it fails.
enum class Where { kNowhere, kConstructor, kSetUp, kBody, kTearDown };
Where where = Where::kNowhere;

class LoggingTest : public ::testing::Test {
 protected:
  LoggingTest() { Do("constructor", Where::kConstructor); }
  ~LoggingTest() override { Log().push_back("destructor"); }
  void SetUp() override { Do("set-up", Where::kSetUp); }
  void TearDown() override { Do("tear-down", Where::kTearDown); }
  static void Do(const char* what, Where here) {
    Log().push_back(what);
    if (where == here) throw std::runtime_error(what);
  }
  struct Frame {
    ~Frame() { Log().push_back("frame"); }
  };
};

SIM_TEST_F(LoggingTest, DISABLED_Logs) {
  Frame frame;
  co_await Yield();
  Do("body", Where::kBody);
  co_await Yield();
}

// One execution of that test, as SIM_TEST_F makes it.
Report LogsFailingAt(Where here) {
  where = here;
  Log().clear();
  sim::internal::ExecutionReporter reporter;
  ExploreOptions options;
  options.strategy = "fifo";
  options.story_executions = 0;  // and nothing more is learned of it
  const Report report = sim::Explore(
      [](sim::Roots& roots) { sim::internal::Begin<LoggingTest_DISABLED_Logs_SimTest>(roots, Place::current()); },
      options);
  where = Where::kNowhere;
  // A failing execution is run a second time, for its story.
  if (!report.passed()) {
    const std::vector<std::string> log = Log();
    const size_t half = log.size() / 2;
    EXPECT_TRUE(std::equal(log.begin(), log.begin() + static_cast<ptrdiff_t>(half),
                           log.begin() + static_cast<ptrdiff_t>(half)));
    Log().resize(half);
  }
  return report;
}

TEST(FixtureLifeTest, TearDownComesAfterTheBodyAndBeforeTheDestructor) {
  EXPECT_TRUE(LogsFailingAt(Where::kNowhere).passed());
  EXPECT_THAT(Log(), ElementsAre("constructor", "set-up", "body", "frame", "tear-down", "destructor"));
}

TEST(FixtureLifeTest, AnExecutionThatFailsIsTornDownAfterItsFrames) {
  const Report report = LogsFailingAt(Where::kBody);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(Log(), ElementsAre("constructor", "set-up", "body", "frame", "tear-down", "destructor"));
}

TEST(FixtureLifeTest, ASetUpThatThrowsIsAFindingAndNoBodyRuns) {
  const Report report = LogsFailingAt(Where::kSetUp);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(report.outcome.message, HasSubstr("set-up"));
  EXPECT_THAT(Log(), ElementsAre("constructor", "set-up", "tear-down", "destructor"));
}

TEST(FixtureLifeTest, AConstructorThatThrowsIsAFinding) {
  const Report report = LogsFailingAt(Where::kConstructor);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(report.outcome.message, HasSubstr("constructor"));
  EXPECT_THAT(Log(), ElementsAre("constructor"));
}

TEST(FixtureLifeTest, ATearDownThatThrowsIsAFinding) {
  const Report report = LogsFailingAt(Where::kTearDown);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kUncaughtException);
  EXPECT_THAT(report.outcome.message, HasSubstr("tear-down"));
  EXPECT_THAT(Log(), ElementsAre("constructor", "set-up", "body", "frame", "tear-down", "destructor"));
}

// --- suites ------------------------------------------------------------------------------------

class SharedSuite : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ++set_up; }
  static inline int set_up = 0;
};

TEST_F(SharedSuite, IsSetUpOnceForPlainTests) { EXPECT_EQ(set_up, 1); }
SIM_TEST_F(SharedSuite, AndForThoseOfTheSimulator) {
  EXPECT_EQ(set_up, 1);
  co_return;
}

class WithPrivateSetUp : public ::testing::Test {
 public:
  bool was_set_up = false;

 private:
  void SetUp() override { was_set_up = true; }
};
SIM_TEST_F(WithPrivateSetUp, IsSetUpToo) {
  EXPECT_TRUE(was_set_up);
  co_return;
}

}  // namespace
}  // namespace fate
