#include "fate/sim/explore/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"

namespace fate::sim::audit_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The reader reads again while the writer waits: in turn, that comes behind the writer, which waits for the reader.
Task<> ReadsTwice() {
  SharedMutex mutex;
  const auto reads = [&]() -> Task<> {
    SharedGuard outer = co_await mutex.LockShared();
    co_await Yield();
    SharedGuard inner = co_await mutex.LockShared();
  };
  const auto writes = [&]() -> Task<> { ExclusiveGuard guard = co_await mutex.Lock(); };
  co_await WhenAll(reads(), writes());
}

// The search sees one cell for each task.
Task<> SharesAPlainVariable() {
  Atomic<int> x, y;
  int plain = 0;
  const auto adds = [&](Atomic<int>& cell) -> Task<> {
    co_await cell.Store(1);
    const int seen = plain;
    co_await cell.Store(2);
    plain = seen + 1;
  };
  co_await WhenAll(adds(x), adds(y));
  FATE_CHECK(plain == 2, "your program lost an update");
}

Task<> Passes() {
  Atomic<int> x;
  const auto adds = [&]() -> Task<> { co_await x.FetchAdd(1); };
  co_await WhenAll(adds(), adds());
}

struct Ended {
  Audited audited;
  Interleaving interleaving;
};
Ended AuditOf(Task<> (*program)(), uint64_t audit_executions = 100,
              Interleaving interleaving = Interleaving::kOperation) {
  ExploreOptions options;
  options.audit_executions = audit_executions;
  options.settings.interleaving = interleaving;
  Scheduler scheduler(options.settings);
  const auto run = [program](Roots& roots) { roots.Add(program()); };
  const Audited audited = Audit(scheduler, run, options, 5, 0);
  return {audited, scheduler.settings().interleaving};
}

TEST(AuditTest, WhereNothingFailsAllIsAsItWas) {
  const Ended ended = AuditOf(Passes);
  EXPECT_FALSE(ended.audited.failure.has_value());
  EXPECT_EQ(ended.audited.walks, 100u);
  EXPECT_EQ(ended.interleaving, Interleaving::kOperation);
}

TEST(AuditTest, ARandomWalkFindsAnOrderThatNobodyObserved) {
  const Ended ended = AuditOf(SharesAPlainVariable);
  ASSERT_TRUE(ended.audited.failure.has_value());
  EXPECT_FALSE(ended.audited.by_queues);
  EXPECT_EQ(ended.audited.failure->outcome.kind, OutcomeKind::kAssertionFailed);
  EXPECT_EQ(ended.audited.failure->number + 1, 5 + ended.audited.walks);
  EXPECT_EQ(ended.interleaving, Interleaving::kOperation);
}

TEST(AuditTest, AnExecutionAsOnTheProductionLoopFindsWhatHangsOnAQueue) {
  const Ended ended = AuditOf(ReadsTwice);
  ASSERT_TRUE(ended.audited.failure.has_value());
  EXPECT_TRUE(ended.audited.by_queues);
  EXPECT_EQ(ended.audited.walks, 100u);
  EXPECT_EQ(ended.audited.failure->outcome.kind, OutcomeKind::kDeadlock);
  EXPECT_EQ(ended.audited.failure->interleaving, Interleaving::kFifo);
  EXPECT_EQ(ended.interleaving, Interleaving::kFifo);
}

TEST(AuditTest, NothingIsRunIfNothingIsAskedForOrOnlyWalksWhereTheSearchKeepsQueues) {
  const Ended none = AuditOf(ReadsTwice, 0);
  EXPECT_FALSE(none.audited.failure.has_value());
  EXPECT_EQ(none.audited.walks, 0u);
  const Ended queued = AuditOf(Passes, 7, Interleaving::kLoop);
  EXPECT_FALSE(queued.audited.failure.has_value());
  EXPECT_EQ(queued.audited.walks, 7u);
}

TEST(AuditTest, AProofIsWithdrawnWithASchedule) {
  ExploreOptions options;
  const Report report = Explore(ReadsTwice, options);
  EXPECT_EQ(report.outcome.kind, OutcomeKind::kDeadlock);
  EXPECT_FALSE(report.exhausted);
  EXPECT_EQ(report.claim, "");
  EXPECT_TRUE(report.production_order);
  EXPECT_FALSE(report.unseen_order);
  EXPECT_EQ(report.interleaving, Interleaving::kFifo);
  EXPECT_THAT(report.schedule, StartsWith("fate1-fifo-"));
  EXPECT_THAT(report.ToText(), HasSubstr("then an execution as on the production loop failed"));
  EXPECT_THAT(report.ToText(), HasSubstr("It happens on the production loop."));
  options.replay = report.schedule;
  EXPECT_EQ(Explore(ReadsTwice, options).outcome.kind, OutcomeKind::kDeadlock);
}

// However many walks are asked for.
TEST(AuditTest, MoreWalksThanCanBeCountedAreThoseThatTheSearchHasLeft) {
  ExploreOptions options;
  options.strategy = "optimal_dpor";
  options.executions = 50;
  options.audit_executions = ~uint64_t{0};
  const Report report = Explore([]() -> Task<> { co_await Yield(); }, options);
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, 1u);
  EXPECT_EQ(report.audited, 49u);
}

}  // namespace
}  // namespace fate::sim::audit_test
