#include "fate/task/future.h"

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "fate/task/cancel.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(FutureTest, OneThatIsReadyGivesItsValueAtOnce) {
  Everywhere([]() -> Task<> {
    std::promise<int> promise;
    promise.set_value(4);
    int value = co_await FromFuture(promise.get_future());
    EXPECT_EQ(value, 4);
    std::promise<void> nothing;
    nothing.set_value();
    co_await FromFuture(nothing.get_future());
    int number = 1;
    std::promise<int&> reference;
    reference.set_value(number);
    int& same = co_await FromFuture(reference.get_future());
    EXPECT_EQ(&same, &number);
  });
}

TEST(FutureTest, ItsExceptionIsRethrown) {
  Everywhere([]() -> Task<> {
    std::promise<int> promise;
    promise.set_exception(std::make_exception_ptr(std::runtime_error("no")));
    std::string caught;
    try {
      co_await FromFuture(promise.get_future());
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
  });
}

TEST(FutureTest, ADeferredOneIsRun) {
  Everywhere([]() -> Task<> {
    std::future<int> future = std::async(std::launch::deferred, [] { return 6; });
    int value = co_await FromFuture(std::move(future));
    EXPECT_EQ(value, 6);
  });
}

TEST(FutureTest, ProductionWaitsForOneThatIsNotReady) {
  std::promise<int> promise;
  std::thread thread;
  InProduction([&]() -> Task<> {
    std::future<int> future = promise.get_future();
    thread = std::thread([&promise] { promise.set_value(8); });
    int value = co_await FromFuture(std::move(future));
    EXPECT_EQ(value, 8);
  });
  thread.join();
}

TEST(FutureTest, TheSimulatorCannotWaitForOneThatIsNotReady) {
  sim::Report report = Failing([]() -> Task<> {
    std::promise<int> promise;
    co_await FromFuture(promise.get_future());
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.outcome.message.find("your program awaited a std::future that is not ready"), std::string::npos)
      << report.outcome.message;
  EXPECT_EQ(ToString(report.outcome.place), "task/future_test.cc:" + std::to_string(__LINE__ - 5));
}

TEST(FutureTest, OneWithoutStateIsMisuse) {
  sim::Report report = Failing([]() -> Task<> { co_await FromFuture(std::future<int>()); });
  EXPECT_NE(report.outcome.message.find("has no shared state"), std::string::npos);
}

TEST(FutureTest, InACancelledScopeTheWaitDoesNotBegin) {
  InProduction([]() -> Task<> {
    std::promise<int> promise;
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await FromFuture(promise.get_future());
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
  });
}

}  // namespace
}  // namespace fate
