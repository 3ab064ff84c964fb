#include "fate/task/combinator.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/task/everywhere.h"

namespace fate::internal {
namespace {

// What a combinator of somebody else's would look like.
Task<Place> PlaceOfCaller() { co_return co_await CallerPlace(); }

TEST(CombinatorTest, TheCallerIsTheLineThatAwaits) {
  Everywhere([]() -> Task<> {
    unsigned line = __LINE__ + 1;
    Place place = co_await PlaceOfCaller();
    EXPECT_EQ(place.line(), line);
    EXPECT_TRUE(std::string(place.file_name()).ends_with("combinator_test.cc"));
  });
}

TEST(CombinatorTest, OfARootItIsTheLineThatSpawned) {
  Everywhere([]() -> Task<> {
    unsigned line = __LINE__ + 1;
    JoinHandle<Place> handle = SpawnNow(PlaceOfCaller());
    Place place = co_await handle.Join();
    EXPECT_EQ(place.line(), line);
  });
}

TEST(CombinatorTest, SettledKeepsAValueUntilItIsTaken) {
  Everywhere([]() -> Task<> {
    auto give = []() -> Task<std::unique_ptr<int>> {
      co_await Yield();
      co_return std::make_unique<int>(3);
    };
    Settled<std::unique_ptr<int>> settled(give());
    co_await settled;
    EXPECT_FALSE(settled.failed());
    EXPECT_FALSE(settled.cancelled());
    EXPECT_EQ(settled.exception(), nullptr);
    std::unique_ptr<int> value = settled.Take();
    EXPECT_EQ(*value, 3);
  });
}

TEST(CombinatorTest, SettledTellsFailureFromCancellation) {
  Everywhere([]() -> Task<> {
    auto fail = []() -> Task<> {
      co_await Yield();
      throw std::runtime_error("no");
    };
    auto cancelled = []() -> Task<> {
      co_await Yield();
      throw Cancelled();
    };
    Settled<void> failure(fail());
    co_await failure;
    EXPECT_TRUE(failure.failed());
    EXPECT_FALSE(failure.cancelled());
    EXPECT_THROW(failure.Take(), std::runtime_error);
    Settled<void> cancellation(cancelled());
    co_await cancellation;
    EXPECT_FALSE(cancellation.failed());
    EXPECT_TRUE(cancellation.cancelled());
    EXPECT_THROW(cancellation.Take(), Cancelled);
  });
}

TEST(CombinatorTest, ASettledThatIsNeverAwaitedDestroysItsTask) {
  Everywhere([]() -> Task<> {
    auto alive = std::make_shared<int>(1);
    auto hold = [](std::shared_ptr<int>) -> Task<> { co_return; };
    {
      Settled<void> settled(hold(alive));
      EXPECT_EQ(alive.use_count(), 2);
    }
    EXPECT_EQ(alive.use_count(), 1);
    co_return;
  });
}

// A chain of combinators as deep as memory allows is torn down without recursion.
constexpr int kForever = 1'000'000'000;
Task<> ShieldedForever(int depth) {
  if (depth > 0) {
    Settled<void> settled(ShieldedForever(depth - 1));
    co_await settled;
  }
  for (int step = 0; step < kForever; ++step) co_await Yield();
}

TEST(CombinatorTest, ASuspendedChainOfThemIsDestroyedWithoutRecursion) {
  sim::ExploreOptions options = OptionsOf(sim::Interleaving::kFifo, "fifo", 1);
  options.settings.max_steps = 3;
  constexpr int kDepth = static_cast<int>(sim::test::Samples(200'000));
  sim::Report report = sim::Explore([] { return ShieldedForever(kDepth); }, options);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kStepLimit);
}

TEST(CombinatorTest, ACallThatThrowsBecomesATaskThatFails) {
  Everywhere([]() -> Task<> {
    int argument = 1;
    auto throws = [](int&) -> Task<int> { throw std::runtime_error("call"); };
    auto gives = [](int& value) -> Task<int> { co_return value; };
    Task<int> failing = CallBody(throws, argument);
    bool caught = false;
    try {
      co_await std::move(failing);
    } catch (const std::runtime_error&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
    int value = co_await CallBody(gives, argument);
    EXPECT_EQ(value, 1);
  });
}

}  // namespace
}  // namespace fate::internal
