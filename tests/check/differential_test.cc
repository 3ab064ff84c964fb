// The strongest test of the checkers: random short histories against all orders of their operations.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs forty times as many.
#include <algorithm>
#include <string>

#include "fate/sim/check/linearizability.h"
#include "fate/sim/check/sequential_consistency.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/check/recorded.h"

namespace fate::sim::brute {
namespace {

template <class Model>
class DifferentialTest : public testing::Test {};

using Models = testing::Types<Register<int>, Queue<int>, Stack<int>, Set<int>, Map<int, int>>;
TYPED_TEST_SUITE(DifferentialTest, Models);

uint64_t Histories(uint64_t count) { return test::Samples(count, 40 * count); }

struct Counts {
  uint64_t legal = 0;
  uint64_t illegal = 0;
  uint64_t pending = 0;
};

template <class Model>
std::vector<Operation> Make(uint64_t number, Prng& prng, Counts& counts) {
  std::vector<Operation> operations =
      MakeHistory({As<Model>::kObject, number % 2 == 0, number % 4 < 2, number % 3 != 0}, prng);
  for (const Operation& operation : operations) {
    if (operation.responded != 0) continue;
    ++counts.pending;
    break;
  }
  return operations;
}

// The prefix is counted in events; those of effects are not always there.
std::vector<Operation> WithoutEffects(std::vector<Operation> operations) {
  std::vector<int> events;
  for (const Operation& operation : operations) {
    events.push_back(operation.invoked);
    if (operation.responded != 0) events.push_back(operation.responded);
  }
  std::sort(events.begin(), events.end());
  const auto position = [&](int event) {
    return static_cast<int>(std::lower_bound(events.begin(), events.end(), event) - events.begin()) + 1;
  };
  for (Operation& operation : operations) {
    operation.invoked = position(operation.invoked);
    if (operation.responded != 0) operation.responded = position(operation.responded);
    operation.effect = 0;
  }
  return operations;
}

// Checks what a result says of the longest prefix and the suspects against its promises.
template <class Model>
void CheckIllegal(const std::vector<Operation>& operations, const LinearizabilityResult& result) {
  ASSERT_FALSE(result.unplaced.empty());
  EXPECT_FALSE(result.text.empty());
  EXPECT_TRUE(result.prefix_is_longest);
  // Up to there it is linearizable.
  std::vector<Operation> before;
  for (Operation operation : operations) {
    if (operation.invoked > static_cast<int>(result.prefix_events)) continue;
    if (operation.responded > static_cast<int>(result.prefix_events)) operation.responded = 0;
    before.push_back(operation);
  }
  EXPECT_TRUE(HasOrder(As<Model>::kObject, before, true)) << ToString(operations) << result.text;
  // Not any further, if the operations open then returned what they did.
  std::vector<Operation> after;
  for (const Operation& operation : operations) {
    if (operation.invoked <= static_cast<int>(result.prefix_events) + 1) after.push_back(operation);
  }
  EXPECT_FALSE(HasOrder(As<Model>::kObject, after, true)) << ToString(operations) << result.text;
}

TYPED_TEST(DifferentialTest, LinearizabilityAgreesWithAllOrders) {
  Counts counts;
  for (uint64_t number = 0; number < Histories(10'000); ++number) {
    Prng prng(number);
    std::vector<Operation> operations = Make<TypeParam>(number, prng, counts);
    const bool effects = number % 5 == 0;
    if (!effects) operations = WithoutEffects(operations);
    HistoryOf<TypeParam> history = Recorded<TypeParam>(operations, effects);
    LinearizabilityResult result = CheckLinearizability(history, TypeParam());
    const bool expected = HasOrder(As<TypeParam>::kObject, operations, true);
    ASSERT_EQ(result.verdict, expected ? Verdict::kOk : Verdict::kIllegal)
        << number << ": " << ToString(operations) << "\n"
        << result.text;
    ++(expected ? counts.legal : counts.illegal);
    if (!expected) CheckIllegal<TypeParam>(operations, result);
    if (this->HasFailure()) return;
  }
  EXPECT_GT(counts.legal, Histories(2'000));
  EXPECT_GT(counts.illegal, Histories(1'000));
  EXPECT_GT(counts.pending, Histories(2'000));
}

// The search alone, with and without what it may know of keys and reads.
TYPED_TEST(DifferentialTest, TheSearchAgreesWithAllOrders) {
  constexpr bool kOneKey = !HasKeys<TypeParam>;
  Counts counts;
  for (uint64_t number = 0; number < Histories(5'000); ++number) {
    Prng prng(number + 2'000'000'000);
    std::vector<Operation> operations = Make<TypeParam>(number, prng, counts);
    const bool expected = HasOrder(As<TypeParam>::kObject, operations, true);
    ++(expected ? counts.legal : counts.illegal);
    const Verdict verdict = expected ? Verdict::kOk : Verdict::kIllegal;
    const HistoryOf<TypeParam> history = Recorded<TypeParam>(operations, number % 5 == 0);
    ASSERT_EQ(CheckLinearizability(history, WithReads<TypeParam>()).verdict, verdict) << ToString(operations);
    if (kOneKey) {
      ASSERT_EQ(CheckLinearizability(history, Plain<TypeParam>()).verdict, verdict) << ToString(operations);
    }
  }
  EXPECT_GT(counts.legal, Histories(1'000));
  EXPECT_GT(counts.illegal, Histories(500));
}

// The search for sequential consistency alone; linearizable histories don't get to it otherwise.
template <class Model>
bool SearchSequentially(const std::vector<Operation>& operations) {
  const Model model;
  const HistoryOf<Model> history = Recorded<Model>(operations, false);
  internal::Part<Model> part(history, model, internal::All<Model>(history));
  CheckBudget budget{CheckLimits()};
  return internal::SearchSequential<Model>(history, model, part, budget).verdict == Verdict::kOk;
}

TYPED_TEST(DifferentialTest, SequentialConsistencyAgreesWithAllOrders) {
  Counts counts;
  for (uint64_t number = 0; number < Histories(2'000); ++number) {
    Prng prng(number + 1'000'000'000);
    std::vector<Operation> operations = Make<TypeParam>(number, prng, counts);
    SequentialConsistencyResult result =
        CheckSequentialConsistency(Recorded<TypeParam>(operations, number % 5 == 0), TypeParam());
    const bool expected = HasOrder(As<TypeParam>::kObject, operations, false);
    ASSERT_EQ(SearchSequentially<TypeParam>(operations), expected) << ToString(operations);
    ASSERT_EQ(result.verdict, expected ? Verdict::kOk : Verdict::kIllegal)
        << number << ": " << ToString(operations) << "\n"
        << result.text;
    ++(expected ? counts.legal : counts.illegal);
  }
  EXPECT_GT(counts.legal, Histories(500));
  EXPECT_GT(counts.illegal, Histories(100));
}

}  // namespace
}  // namespace fate::sim::brute
