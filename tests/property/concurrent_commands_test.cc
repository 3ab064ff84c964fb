#include "fate/sim/property/concurrent_commands.h"

#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/sim/property/check_property.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"

namespace fate::sim {
namespace {

using ::testing::HasSubstr;

enum class Variant { kBuggy, kFixed };

// Of what is checked. No parameter of the types: each would be compiled twice, and rapidcheck's templates take long.
Variant variant = Variant::kBuggy;

template <class... Commands>
PropertyReport CheckAs(Variant of) {
  variant = of;
  PropertyOptions options;
  if (variant == Variant::kFixed) options.executions = test::Samples(options.executions);
  return CheckCases(ConcurrentCases<Commands...>(), options);
}

// How many commands a shrunk report shows.
long Commands(const PropertyReport& report) {
  return std::count(report.arguments.begin(), report.arguments.end(), '(');
}

// --- a lock-free stack that takes nodes from a free list, with the ABA bug ------------------------

class Stack {
 public:
  Task<> Push(int value) {
    const int node = Allocate();
    values_[static_cast<size_t>(node)] = value;
    Head head = co_await head_.Load();
    for (bool done = false; !done;) {
      next_[static_cast<size_t>(node)] = head.node;
      const Head desired = {node, NextVersion(head)};
      done = co_await head_.CompareExchange(head, desired);
    }
  }
  Task<std::optional<int>> Pop() {
    Head head = co_await head_.Load();
    for (;;) {
      if (head.node < 0) co_return std::nullopt;
      const int value = values_[static_cast<size_t>(head.node)];
      const Head desired = {next_[static_cast<size_t>(head.node)], NextVersion(head)};
      const int node = head.node;
      const bool done = co_await head_.CompareExchange(head, desired);
      if (!done) continue;
      free_.push_back(node);
      co_return value;
    }
  }

 private:
  struct Head {
    int node = -1;
    int version = 0;
    bool operator==(const Head&) const = default;
  };
  static int NextVersion(const Head& head) { return variant == Variant::kFixed ? head.version + 1 : 0; }
  int Allocate() {
    if (free_.empty()) {
      values_.push_back(0);
      next_.push_back(-1);
      return static_cast<int>(values_.size()) - 1;
    }
    const int node = free_.back();
    free_.pop_back();
    return node;
  }

  Atomic<Head> head_;
  std::vector<int> values_;
  std::vector<int> next_;
  std::vector<int> free_;
};

struct StackTest {
  using Command = ConcurrentCommand<std::vector<int>, Stack, std::optional<int>>;
  struct Push : Command {
    int value = *rc::gen::inRange(0, 100);
    std::optional<int> apply(std::vector<int>& model) const override {
      model.push_back(value);
      return std::nullopt;
    }
    Task<std::optional<int>> run(Stack& stack) const override {
      co_await stack.Push(value);
      co_return std::nullopt;
    }
    void show(std::ostream& stream) const override { stream << "Push(" << value << ")"; }
  };
  struct Pop : Command {
    std::optional<int> apply(std::vector<int>& model) const override {
      if (model.empty()) return std::nullopt;
      const int value = model.back();
      model.pop_back();
      return value;
    }
    Task<std::optional<int>> run(Stack& stack) const override { return stack.Pop(); }
    void show(std::ostream& stream) const override { stream << "Pop()"; }
  };
  static PropertyReport Check(Variant of) { return CheckAs<Push, Pop>(of); }
};

TEST(ConcurrentCommandsTest, AStackWithAnAbaBugIsFoundAndShrunk) {
  const PropertyReport report = StackTest::Check(Variant::kBuggy);
  ASSERT_FALSE(report.passed()) << report.ToText();
  EXPECT_GE(Commands(report), 2) << report.ToText();
  EXPECT_LE(Commands(report), 4) << report.ToText();
}

TEST(ConcurrentCommandsTest, AStackWithVersionsPasses) {
  const PropertyReport report = StackTest::Check(Variant::kFixed);
  EXPECT_TRUE(report.passed()) << report.ToText();
}

// --- a bounded queue that loses an element --------------------------------------------------------

constexpr int kCapacity = 3;

class Queue {
 public:
  Task<bool> Push(int value) {
    MutexGuard guard;
    if (variant == Variant::kFixed) guard = co_await mutex_.Lock();
    const int end = co_await end_.Load();
    const int begin = co_await begin_.Load();
    if (end - begin == kCapacity) co_return false;
    slots_[end % kCapacity] = value;
    co_await end_.Store(end + 1);  // two may have taken the same slot
    co_return true;
  }
  Task<std::optional<int>> Pop() {
    MutexGuard guard = co_await mutex_.Lock();
    const int begin = co_await begin_.Load();
    const int end = co_await end_.Load();
    if (begin == end) co_return std::nullopt;
    const int value = slots_[begin % kCapacity];
    co_await begin_.Store(begin + 1);
    co_return value;
  }

