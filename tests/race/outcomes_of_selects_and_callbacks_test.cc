// Each search with reduction sees every outcome that plain depth-first search sees, where it hangs on what a select
// could have taken, on what was posted, and on a completion that comes too late.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fate/runtime/runtime.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/callback.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/race/outcomes.h"

namespace fate::sim::outcomes_of_selects_and_callbacks_test {
namespace {

using test::ExpectEachSees;
using test::seen;

// Whether the task had ended is in no operation of the other branch.
TEST(OutcomesOfSelectsTest, ASelectMayFindTheTaskEndedThatItCouldJoin) {
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Event event;
    Atomic<int> x;
    const auto stores = [&]() -> Task<> { co_await x.Store(1); };
    JoinHandle<> handle = co_await Spawn(stores());
    co_await event.Set();
    const auto result = co_await Select(handle.Wait(), event.Wait());
    seen = std::to_string(result.index());
    co_await handle.Wait();
  });
}

TEST(OutcomesOfSelectsTest, AProgramThatEndsWithASelectMayLeaveADaemonBehindAnywhere) {
  struct World {
    Event event;
    Atomic<int> x, y;
    std::string loads;
    Task<> LoadTwice() {
      co_await y.Load();
      loads += "y";
      const int value = co_await x.Load();
      loads += std::to_string(value);
    }
    Task<> Leave() {
      co_await Spawn(LoadTwice(), {.lifetime = Lifetime::kDaemon});
      co_await x.Load();
    }
  };
  static std::unique_ptr<World> world;  // outlives what is left behind
  ExpectEachSees({"", "y", "y0", "y1"}, []() -> Task<> {
    world = std::make_unique<World>();
    JoinHandle<> handle = co_await Spawn(world->Leave(), {.lifetime = Lifetime::kProgram});
    co_await world->x.Store(1);
    co_await Select(handle.Wait(), world->event.Wait());
    seen = world->loads;
  });
}

// It stood there while the mutex was held.
TEST(OutcomesOfCallbacksTest, WhatATaskPostsMayRunBeforeItsFirstOperation) {
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Mutex mutex;
    Atomic<int> x;
    const auto posted = std::make_shared<Shared<int>>(0);  // may outlive this frame, as what is posted may
    const auto holds = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await x.Load();
    };
    const auto posts = [&]() -> Task<> {
      context.runtime->Post([posted] { posted->Write(1); });
      MutexGuard guard = co_await mutex.Lock();
      seen = std::to_string(posted->Read());
    };
    JoinHandle<> first = co_await Spawn(holds());
    JoinHandle<> second = co_await Spawn(posts());
    co_await first.Join();
    co_await second.Join();
  });
}

// What gives the mutex back does nothing to what was posted, and readers commute.
TEST(OutcomesOfCallbacksTest, WhatATaskPostsMayRunWhileReadersKeepItWaiting) {
  ExpectEachSees({"1", "2", "6"}, []() -> Task<> {
    SharedMutex mutex;
    const auto posted = std::make_shared<Shared<int>>(1);
    const auto posts = [&]() -> Task<> {
      context.runtime->Post([posted] { posted->Write(posted->Read() + 1); });
      context.runtime->Post([posted] { posted->Write(posted->Read() * 3); });
      const auto guard = co_await mutex.Lock();
      seen = std::to_string(posted->Read());
    };
    JoinHandle<> handle;
    {
      const auto guard = co_await mutex.LockShared();
      handle = co_await Spawn(posts());
      co_await Yield();
    }
    co_await handle.Join();
  });
}

// Once it was aborted a completion is ignored; before that it is what the await gives.
TEST(OutcomesOfCallbacksTest, ACompletionMayComeBeforeOrAfterTheAbort) {
  for (const bool cancels_first : {false, true}) {
    ExpectEachSees({"aborted", "completed"}, [cancels_first]() -> Task<> {
      Event started;
      std::optional<Completion<int>> completion;
      const auto awaits = [&]() -> Task<> {
        const auto start = [&](Completion<int> done) {
          completion = std::move(done);
          started.SetNow();
        };
        seen = "aborted";
        co_await FromCallback<int>(start, [] {});
        seen = "completed";
      };
      JoinHandle<> handle = co_await Spawn(awaits());
      const auto completes = [&]() -> Task<> {
        co_await started.Wait();
        (*completion)(5);
      };
      const auto cancels = [&]() -> Task<> {
        co_await started.Wait();
        co_await handle.Cancel();
      };
      Task<> task = completes();
      Task<> other = cancels();
      if (cancels_first) std::swap(task, other);
      JoinHandle<> first = co_await Spawn(std::move(task));
      JoinHandle<> second = co_await Spawn(std::move(other));
      co_await first.Join();
      co_await second.Join();
      co_await handle.Wait();
    });
  }
}

}  // namespace
}  // namespace fate::sim::outcomes_of_selects_and_callbacks_test
