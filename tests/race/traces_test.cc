// Programs in which searches with reduction lost traces, or told apart what is one, though each outcome was seen: what
// differs between the traces shows in none of them. tests/race/structured_differential_test.cc found them.
#include <gtest/gtest.h>

#include <memory>

#include "absl/time/time.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/shared.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/oneshot.h"
#include "fate/sync/select.h"
#include "fate/task/run_blocking.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_all.h"
#include "fate/task/when_any.h"
#include "fate/time/sleep.h"
#include "tests/race/outcomes.h"

namespace fate::sim::traces_test {
namespace {

using test::ExpectEachSees;

Task<> Nothing() { co_return; }

// It cancels the others even if it is the last: they need not have ended.
TEST(TracesTest, TheLastOfAWhenAllMayNotHaveBeenTheLast) {
  ExpectEachSees({""}, []() -> Task<> {
    const auto sleeps = []() -> Task<> { co_await Sleep(absl::Milliseconds(1)); };
    const auto both = [&]() -> Task<> { co_await WhenAll(Nothing(), sleeps()); };
    co_await WhenAny(Nothing(), both());
  });
}

TEST(TracesTest, ABodyThatWasCancelledCancelsChildrenThatNeedNotHaveEnded) {
  ExpectEachSees({""}, []() -> Task<> {
    Event never;
    const auto body = [&](TaskGroup& group) -> Task<> {
      const auto cancels = [&]() -> Task<> {
        group.CancelNow();
        co_return;
      };
      co_await group.Spawn(Nothing());
      co_await group.Spawn(cancels());
      co_await never.Wait();
    };
    co_await WithTaskGroup(body);
  });
}

// Whether it stood there when it was cancelled, and what it could have taken then.
TEST(TracesTest, ATaskMayStandAtASelectOfWhichABranchIsReady) {
  ExpectEachSees({""}, []() -> Task<> {
    Oneshot<int> answer;
    const auto awaits = [&]() -> Task<> { co_await Select(answer.Receive(), After(absl::Milliseconds(1))); };
    const auto hangs_up = [&]() -> Task<> { co_await answer.Close(); };
    JoinHandle<> closing = co_await Spawn(hangs_up());
    JoinHandle<> handle = co_await Spawn(awaits());
    co_await handle.Cancel();
    co_await handle.Wait();
    co_await closing.Join();
  });
}

// It was to go on before the cancellation, and came to stand instead: all that was left slept.
TEST(TracesTest, ATaskThatComesToStandIsNotCancelledAsOneThatHasNotBegun) {
  ExpectEachSees({""}, []() -> Task<> {
    Oneshot<int> first, second;
    const auto awaits = [&]() -> Task<> { co_await Select(second.Receive(), After(absl::Milliseconds(1))); };
    const auto cancels = [&]() -> Task<> {
      JoinHandle<> handle = co_await Spawn(awaits());
      co_await first.Receive();
      co_await handle.Cancel();
      co_await handle.Wait();
    };
    const auto hangs_up = [](Oneshot<int>& answer) -> Task<> { co_await answer.Close(); };
    co_await WhenAll(cancels(), hangs_up(first), hangs_up(second));
  });
}

// A start that was planned as the wait that follows it cancels nothing, and what is planned beside it conflicts with
// nothing that it does.
TEST(TracesTest, ALeafThatIsInNobodysWayDoesNotStandForWhatIs) {
  ExpectEachSees({""}, []() -> Task<> {
    Event event;
    const auto waits = [&]() -> Task<> { co_await event.Wait(); };
    const auto sets = [&]() -> Task<> { co_await event.Set(); };
    const auto one_of_two = []() -> Task<> { co_await WhenAny(Nothing(), Nothing()); };
    const auto waits_beside = [&]() -> Task<> { co_await WhenAny(waits(), one_of_two()); };
    co_await WhenAny(waits_beside(), sets());
  });
}

// The start that posts comes before what gives the mutex back, and is on no object of the others.
TEST(TracesTest, WhatPostsBeforeItStandsAtAMutexRacesWithWhatIsAtThatMutex) {
  ExpectEachSees({""}, []() -> Task<> {
    Mutex mutex;
    Channel<int> channel(1);
    const auto posted = std::make_shared<Shared<int>>(0);
    const auto posts = [&]() -> Task<> {
      context.runtime->Post([posted] { posted->Write(1); });
      MutexGuard guard = co_await mutex.Lock();
    };
    const auto sends = [&]() -> Task<> { co_await channel.Send(1); };
    const auto holds = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      const auto work = [&] { posted->Write(2); };
      co_await RunBlocking(work);
    };
    co_await WhenAll(posts(), sends(), holds());
  });
}

}  // namespace
}  // namespace fate::sim::traces_test