 private:
  Mutex mutex_;
  Atomic<int> begin_;
  Atomic<int> end_;
  int slots_[kCapacity] = {};
};

struct QueueTest {
  using Command = ConcurrentCommand<std::deque<int>, Queue, std::optional<int>>;
  struct Push : Command {
    int value = *rc::gen::inRange(0, 100);
    std::optional<int> apply(std::deque<int>& model) const override {
      if (model.size() == kCapacity) return 0;
      model.push_back(value);
      return 1;
    }
    Task<std::optional<int>> run(Queue& queue) const override { co_return co_await queue.Push(value); }
    void show(std::ostream& stream) const override { stream << "Push(" << value << ")"; }
  };
  struct Pop : Command {
    std::optional<int> apply(std::deque<int>& model) const override {
      if (model.empty()) return std::nullopt;
      const int value = model.front();
      model.pop_front();
      return value;
    }
    Task<std::optional<int>> run(Queue& queue) const override { return queue.Pop(); }
    void show(std::ostream& stream) const override { stream << "Pop()"; }
  };
  static PropertyReport Check(Variant of) { return CheckAs<Push, Pop>(of); }
};

TEST(ConcurrentCommandsTest, AQueueThatLosesAnElementIsFoundAndShrunk) {
  const PropertyReport report = QueueTest::Check(Variant::kBuggy);
  ASSERT_FALSE(report.passed()) << report.ToText();
  EXPECT_GE(Commands(report), 2) << report.ToText();
  EXPECT_LE(Commands(report), 4) << report.ToText();
}

TEST(ConcurrentCommandsTest, AQueueWithALockPasses) {
  const PropertyReport report = QueueTest::Check(Variant::kFixed);
  EXPECT_TRUE(report.passed()) << report.ToText();
}

// --- a cache that keeps a stale value -------------------------------------------------------------

class Cache {
 public:
  Task<int> Get() {
    MutexGuard guard;
    if (variant == Variant::kFixed) guard = co_await mutex_.Lock();
    const std::optional<int> cached = co_await cached_.Load();
    if (cached.has_value()) co_return *cached;
    const int value = co_await stored_.Load();
    co_await cached_.Store(value);  // somebody may have stored and invalidated since
    co_return value;
  }
  Task<> Put(int value) {
    MutexGuard guard;
    if (variant == Variant::kFixed) guard = co_await mutex_.Lock();
    co_await stored_.Store(value);
    co_await cached_.Store(std::nullopt);
  }

 private:
  Mutex mutex_;
  Atomic<int> stored_;
  Atomic<std::optional<int>> cached_;
};

struct CacheTest {
  using Command = ConcurrentCommand<int, Cache, int>;
  struct Put : Command {
    int value = *rc::gen::inRange(0, 100);
    int apply(int& model) const override { return model = value; }
    Task<int> run(Cache& cache) const override {
      co_await cache.Put(value);
      co_return value;
    }
    void show(std::ostream& stream) const override { stream << "Put(" << value << ")"; }
  };
  struct Get : Command {
    int apply(int& model) const override { return model; }
    Task<int> run(Cache& cache) const override { return cache.Get(); }
    void show(std::ostream& stream) const override { stream << "Get()"; }
  };
  static PropertyReport Check(Variant of) { return CheckAs<Put, Get>(of); }
};

TEST(ConcurrentCommandsTest, ACacheWithAStaleReadIsFoundAndShrunk) {
  const PropertyReport report = CacheTest::Check(Variant::kBuggy);
  ASSERT_FALSE(report.passed()) << report.ToText();
  EXPECT_GE(Commands(report), 2) << report.ToText();
  EXPECT_LE(Commands(report), 4) << report.ToText();
}

TEST(ConcurrentCommandsTest, ACacheUnderALockPasses) {
  const PropertyReport report = CacheTest::Check(Variant::kFixed);
  EXPECT_TRUE(report.passed()) << report.ToText();
}

// --- what is printed ------------------------------------------------------------------------------

TEST(ConcurrentCommandsTest, AFailureTellsCallsReturnsAndWhatHasNoPlace) {
  const std::string text = CacheTest::Check(Variant::kBuggy).ToText();
  EXPECT_THAT(text, HasSubstr("your program is not linearizable: in no order of the commands"));
  EXPECT_THAT(text, HasSubstr("Get() is called\n"));
  EXPECT_THAT(text, HasSubstr("Put(1) gives 1\n"));
  EXPECT_THAT(text, HasSubstr("The longest beginning that has an order: "));
  EXPECT_THAT(text, HasSubstr("\n  not next: Get() -> 0; the model gives 1\n"));
}

// --- preconditions --------------------------------------------------------------------------------

class Tokens {
 public:
  Task<int> Add() {
    const int before = co_await count_.FetchAdd(1);
    co_return before + 1;
  }
  Task<int> Take() {
    const int before = co_await count_.FetchAdd(-1);
    FATE_CHECK(before > 0, "a token was taken though none may have been there");
    co_return before - 1;
  }

 private:
  Atomic<int> count_;
};

struct TokensTest {
  using Command = ConcurrentCommand<int, Tokens, int>;
  struct Add : Command {
    int apply(int& model) const override { return ++model; }
    Task<int> run(Tokens& tokens) const override { return tokens.Add(); }
    void show(std::ostream& stream) const override { stream << "Add()"; }
  };
  struct Take : Command {
    static inline int runs = 0;
    void checkPreconditions(const int& model) const override { RC_PRE(model > 0); }
    int apply(int& model) const override { return --model; }
    Task<int> run(Tokens& tokens) const override {
      ++runs;
      return tokens.Take();
    }
    void show(std::ostream& stream) const override { stream << "Take()"; }
  };
};

TEST(ConcurrentCommandsTest, APreconditionHoldsInEveryOrderOfTheTasks) {
  TokensTest::Take::runs = 0;
  const PropertyReport report = CheckCases(ConcurrentCases<TokensTest::Add, TokensTest::Take>(), {});
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_GT(TokensTest::Take::runs, 100);
}

TEST(ConcurrentCommandsDeathTest, NoCommandsAtAllAreMisuse) {
  ConcurrentSetup<TokensTest::Command> setup;
  setup.commands_max = 0;
  EXPECT_DEATH((ConcurrentCases<TokensTest::Add, TokensTest::Take>(setup)),
               "asked for concurrent commands, and for none of them .*: ask for one at least");
}

}  // namespace
}  // namespace fate::sim
