#include "fate/task/callback.h"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fate/runtime/runtime.h"
#include "fate/sync/event.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "gtest/gtest.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

TEST(CallbackTest, ACompletionInsideTheStartIsReturned) {
  Everywhere([]() -> Task<> {
    auto start = [](Completion<int> done) { done(3); };
    int value = co_await FromCallback<int>(start);
    EXPECT_EQ(value, 3);
    auto start_void = [](Completion<void> done) { done(); };
    co_await FromCallback(start_void);
  });
}

TEST(CallbackTest, ACompletionOfAnotherTaskWakesTheAwait) {
  Everywhere([]() -> Task<> {
    std::optional<Completion<std::unique_ptr<int>>> kept;
    auto start = [&](Completion<std::unique_ptr<int>> done) { kept = done; };
    std::unique_ptr<int> value;
    auto wait = [&]() -> Task<> { value = co_await FromCallback<std::unique_ptr<int>>(start); };
    JoinHandle<> waiter = co_await Spawn(wait());
    while (!kept) co_await Yield();
    EXPECT_EQ(value, nullptr);
    (*kept)(std::make_unique<int>(8));
    co_await waiter.Join();
    EXPECT_EQ(*value, 8);
  });
}

TEST(CallbackTest, ReferencesAndFailuresAreHandedOver) {
  Everywhere([]() -> Task<> {
    int number = 1;
    auto refer = [&](Completion<int&> done) { done(number); };
    int& same = co_await FromCallback<int&>(refer);
    EXPECT_EQ(&same, &number);
    auto fail = [](Completion<int> done) { done.Fail(std::make_exception_ptr(std::runtime_error("no"))); };
    std::string caught;
    try {
      co_await FromCallback<int>(fail);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "no");
    auto throws = [](Completion<int>) { throw std::runtime_error("start"); };
    try {
      co_await FromCallback<int>(throws);
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "start");
  });
}

TEST(CallbackTest, APostFromAnotherThreadCompletes) {
  std::thread thread;
  InProduction([&thread]() -> Task<> {
    auto start = [&thread](Completion<int> done) {
      Runtime& runtime = CurrentRuntime();
      // The thread keeps no copy: the last one has to go on the runtime's thread.
      thread = std::thread(
          [&runtime, work = std::function<void()>([done] { done(4); })]() mutable { runtime.Post(std::move(work)); });
    };
    int value = co_await FromCallback<int>(start);
    EXPECT_EQ(value, 4);
  });
  thread.join();
}

TEST(CallbackTest, APostOfTheProgramCompletesInTheSimulatorToo) {
  Everywhere([]() -> Task<> {
    auto start = [](Completion<int> done) { CurrentRuntime().Post([done] { done(6); }); };
    int value = co_await FromCallback<int>(start);
    EXPECT_EQ(value, 6);
  });
}

// A function that takes a callback, can be told to stop, and says what happened to it.
struct Device {
  void Start(Completion<int> done) {
    completion = done;
    ++starts;
  }
  std::optional<Completion<int>> completion;
  int starts = 0;
  int aborts = 0;
};

TEST(CallbackTest, AnAbortEndsTheAwaitAndALateCompletionIsIgnored) {
  Everywhere([]() -> Task<> {
    Device device;
    Event started;
    auto start = [&](Completion<int> done) {
      device.Start(done);
      started.SetNow();
    };
    auto abort = [&] { ++device.aborts; };
    auto wait = [&]() -> Task<int> { co_return co_await FromCallback<int>(start, abort); };
    JoinHandle<int> waiter = co_await Spawn(wait());
    co_await started.Wait();
    co_await waiter.Cancel();
    co_await waiter.Wait();
    EXPECT_TRUE(waiter.cancelled());
    EXPECT_EQ(device.aborts, 1);
    (*device.completion)(5);
  });
}

