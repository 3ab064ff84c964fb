#include "fate/task/cancel.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/task/everywhere.h"

namespace fate {
namespace {

Task<> Forever() {
  for (;;) co_await Yield();
}

TEST(CancelTest, AScopeThatWasNotCancelledChangesNothing) {
  Everywhere([]() -> Task<> {
    bool ran = false;
    auto body = [&](CancelScope&) -> Task<> {
      co_await Yield();
      ran = true;
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_FALSE(cut_short);
    EXPECT_TRUE(ran);
  });
}

TEST(CancelTest, CancelCutsTheBodyShort) {
  Everywhere([]() -> Task<> {
    bool went_on = false;
    auto body = [&](CancelScope& scope) -> Task<> {
      co_await Cancel(scope);
      EXPECT_TRUE(CancelRequested());
      co_await Yield();
      went_on = true;
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_FALSE(went_on);
    EXPECT_FALSE(CancelRequested());
    co_await Yield();  // the scope around is not cancelled
  });
}

TEST(CancelTest, ABodyThatEndsAllTheSameWasNotCutShort) {
  Everywhere([]() -> Task<> {
    auto body = [](CancelScope& scope) -> Task<> { co_await Cancel(scope); };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_FALSE(cut_short);
  });
}

TEST(CancelTest, CancellationIsLevelTriggered) {
  Everywhere([]() -> Task<> {
    int thrown = 0;
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      for (int i = 0; i < 3; ++i) {
        try {
          co_await Yield();
          ADD_FAILURE();
        } catch (const Cancelled&) {
          ++thrown;
        }
      }
      co_await CheckCancelled();
      ADD_FAILURE();
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_EQ(thrown, 3);
  });
}

TEST(CancelTest, InACancelledScopeAnAwaitThrowsBeforeItsEffectEvenIfItIsReady) {
  Everywhere([]() -> Task<> {
    Mutex mutex;
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      MutexGuard guard = co_await mutex.Lock();
      ADD_FAILURE();
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_FALSE(mutex.locked());
  });
}

TEST(CancelTest, ACancelledWaiterHasNoEffect) {
  Everywhere([]() -> Task<> {
    Mutex mutex;
    MutexGuard held = co_await mutex.Lock();
    auto wait = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      ADD_FAILURE();
    };
    JoinHandle<> waiter = co_await Spawn(wait());
    co_await Yield();
    co_await waiter.Cancel();
    co_await held.Unlock();
    co_await waiter.Wait();
    if (waiter.cancelled()) co_return;
    // The cancellation may only come too late if the lock was granted before; it was not.
    ADD_FAILURE();
  });
}

TEST(CancelTest, ScopesNestLikeBrackets) {
  Everywhere([]() -> Task<> {
    std::string log;
    auto outer = [&](CancelScope& outer_scope) -> Task<> {
      auto inner = [&](CancelScope& inner_scope) -> Task<> {
        CancelNow(inner_scope);
        co_await Yield();
      };
      bool inner_cut = co_await WithCancelScope(inner);
      log += inner_cut ? "inner " : "? ";
      auto through = [&](CancelScope&) -> Task<> {
        CancelNow(outer_scope);
        co_await Yield();
      };
      bool through_cut = co_await WithCancelScope(through);
      log += through_cut ? "? " : "! ";  // not reached: the Cancelled is the outer scope's
    };
    bool outer_cut = co_await WithCancelScope(outer);
    log += outer_cut ? "outer" : "?";
    EXPECT_EQ(log, "inner outer");
  });
}

TEST(CancelTest, ACancelledThatIsNotTheScopesGoesOn) {
  Everywhere([]() -> Task<> {
    auto body = [](CancelScope&) -> Task<> {
      JoinHandle<> other = SpawnNow(Forever());
      other.CancelNow();
      co_await other.Join();
    };
    bool thrown = false;
    try {
      co_await WithCancelScope(body);
    } catch (const Cancelled&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST(CancelTest, ExceptionsPassThroughAScope) {
  Everywhere([]() -> Task<> {
    auto in_the_task = [](CancelScope&) -> Task<> {
      co_await Yield();
      throw std::runtime_error("task");
    };
    auto in_the_call = [](CancelScope&) -> Task<> { throw std::runtime_error("call"); };
    std::string caught;
    try {
      co_await WithCancelScope(in_the_task);
    } catch (const std::runtime_error& error) {
      caught += error.what();
    }
    try {
      co_await WithCancelScope(in_the_call);
    } catch (const std::runtime_error& error) {
      caught += error.what();
    }
    EXPECT_EQ(caught, "taskcall");
    EXPECT_FALSE(CancelRequested());
  });
}

TEST(CancelTest, AShieldKeepsCancellationAwayUntilItEnds) {
  Everywhere([]() -> Task<> {
    int done = 0;
    auto shielded = [&]() -> Task<int> {
      EXPECT_FALSE(CancelRequested());
      co_await Yield();
      co_await Yield();
      co_return ++done;
    };
    auto body = [&](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      int result = co_await Shield(shielded());
      EXPECT_EQ(result, 1);
      EXPECT_TRUE(CancelRequested());
      co_await Yield();
      ++done;
    };
    bool cut_short = co_await WithCancelScope(body);
    EXPECT_TRUE(cut_short);
    EXPECT_EQ(done, 1);
  });
}

TEST(CancelTest, AShieldKeepsAwayACancellationThatComesWhileItRuns) {
  Everywhere([]() -> Task<> {
    Event inside;
    Event go;
    bool finished = false;
    bool went_on = false;
    auto protect = [&]() -> Task<> {
      co_await inside.Set();
      co_await go.Wait();
      finished = true;
    };
    auto child = [&]() -> Task<> {
      co_await Shield(protect());
      co_await Yield();
      went_on = true;
    };
    JoinHandle<> handle = co_await Spawn(child());
    co_await inside.Wait();
    co_await handle.Cancel();
    for (int i = 0; i < 3; ++i) co_await Yield();
    EXPECT_FALSE(handle.ended());
    co_await go.Set();
    co_await handle.Wait();
    EXPECT_TRUE(finished);
    EXPECT_FALSE(went_on);
    EXPECT_TRUE(handle.cancelled());
  });
}

TEST(CancelTest, ExceptionsPassThroughAShield) {
  Everywhere([]() -> Task<> {
    auto fails = []() -> Task<int> {
      co_await Yield();
      throw std::runtime_error("no");
    };
    bool caught = false;
    try {
      co_await Shield(fails());
    } catch (const std::runtime_error&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
  });
}

TEST(CancelTest, AScopeInsideAShieldCanBeCancelled) {
  Everywhere([]() -> Task<> {
    auto inner = [](CancelScope& scope) -> Task<> {
      CancelNow(scope);
      co_await Yield();
    };
    auto shielded = [&]() -> Task<bool> { co_return co_await WithCancelScope(inner); };
    bool cut_short = co_await Shield(shielded());
    EXPECT_TRUE(cut_short);
  });
}

TEST(CancelTest, ATaskCancelledByItselfStaysSoThroughItsBrackets) {
  Everywhere([]() -> Task<> {
    Event inside;
    int thrown = 0;
    auto child = [&]() -> Task<> {
      {
        ScopeBracket bracket;
        try {
          co_await inside.Set();
          co_await Forever();
        } catch (const Cancelled&) {
          ++thrown;
        }
      }
      try {
        co_await Yield();
      } catch (const Cancelled&) {
        ++thrown;
      }
      ScopeBracket late;
      try {
        co_await Yield();
      } catch (const Cancelled&) {
        ++thrown;
      }
    };
    JoinHandle<> handle = co_await Spawn(child());
    co_await inside.Wait();
    co_await handle.Cancel();
    co_await handle.Wait();
    EXPECT_EQ(thrown, 3);
  });
}

TEST(CancelTest, ABracketCanBeLeftEarly) {
  Everywhere([]() -> Task<> {
    ScopeBracket bracket;
    CancelNow(bracket.scope());
    EXPECT_TRUE(CancelRequested());
    bracket.Leave();
    bracket.Leave();
    EXPECT_FALSE(CancelRequested());
    co_await Yield();
  });
}

TEST(CancelTest, CheckCancelledReturnsIfNobodyCancelled) {
  Everywhere([]() -> Task<> {
    EXPECT_FALSE(CancelRequested());
    co_await CheckCancelled();
  });
  EXPECT_FALSE(CancelRequested());  // outside a runtime nothing is cancelled
}

TEST(CancelTest, AGrantedWaitReturnsAlthoughTheCancellationFollowsAtOnce) {
  // On a FIFO loop: the event is set, and then the waiter is cancelled, before it runs.
  bool took_effect = false;
  bool next_threw = false;
  auto program = [&]() -> Task<> {
    Event event;
    auto wait = [&]() -> Task<> {
      co_await event.Wait();
      took_effect = true;
      try {
        co_await Yield();
      } catch (const Cancelled&) {
        next_threw = true;
      }
    };
    JoinHandle<> waiter = SpawnNow(wait());
    co_await Yield();
    event.SetNow();
    waiter.CancelNow();
    co_await waiter.Wait();
  };
  InProduction(program);
  EXPECT_TRUE(took_effect);
  EXPECT_TRUE(next_threw);
  took_effect = next_threw = false;
  sim::Report report = sim::Explore(program, OptionsOf(sim::Interleaving::kFifo, "fifo", 1));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_TRUE(took_effect);
  EXPECT_TRUE(next_threw);
}

TEST(CancelTest, CancellingManyTasksWithScopesOfTheirOwnTakesLinearTime) {
  // Each of the tasks waits for two others, so there are as many scopes as tasks; one cancellation
  // reaches them all. Quadratic work would take minutes.
  constexpr int kTasks = static_cast<int>(sim::test::Samples(50'000));
  int ended = 0;
  auto program = [&]() -> Task<> {
    Event never;
    auto leaf = [&]() -> Task<> { co_await never.Wait(); };
    auto node = [&]() -> Task<> {
      try {
        co_await WhenAll(leaf(), leaf());
      } catch (const Cancelled&) {
        ++ended;
        throw;
      }
    };
    auto body = [&](TaskGroup& group) -> Task<> {
      for (int i = 0; i < kTasks; ++i) group.SpawnNow(node());
      for (int i = 0; i < 3; ++i) co_await Yield();
      group.CancelNow();
    };
    co_await WithTaskGroup(body);
  };
  InProduction(program);
  EXPECT_EQ(ended, kTasks);
}

}  // namespace
}  // namespace fate
