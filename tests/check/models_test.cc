#include "fate/sim/check/model.h"

#include "fate/sim/check/counter.h"
#include "fate/sim/check/lock_model.h"
#include "fate/sim/check/map.h"
#include "fate/sim/check/queue.h"
#include "fate/sim/check/register.h"
#include "fate/sim/check/set.h"
#include "fate/sim/check/stack.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

static_assert(SequentialModel<Register<int>> && SequentialModel<Queue<int>> && SequentialModel<Stack<int>>);
static_assert(SequentialModel<Set<std::string>> && SequentialModel<Map<std::string, std::string>>);
static_assert(SequentialModel<LockModel> && SequentialModel<Counter>);
static_assert(HasKeys<Set<int>> && HasKeys<Map<int, int>> && !HasKeys<Register<int>>);
static_assert(HasShape<Queue<int>> && !HasShape<Counter>);

// Runs an operation; that it returned `output` must be right.
template <class Model>
void Do(const Model& model, typename Model::State& state, const typename Model::Input& input,
        typename Model::Output output, const std::string& words) {
  EXPECT_EQ(model.Describe(input, &output), words);
  std::optional<typename Model::State> next = model.Apply(state, input, &output);
  ASSERT_TRUE(next) << words;
  // What it may return, it may also have returned if nobody knows; and reads change nothing.
  EXPECT_EQ(model.Apply(state, input, nullptr), next) << words;
  if (model.OnlyReads(input, &output)) {
    EXPECT_EQ(*next, state) << words;
  }
  state = *next;
}

template <class Model>
void Cannot(const Model& model, const typename Model::State& state, const typename Model::Input& input,
            typename Model::Output output) {
  EXPECT_FALSE(model.Apply(state, input, &output)) << model.Describe(input, &output);
}

TEST(ModelsTest, ARegisterReturnsWhatWasWrittenLast) {
  using R = Register<int>;
  R model(7);
  int state = model.Initial();
  Do(model, state, R::Read(), 7, "read() -> 7");
  Do(model, state, R::Write(8), {}, "write(8)");
  Cannot(model, state, R::Read(), 7);
  Do(model, state, R::CompareAndSwap(7, 9), 8, "compare_and_swap(7, 9) -> 8");
  EXPECT_EQ(state, 8);
  Cannot(model, state, R::CompareAndSwap(8, 9), 7);
  Do(model, state, R::CompareAndSwap(8, 9), 8, "compare_and_swap(8, 9) -> 8");
  EXPECT_EQ(model.DescribeState(state), "9");
  EXPECT_EQ(model.Describe(R::Write(1), nullptr), "write(1) -> ?");
  EXPECT_EQ(model.Describe(R::Read(), nullptr), "read() -> ?");
}

TEST(ModelsTest, AQueueReturnsTheOldestFirst) {
  using Q = Queue<int>;
  Q model;
  Q::State state = model.Initial();
  Do(model, state, Q::Dequeue(), {}, "dequeue() -> nothing");
  Do(model, state, Q::Enqueue(1), {}, "enqueue(1)");
  Do(model, state, Q::Enqueue(2), {}, "enqueue(2)");
  EXPECT_EQ(model.DescribeState(state), "[1 2]");
  Cannot(model, state, Q::Dequeue(), 2);
  Cannot(model, state, Q::Dequeue(), {});
  Do(model, state, Q::Dequeue(), 1, "dequeue() -> 1");
  EXPECT_EQ(model.DescribeState(state), "[2]");
  EXPECT_EQ(model.Describe(Q::Dequeue(), nullptr), "dequeue() -> ?");
  EXPECT_EQ(model.Describe(Q::Enqueue(3), nullptr), "enqueue(3) -> ?");
}

TEST(ModelsTest, AStackReturnsTheNewestFirst) {
  using S = Stack<std::string>;
  S model;
  S::State state = model.Initial();
  Do(model, state, S::Pop(), {}, "pop() -> nothing");
  Do(model, state, S::Push("a"), {}, "push(a)");
  Do(model, state, S::Push("b"), {}, "push(b)");
  Cannot(model, state, S::Pop(), "a");
  Cannot(model, state, S::Pop(), {});
  Do(model, state, S::Pop(), "b", "pop() -> b");
  EXPECT_EQ(model.DescribeState(state), "[a]");
}

TEST(ModelsTest, ASetTellsWhetherAnElementWasThere) {
  using S = Set<int>;
  S model;
  S::State state = model.Initial();
  Do(model, state, S::Contains(1), false, "contains(1) -> false");
  Do(model, state, S::Remove(1), false, "remove(1) -> false");
  Do(model, state, S::Add(1), true, "add(1) -> true");
  EXPECT_EQ(model.DescribeState(state), "there");
  Cannot(model, state, S::Add(1), true);
  Cannot(model, state, S::Contains(1), false);
  Do(model, state, S::Add(1), false, "add(1) -> false");
  Do(model, state, S::Contains(1), true, "contains(1) -> true");
  Do(model, state, S::Remove(1), true, "remove(1) -> true");
  EXPECT_EQ(model.DescribeState(state), "not there");
}

TEST(ModelsTest, AMapReturnsWhatWasPutLast) {
  using M = Map<std::string, int>;
  M model;
  M::State state = model.Initial();
  Do(model, state, M::Get("x"), {}, "get(x) -> nothing");
  Do(model, state, M::Put("x", 1), {}, "put(x, 1)");
  Do(model, state, M::Get("x"), 1, "get(x) -> 1");
  Cannot(model, state, M::Get("x"), {});
  Do(model, state, M::Swap("x", 2), 1, "swap(x, 2) -> 1");
  Cannot(model, state, M::Swap("x", 3), 1);
  Do(model, state, M::Erase("x"), {}, "erase(x)");
  EXPECT_EQ(model.DescribeState(state), "nothing");
  EXPECT_EQ(model.Describe(M::Put("x", 1), nullptr), "put(x, 1) -> ?");
}

TEST(ModelsTest, ALockIsHeldByOne) {
  using L = LockModel;
  L model;
  L::State state = model.Initial();
  Cannot(model, state, L::Unlock(1), true);
  Do(model, state, L::Lock(1), true, "lock(1)");
  EXPECT_EQ(model.DescribeState(state), "held by 1");
  Cannot(model, state, L::Lock(2), true);
  Cannot(model, state, L::Unlock(2), true);
  Cannot(model, state, L::TryLock(2), true);
  Do(model, state, L::TryLock(2), false, "try_lock(2) -> false");
  Do(model, state, L::Unlock(1), true, "unlock(1)");
  EXPECT_EQ(model.DescribeState(state), "free");
  Do(model, state, L::TryLock(2), true, "try_lock(2)");
  // A lock that nobody knows to have been granted is not where it cannot be.
  EXPECT_FALSE(model.Apply(state, L::Lock(1), nullptr));
}

TEST(ModelsTest, ACounterCounts) {
  Counter model(10);
  Counter::State state = model.Initial();
  Do(model, state, Counter::Read(), 10, "read() -> 10");
  Do(model, state, Counter::Add(5), {}, "add(5)");
  Do(model, state, Counter::FetchAdd(-3), 15, "fetch_add(-3) -> 15");
  Cannot(model, state, Counter::Read(), 15);
  EXPECT_EQ(model.DescribeState(state), "12");
}

}  // namespace
}  // namespace fate::sim
