#include "fate/task/finally.h"

#include <stdexcept>
#include <string>

#include "fate/sync/event.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

Task<int> Gives(int value) {
  co_await Yield();
  co_return value;
}

Task<int> Throws(const char* what) {
  co_await Yield();
  throw std::runtime_error(what);
}

TEST(FinallyTest, CleanupRunsAfterAValue) {
  Everywhere([]() -> Task<> {
    bool cleaned = false;
    auto cleanup = [&]() -> Task<> {
      co_await Yield();
      cleaned = true;
    };
    int value = co_await Finally(Gives(5), cleanup);
    EXPECT_EQ(value, 5);
    EXPECT_TRUE(cleaned);
  });
}

TEST(FinallyTest, CleanupRunsAfterAnException) {
  Everywhere([]() -> Task<> {
    int cleaned = 0;
    auto plain = [&] { ++cleaned; };
    std::string caught;
    try {
      co_await Finally(Throws("body"), plain);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "body");
    EXPECT_EQ(cleaned, 1);
  });
}

TEST(FinallyTest, CleanupIsShieldedFromTheCancellationThatEndedTheBody) {
  Everywhere([]() -> Task<> {
    Event begun;
    int cleaned = 0;
    auto wait = [&]() -> Task<> {
      co_await begun.Set();
      for (;;) co_await Yield();
    };
    auto cleanup = [&]() -> Task<> {
      for (int i = 0; i < 3; ++i) co_await Yield();
      ++cleaned;
    };
    auto child = [&]() -> Task<> { co_await Finally(wait(), cleanup); };
    JoinHandle<> handle = co_await Spawn(child());
    co_await begun.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_TRUE(handle.cancelled());
    EXPECT_EQ(cleaned, 1);
  });
}

TEST(FinallyTest, CleanupRunsEvenIfTheScopeWasCancelledBefore) {
  Everywhere([]() -> Task<> {
    bool body_ran = false;
    bool cleaned = false;
    auto body = [&]() -> Task<> {
      co_await Yield();
      body_ran = true;
    };
    auto cleanup = [&]() -> Task<> {
      co_await Yield();
      cleaned = true;
    };
    auto scoped = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await Finally(body(), cleanup);
    };
    bool cut_short = co_await WithCancelScope(scoped);
    EXPECT_TRUE(cut_short);
    EXPECT_FALSE(body_ran);
    EXPECT_TRUE(cleaned);
  });
}

TEST(FinallyTest, AnExceptionOfTheCleanupTakesThePlaceOfTheValueAndOfCancelled) {
  Everywhere([]() -> Task<> {
    auto cleanup = []() -> Task<> {
      co_await Yield();
      throw std::runtime_error("cleanup");
    };
    std::string caught;
    try {
      co_await Finally(Gives(1), cleanup);
    } catch (const std::runtime_error& error) {
      caught += error.what();
    }
    auto scoped = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await Finally(Gives(1), cleanup);
    };
    try {
      co_await WithCancelScope(scoped);
    } catch (const std::runtime_error& error) {
      caught += error.what();
    }
    EXPECT_EQ(caught, "cleanupcleanup");
  });
}

TEST(FinallyTest, IfBothFailTheBodysExceptionIsRethrownAndTheCleanupsIsPrinted) {
  auto program = []() -> Task<> {
    auto cleanup = [] { throw std::runtime_error("second"); };
    std::string caught;
    try {
      co_await Finally(Throws("first"), cleanup);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "first");
  };
  testing::internal::CaptureStderr();
  InSimulator(program);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  InProduction(program);
  std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("1 more failed in the Finally at task/finally_test.cc:"), std::string::npos) << printed;
  EXPECT_NE(printed.find("its cleanup: second"), std::string::npos) << printed;
}

TEST(FinallyTest, FinallysNestFromTheInsideOut) {
  Everywhere([]() -> Task<> {
    std::string log;
    auto inner = [&] { log += 'i'; };
    auto outer = [&] { log += 'o'; };
    int value = co_await Finally(Finally(Gives(2), inner), outer);
    EXPECT_EQ(value, 2);
    EXPECT_EQ(log, "io");
  });
}

TEST(FinallyTest, OneThatIsNeverAwaitedRunsNothing) {
  bool ran = false;
  {
    auto cleanup = [&] { ran = true; };
    Task<int> dropped = Finally(Gives(1), cleanup);
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace fate