TEST(CallbackTest, AnAbortThatWillCompleteIsWaitedFor) {
  for (bool too_late : {false, true}) {
    Everywhere([too_late]() -> Task<> {
      Device device;
      Event started;
      auto start = [&](Completion<int> done) {
        device.Start(done);
        started.SetNow();
      };
      auto abort = [&] {
        ++device.aborts;
        return AbortResult::kWillComplete;
      };
      auto wait = [&]() -> Task<int> { co_return co_await FromCallback<int>(start, abort); };
      JoinHandle<int> waiter = co_await Spawn(wait());
      co_await started.Wait();
      co_await waiter.Cancel();
      for (int i = 0; i < 3; ++i) co_await Yield();
      EXPECT_FALSE(waiter.ended());
      if (too_late) {
        (*device.completion)(5);
        int value = co_await waiter.Join();
        EXPECT_EQ(value, 5);
      } else {
        device.completion->Abort();
        co_await waiter.Wait();
        EXPECT_TRUE(waiter.cancelled());
      }
      EXPECT_EQ(device.aborts, 1);
    });
  }
}

TEST(CallbackTest, AnAbortMayCompleteAtOnce) {
  Everywhere([]() -> Task<> {
    Device device;
    Event started;
    auto start = [&](Completion<int> done) {
      device.Start(done);
      started.SetNow();
    };
    auto abort = [&] { (*device.completion)(-1); };
    auto wait = [&]() -> Task<int> { co_return co_await FromCallback<int>(start, abort); };
    JoinHandle<int> waiter = co_await Spawn(wait());
    co_await started.Wait();
    co_await waiter.Cancel();
    int value = co_await waiter.Join();
    EXPECT_EQ(value, -1);
  });
}

TEST(CallbackTest, WithoutAnAbortTheCompletionIsWaitedFor) {
  Everywhere([]() -> Task<> {
    Device device;
    Event started;
    auto start = [&](Completion<int> done) {
      device.Start(done);
      started.SetNow();
    };
    auto wait = [&]() -> Task<int> { co_return co_await FromCallback<int>(start); };
    JoinHandle<int> waiter = co_await Spawn(wait());
    co_await started.Wait();
    co_await waiter.Cancel();
    for (int i = 0; i < 3; ++i) co_await Yield();
    EXPECT_FALSE(waiter.ended());
    (*device.completion)(2);
    int value = co_await waiter.Join();
    EXPECT_EQ(value, 2);
  });
}

TEST(CallbackTest, InACancelledScopeNothingIsStarted) {
  Everywhere([]() -> Task<> {
    Device device;
    auto start = [&](Completion<int> done) { device.Start(done); };
    auto abort = [&] { ++device.aborts; };
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await FromCallback<int>(start, abort);
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_EQ(device.starts, 0);
    EXPECT_EQ(device.aborts, 0);
  });
}

