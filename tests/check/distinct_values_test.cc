// The fast algorithms against the search, on histories longer than all orders can be tried of.
#include "fate/sim/check/distinct_values.h"

#include "fate/sim/check/linearizability.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/check/recorded.h"

namespace fate::sim::brute {
namespace {

using Kind = DistinctOutcome::Kind;

Span At(uint32_t invoked, uint32_t responded) {
  Span span;
  span.invoked = invoked;
  span.responded = responded;
  return span;
}
NumberedRole Put(uint32_t value, uint32_t invoked, uint32_t responded) {
  return {RoleKind::kPut, value, At(invoked, responded)};
}
NumberedRole Take(uint32_t value, uint32_t invoked, uint32_t responded) {
  return {RoleKind::kTake, value, At(invoked, responded)};
}

TEST(DistinctValuesTest, TheyDoNotApplyWhereAValueIsPutTwice) {
  const std::vector<NumberedRole> twice = {Put(1, 1, 2), Put(1, 3, 4)};
  EXPECT_EQ(CheckDistinctRegister(twice).kind, Kind::kDoesNotApply);
  EXPECT_EQ(CheckDistinctQueue(twice).kind, Kind::kDoesNotApply);
  EXPECT_EQ(CheckDistinctStack(twice).kind, Kind::kDoesNotApply);
  const std::vector<NumberedRole> added = {{RoleKind::kAdded, 0, At(1, 2)}, {RoleKind::kAdded, 0, At(3, 4)}};
  EXPECT_EQ(CheckDistinctSet(added).kind, Kind::kDoesNotApply);
  EXPECT_EQ(CheckDistinct(Shape::kNone, {}).kind, Kind::kDoesNotApply);
}

TEST(DistinctValuesTest, TheyDoNotApplyToOtherOperations) {
  const std::vector<NumberedRole> other = {{RoleKind::kOther, 0, At(1, 2)}};
  for (Shape shape : {Shape::kRegister, Shape::kQueue, Shape::kStack, Shape::kSet}) {
    EXPECT_EQ(CheckDistinct(shape, other).kind, Kind::kDoesNotApply);
  }
}

TEST(DistinctValuesTest, AWriteOfTheFirstValueIsNotDistinct) {
  EXPECT_EQ(CheckDistinctRegister({Put(0, 1, 2)}).kind, Kind::kDoesNotApply);
}

TEST(DistinctValuesTest, APendingTakeMayExplainWhatElseNothingDoes) {
  // 1 was put before 2, and 2 was taken; by then the pending take may have taken 1.
  std::vector<NumberedRole> roles = {Put(1, 1, 2), Put(2, 3, 4), Take(2, 6, 7)};
  EXPECT_EQ(CheckDistinctQueue(roles).kind, Kind::kIllegal);
  roles.push_back({RoleKind::kTakeUnknown, 0, At(5, Span::kNever)});
  EXPECT_EQ(CheckDistinctQueue(roles).kind, Kind::kDoesNotApply);
  // What was taken twice, nothing explains.
  roles.push_back(Take(2, 8, 9));
  EXPECT_EQ(CheckDistinctQueue(roles).kind, Kind::kIllegal);
}

TEST(DistinctValuesTest, ARuleNamesTheOperationsThatBreakIt) {
  const DistinctOutcome queue = CheckDistinctQueue({Put(1, 1, 2), Put(2, 3, 4), Take(2, 5, 6), Take(1, 7, 8)});
  EXPECT_EQ(queue.rule, "what was put in later was taken out first");
  EXPECT_EQ(queue.operations, (std::vector<uint32_t>{0, 1, 2, 3}));
  const DistinctOutcome cell = CheckDistinctRegister({Put(1, 1, 2), Put(2, 3, 4), Take(1, 5, 6)});
  EXPECT_EQ(cell.rule, "a value would have to hold while another does");
  EXPECT_EQ(cell.operations, (std::vector<uint32_t>{0, 1, 2}));
  const DistinctOutcome stack = CheckDistinctStack({Put(1, 1, 2), Put(2, 3, 4), Take(1, 5, 6), Take(2, 7, 8)});
  EXPECT_EQ(stack.kind, Kind::kIllegal);
  EXPECT_EQ(stack.operations, (std::vector<uint32_t>{0, 1, 2, 3}));
}

template <class Model>
class DistinctDifferentialTest : public testing::Test {};

using Models = testing::Types<Register<int>, Queue<int>, Stack<int>, Set<int>, Map<int, int>>;
TYPED_TEST_SUITE(DistinctDifferentialTest, Models);

TYPED_TEST(DistinctDifferentialTest, LongerHistoriesAgreeWithTheSearch) {
  const uint64_t count = test::Samples(4'000, 200'000);
  uint64_t legal = 0, illegal = 0, decided = 0;
  for (uint64_t number = 0; number < count; ++number) {
    Prng prng(number);
    Random random{As<TypeParam>::kObject, true, number % 4 == 0, number % 3 != 0};
    random.operations_max = 24;
    random.clients_max = 6;
    random.keys = 8;
    const std::vector<Operation> operations = MakeHistory(random, prng);
    const HistoryOf<TypeParam> history = Recorded<TypeParam>(operations, false);
    const Verdict verdict = CheckLinearizability(history, WithReads<TypeParam>()).verdict;
    ASSERT_NE(verdict, Verdict::kUnknown);
    for (std::vector<uint32_t>& part : internal::PartsOf(history, TypeParam())) {
      const TypeParam model;
      internal::Part<TypeParam> whole(history, model, std::move(part));
      decided += CheckDistinct(TypeParam::kShape, whole.roles()).kind != Kind::kDoesNotApply ? 1 : 0;
    }
    ASSERT_EQ(CheckLinearizability(history, TypeParam()).verdict, verdict) << ToString(operations);
    ++(verdict == Verdict::kOk ? legal : illegal);
  }
  EXPECT_GT(legal, count / 4);
  EXPECT_GT(illegal, count / 10);
  EXPECT_GT(decided, count / 2);
}

}  // namespace
}  // namespace fate::sim::brute
