// It may matter when a task came to stand before its first operation: whoever makes that possible and then cancels the
// task in one step has let it go on. And what a step does to one object several times is not told apart by its order.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/when_any.h"
#include "tests/race/outcomes.h"

namespace fate::sim {
namespace outcomes_of_starts_test {
namespace {

using test::ExpectEachSees;
using test::seen;

// What `waits` comes to: it goes on, or is cancelled.
Task<> Note(Task<> waits, std::string goes_on) {
  try {
    co_await std::move(waits);
    seen += goes_on;
  } catch (const Cancelled&) {
    seen += "!";
    throw;
  }
}

TEST(OutcomesOfStartsTest, AWaitForAnEvent) {
  ExpectEachSees({"sr!", "srw", "sw"}, []() -> Task<> {
    Event event;
    const auto waits = [&]() -> Task<> { co_await event.Wait(); };
    JoinHandle<> handle = co_await Spawn(Note(waits(), "w"));
    co_await event.Set();
    seen += "s";
    co_await event.Reset();
    if (seen == "sw") {
      co_await handle.Wait();
      co_return;
    }
    seen += "r";
    event.SetNow();
    handle.CancelNow();
    co_await handle.Wait();
  });
}

TEST(OutcomesOfStartsTest, ALock) {
  ExpectEachSees({"tLm", "tm!", "tmL"}, []() -> Task<> {
    Mutex mutex;
    Atomic<int> cell;
    const auto locks = [&]() -> Task<> { MutexGuard guard = co_await mutex.Lock(); };
    JoinHandle<> handle = co_await Spawn(Note(locks(), "L"));
    {
      MutexGuard guard = mutex.TryLock();
      seen += guard.holds() ? "t" : "f";
      co_await cell.Load();
    }
    {
      MutexGuard guard = co_await mutex.Lock();
      seen += "m";
    }
    handle.CancelNow();
    co_await handle.Wait();
  });
}

TEST(OutcomesOfStartsTest, ASharedLock) {
  ExpectEachSees({"12!", "12R", "1R2", "R12"}, []() -> Task<> {
    SharedMutex mutex;
    Atomic<int> cell;
    const auto locks = [&]() -> Task<> { auto guard = co_await mutex.LockShared(); };
    JoinHandle<> handle = co_await Spawn(Note(locks(), "R"));
    {
      auto guard = co_await mutex.Lock();
      seen += "1";
      co_await cell.Load();
    }
    {
      auto guard = co_await mutex.Lock();
      seen += "2";
    }
    handle.CancelNow();
    co_await handle.Wait();
  });
}

TEST(OutcomesOfStartsTest, AnAcquisition) {
  ExpectEachSees({"La1", "a!0", "aL0"}, []() -> Task<> {
    Semaphore semaphore(0);
    const auto first = [&]() -> Task<> {
      co_await semaphore.Release();
      SemaphorePermit permit = co_await semaphore.Acquire();
      seen += "a";
    };
    const auto second = [&]() -> Task<> { SemaphorePermit permit = co_await semaphore.Acquire(); };
    auto result = co_await WhenAny(first(), Note(second(), "L"));
    seen += std::to_string(result.index());
  });
}

// Both may come to stand while another has the permit, also where no execution was seen in which they were born by
// then.
TEST(OutcomesOfStartsTest, TwoAcquisitionsOfWhatAnotherHas) {
  ExpectEachSees({"a0", "a1", "aa0", "aa1"}, []() -> Task<> {
    Semaphore semaphore(1);
    Atomic<int> cell;
    const auto holds = [&]() -> Task<> {
      SemaphorePermit permit = semaphore.TryAcquire();
      co_await cell.Store(1);
    };
    const auto acquires = [&]() -> Task<> {
      SemaphorePermit permit = co_await semaphore.Acquire();
      seen += "a";
    };
    const auto either = [&]() -> Task<> {
      const auto first = co_await WhenAny(acquires(), acquires());
      seen += std::to_string(first.index());
    };
    JoinHandle<> holder = co_await Spawn(holds());
    JoinHandle<> others = co_await Spawn(either());
    co_await holder.Join();
    co_await others.Join();
  });
}

TEST(OutcomesOfStartsTest, ACallOfAOnceThatFailed) {
  ExpectEachSees({"1m", "x1m", "xm!", "xm0"}, []() -> Task<> {
    Once once;
    Atomic<int> cell;
    bool ran = false;
    const auto calls = [&]() -> Task<> {
      const auto notes = [&]() -> Task<> {
        ran = true;
        co_return;
      };
      co_await once.Call(notes);
      seen += ran ? "1" : "0";
    };
    JoinHandle<> handle = co_await Spawn(Note(calls(), ""));
    const auto fails = [&]() -> Task<> {
      co_await cell.Load();
      throw 7;
    };
    try {
      co_await once.Call(fails);
    } catch (int) {
      seen += "x";
    }
    co_await cell.Load();
    const auto nothing = []() -> Task<> { co_return; };
    co_await once.Call(nothing);
    seen += "m";
    handle.CancelNow();
    co_await handle.Wait();
  });
}

// No execution has both a receiver that stands there and a sender that cancels it.
TEST(OutcomesOfStartsTest, AReceiveOfWhatIsSentByOneThatMayBeCancelled) {
  ExpectEachSees({"", "s!", "sr"}, []() -> Task<> {
    const auto channel = std::make_shared<Channel<int>>(1);  // the receiver may be left behind
    const auto receives = [](std::shared_ptr<Channel<int>> from) -> Task<> { co_await from->Receive(); };
    JoinHandle<> receiver = co_await Spawn(Note(receives(channel), "r"), {.lifetime = Lifetime::kDaemon});
    const auto sends = [&]() -> Task<> {
      co_await channel->Send(1);
      seen += "s";
      receiver.CancelNow();
    };
    JoinHandle<> sender = co_await Spawn(sends());
    co_await sender.Cancel();
    co_await sender.Wait();
    if (!seen.empty()) co_await receiver.Wait();
  });
}

// The step that locks has unlocked before: that the lock succeeded says nothing of the time before the step.
TEST(OutcomesOfStartsTest, AnUnlockAndALockInOneStep) {
  ExpectEachSees({"0", "1"}, []() -> Task<> {
    Mutex mutex;
    Atomic<int> cell{0};
    const auto tries = [&]() -> Task<> {
      MutexGuard guard = mutex.TryLock();
      if (!guard.holds()) co_return;
      co_await cell.Store(1);
      guard.UnlockNow();
      auto again = TrySelect(mutex.Lock());
    };
    const auto locks = [&]() -> Task<> {
      {
        MutexGuard guard = co_await mutex.Lock();
      }
      const int value = co_await cell.Load();
      seen = std::to_string(value);
    };
    const auto nothing = []() -> Task<> { co_return; };
    JoinHandle<> first = co_await Spawn(tries());
    JoinHandle<> second = co_await Spawn(locks());
    JoinHandle<> third = co_await Spawn(nothing());
    co_await first.Join();
    co_await second.Join();
    co_await third.Join();
  });
}

// The event was set at the end of the first step, whatever else that did.
TEST(OutcomesOfStartsTest, AResetAndASetInOneStep) {
  ExpectEachSees({"!", "w"}, []() -> Task<> {
    Event event;
    const auto waits = [&]() -> Task<> { co_await event.Wait(); };
    JoinHandle<> handle = co_await Spawn(Note(waits(), "w"));
    event.ResetNow();
    event.SetNow();
    co_await event.Reset();
    co_await handle.Cancel();
    co_await handle.Wait();
  });
}

}  // namespace
}  // namespace outcomes_of_starts_test
}  // namespace fate::sim