TEST(CallbackTest, AStartThatCancelsItsOwnTaskIsAborted) {
  Everywhere([]() -> Task<> {
    Device device;
    auto abort = [&] { ++device.aborts; };
    auto body = [&](CancelScope& scope) -> Task<> {
      auto start = [&](Completion<int> done) {
        device.Start(done);
        CancelNow(scope);
      };
      co_await FromCallback<int>(start, abort);
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_EQ(device.starts, 1);
    EXPECT_EQ(device.aborts, 1);
  });
}

TEST(CallbackTest, CompletingTwiceIsMisuse) {
  sim::Report report = Failing([]() -> Task<> {
    auto start = [](Completion<int> done) {
      done(1);
      done(2);
    };
    co_await FromCallback<int>(start);
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kAssertionFailed);
  EXPECT_NE(report.outcome.message.find("your program called a Completion twice"), std::string::npos);
}

TEST(CallbackTest, ACompletionThatIsDroppedFailsTheAwait) {
  Everywhere([]() -> Task<> {
    auto start = [](Completion<int>) {};
    bool broken = false;
    try {
      co_await FromCallback<int>(start);
    } catch (const std::future_error& error) {
      broken = error.code() == std::future_errc::broken_promise;
    }
    EXPECT_TRUE(broken);
  });
}

TEST(CallbackTest, ACompletionThatAnAbortDropsMeansCancelled) {
  Everywhere([]() -> Task<> {
    std::optional<Completion<>> kept;
    Event started;
    auto start = [&](Completion<> done) {
      kept.emplace(done);
      started.SetNow();
    };
    auto abort = [&] { kept.reset(); };
    auto wait = [&]() -> Task<> { co_await FromCallback(start, abort); };
    JoinHandle<> waiter = co_await Spawn(wait());
    co_await started.Wait();
    co_await waiter.Cancel();
    co_await waiter.Wait();
    EXPECT_TRUE(waiter.cancelled());
  });
}

TEST(CallbackTest, ACompletionMayOutliveTheRuntime) {
  std::vector<Completion<int>> kept;
  auto program = [&kept]() -> Task<> {
    auto start = [&](Completion<int> done) {
      kept.push_back(done);
      done(1);
    };
    co_await FromCallback<int>(start);
  };
  InProduction(program);
  kept.clear();
  sim::Explore(program, OptionsOf(sim::Interleaving::kOperation, "fifo", 1));
  kept.clear();
}

TEST(CallbackTest, AStuckCallbackIsReportedAtTheLineThatAwaitsIt) {
  std::vector<Completion<int>> kept;
  sim::Report report = Failing([&kept]() -> Task<> {
    auto start = [&](Completion<int> done) { kept.push_back(done); };
    co_await FromCallback<int>(start);
  });
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock);
  std::string place = "task/callback_test.cc:" + std::to_string(__LINE__ - 3);
  EXPECT_NE(report.outcome.message.find("made at " + place), std::string::npos) << report.outcome.message;
}

TEST(CallbackDeathTest, CompletingOnAnotherThreadIsMisuse) {
  auto program = []() -> Task<> {
    std::optional<Completion<int>> kept;
    auto start = [&](Completion<int> done) {
      kept = done;
      std::thread([&kept] { (*kept)(1); }).join();
    };
    co_await FromCallback<int>(start);
  };
  EXPECT_DEATH(InProduction(program), "hand the call over with Runtime::Post");
}

// The frames of younger tasks go first, and a Completion with them.
TEST(CallbackTest, ACompletionMayGoBeforeTheAwaitAtTheEndOfTheRuntime) {
  auto program = []() -> Task<> {
    auto keep = [](Completion<>) -> Task<> { co_await Sleep(absl::InfiniteDuration()); };
    auto start = [&](Completion<> done) { SpawnNow(keep(std::move(done))); };
    co_await FromCallback(start);
  };
  const sim::Report report = Failing(program);
  EXPECT_EQ(report.outcome.kind, sim::OutcomeKind::kDeadlock) << report.ToText();
}

TEST(CallbackDeathTest, DroppingACompletionOnAnotherThreadIsMisuse) {
  auto program = []() -> Task<> {
    auto start = [](Completion<> done) { std::thread([taken = std::move(done)] {}).join(); };
    co_await FromCallback(start);
  };
  EXPECT_DEATH(InProduction(program), "your program dropped a Completion uncalled outside the runtime");
}

struct ThrowsWhenMoved {
  ThrowsWhenMoved() = default;
  ThrowsWhenMoved(ThrowsWhenMoved&&) { throw std::runtime_error("cannot be moved"); }
};

TEST(CallbackTest, WhatHandingOverTheValueThrowsIsThrownByTheAwait) {
  Everywhere([]() -> Task<> {
    auto start = [](Completion<ThrowsWhenMoved> done) { done(ThrowsWhenMoved()); };
    bool threw = false;
    try {
      co_await FromCallback<ThrowsWhenMoved>(start);
    } catch (const std::runtime_error&) {
      threw = true;
    }
    EXPECT_TRUE(threw);
  });
}

}  // namespace
}  // namespace fate
