// Bugs of locks, and in their use: B32, B34, B46, B50.
#include <algorithm>
#include <deque>
#include <memory>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {
namespace {

// --- B32: a future that has a place in the queue of a fair lock is not polled any more ----------
//
// Source: oxidecomputer/omicron issue 9259, RFD 609 ("futurelock"). What fails: the lock is held; a
// task selects between taking it, by reference, and a timer; the timer wins, and its handler takes
// the same lock, behind the place that the task has already. The fix: the losing branch is dropped.
//
// The lock is tokio's: it is handed to the oldest place in the queue, whether its owner looks or not.
class FairLock {
 public:
  struct Place {
    Event granted;
  };
  void Enter(Place& place) {
    if (!held_.Read()) {
      held_.Write(true);
      place.granted.SetNow();
    } else {
      queue_.Update([&](auto& queue) { queue.push_back(&place); });
    }
  }
  void Leave() {
    if (queue_.Read().empty()) {
      held_.Write(false);
      return;
    }
    Place* oldest = queue_.Update([](auto& queue) {
      Place* first = queue.front();
      queue.pop_front();
      return first;
    });
    oldest->granted.SetNow();
  }
  // Drops the future: out of the queue, or gives back what was granted.
  void Drop(Place& place) {
    const bool queued = queue_.Update([&](auto& queue) { return std::erase(queue, &place) > 0; });
    if (!queued) Leave();
  }

 private:
  Shared<bool> held_{false};
  Shared<std::deque<Place*>> queue_;  // oldest first
};

struct FutureLockWorld {
  explicit FutureLockWorld(Variant variant) : drops(variant == Variant::kFixed) {}

  Task<> Background() {
    FairLock::Place place;
    lock.Enter(place);
    co_await place.granted.Wait();
    co_await work.Load();
    lock.Leave();
  }
  Task<> SelectLockOrTimer() {
    FairLock::Place place;
    lock.Enter(place);
    auto first = co_await Select(place.granted.Wait(), timer.Wait());
    if (first.index() == 0) {
      lock.Leave();
      co_return;
    }
    if (drops) lock.Drop(place);
    FairLock::Place again;
    lock.Enter(again);
    co_await again.granted.Wait();
    lock.Leave();
  }
  Task<> Fire() { co_await timer.Set(); }

  bool drops;
  FairLock lock;
  Event timer;
  Atomic<int> work;
};

// --- B34: a read lock is held across a wait for what needs the read lock to come ----------------
//
// Source: kubernetes/kubernetes PR 58107 (GoBench GoKer kubernetes/58107). What fails: worker 1 waits
// at its empty queue with the read lock held; Sync waits for the write lock; worker 2, which would fill
// the queue, waits behind Sync for the read lock. The fix: nobody waits at a queue with it.
//
// Go's sync.RWMutex, but for its fast paths: a writer that waits keeps new readers out.
class GoRwMutex {
 public:
  Task<> LockShared() {
    int before = co_await readers_.FetchAdd(1);
    if (before < 0) (co_await reader_semaphore_.Acquire()).Forget();
  }
  Task<> UnlockShared() {
    int before = co_await readers_.FetchAdd(-1);
    if (before >= 0) co_return;
    int left = co_await departing_.FetchAdd(-1);
    if (left == 1) co_await writer_semaphore_.Release();
  }
  Task<> Lock() {
    (co_await writers_.Lock()).Release();
    int readers = co_await readers_.FetchAdd(-kMax);
    if (readers == 0) co_return;
    int left = co_await departing_.FetchAdd(readers);
    if (left + readers != 0) (co_await writer_semaphore_.Acquire()).Forget();
  }
  Task<> Unlock() {
    int waiting = co_await readers_.FetchAdd(kMax) + kMax;
    if (waiting > 0) co_await reader_semaphore_.Release(waiting);
    co_await writers_.Unlock();
  }

 private:
  static constexpr int kMax = 1 << 20;
  Mutex writers_;
  Atomic<int> readers_{0};    // that hold it or wait; less kMax if a writer does
  Atomic<int> departing_{0};  // whom the writer waits for
  Semaphore reader_semaphore_{0};
  Semaphore writer_semaphore_{0};
};

struct QuotaController {
  explicit QuotaController(Variant variant) : locks(variant == Variant::kBuggy) { second.TrySend(1); }

  Task<> Worker1() {
    if (locks) co_await lock.LockShared();
    co_await first.Receive();
    if (locks) co_await lock.UnlockShared();
  }
  // What it does with its item puts one into the first queue.
  Task<> Worker2() {
    if (locks) co_await lock.LockShared();
    co_await second.Receive();
    co_await first.Send(1);
    if (locks) co_await lock.UnlockShared();
  }
  Task<> Sync() {
    co_await lock.Lock();
    co_await lock.Unlock();
  }

  bool locks;
  GoRwMutex lock;
  Channel<int> first{1};
  Channel<int> second{1};
};

// --- B46: a waker stays queued after its owner got the lock, and absorbs a later wake-up --------
//
// Source: asterinas/asterinas issue 1261. What fails: A enqueues its waker, tries again, gets the
// lock, and leaves the waker in the queue; B enqueues its own and sleeps; A unlocks and wakes the waker
// at the head, which is A's. The fix: who does not sleep takes the waker out.
class WaitQueueLock {
 public:
  explicit WaitQueueLock(Variant variant) : removes_(variant == Variant::kFixed) {}

  Task<> Lock() {
    bool locked = co_await TryLock();
    if (locked) co_return;
    auto waker = std::make_shared<Event>();
    for (;;) {
      co_await Enqueue(waker);
      locked = co_await TryLock();
      if (locked) break;
      co_await waker->Wait();
      waker->ResetNow();
    }
    if (removes_) co_await Remove(waker);
  }
  Task<> Unlock() {
    co_await held_.Store(false);
    MutexGuard guard = co_await mutex_.Lock();
    if (wakers_.Read().empty()) co_return;
    wakers_.Update([](auto& wakers) {
      wakers.front()->SetNow();
      wakers.pop_front();
    });
  }

 private:
  using Waker = std::shared_ptr<Event>;

  Task<bool> TryLock() {
    bool free = false;
    co_return co_await held_.CompareExchange(free, true);
  }
  Task<> Enqueue(const Waker& waker) {
    MutexGuard guard = co_await mutex_.Lock();
    wakers_.Update([&](auto& wakers) { wakers.push_back(waker); });
  }
  Task<> Remove(const Waker& waker) {
    MutexGuard guard = co_await mutex_.Lock();
    wakers_.Update([&](auto& wakers) { std::erase(wakers, waker); });
  }

  bool removes_;
  Atomic<bool> held_{false};
  Mutex mutex_;                       // a spin lock, over the queue
  Shared<std::deque<Waker>> wakers_;  // oldest first
};

Task<> LockAndUnlock(WaitQueueLock& lock) {
  co_await lock.Lock();
  co_await lock.Unlock();
}

// --- B50: a readers-writer lock lets new readers in while a writer waits ------------------------
//
// Source: async-rs/async-std issue 705; the same in futures-locks issue 34. What fails: readers that
// overlap keep the writer out. For ever, if they go on; here the writer may be overtaken by no more
// than five readers that came later. The fix: they queue behind the writer.
class ReaderPreferring {
 public:
  explicit ReaderPreferring(Variant variant) : fair_(variant == Variant::kFixed) {}

  Task<> LockShared() {
    MutexGuard guard = co_await mutex_.Lock();
    auto may_enter = [this] { return !writing_.Read() && !(fair_ && writer_waits_.Read()); };
    co_await changed_.Wait(guard, may_enter);
    if (writer_waits_.Read()) {
      overtaken_.Write(overtaken_.Read() + 1);
      FATE_CHECK(overtaken_.Read() <= 5, "your program let six later readers overtake a writer");
    }
    readers_.Write(readers_.Read() + 1);
  }
  Task<> UnlockShared() {
    MutexGuard guard = co_await mutex_.Lock();
    readers_.Write(readers_.Read() - 1);
    if (readers_.Read() == 0) changed_.NotifyAllNow();
  }
  Task<> Lock() {
    MutexGuard guard = co_await mutex_.Lock();
    writer_waits_.Write(true);
    auto may_enter = [this] { return !writing_.Read() && readers_.Read() == 0; };
    co_await changed_.Wait(guard, may_enter);
    writer_waits_.Write(false);
    writing_.Write(true);
  }
  Task<> Unlock() {
    MutexGuard guard = co_await mutex_.Lock();
    writing_.Write(false);
    changed_.NotifyAllNow();
  }

 private:
  bool fair_;
  Mutex mutex_;
  ConditionVariable changed_;
  Shared<bool> writing_{false};
  Shared<bool> writer_waits_{false};
  Shared<int> readers_{0};
  Shared<int> overtaken_{0};
};

Task<> ReadThreeTimes(ReaderPreferring& lock) {
  for (int i = 0; i < 3; ++i) {
    co_await lock.LockShared();
    co_await lock.UnlockShared();
  }
}

Task<> WriteOnce(ReaderPreferring& lock) {
  co_await lock.Lock();
  co_await lock.Unlock();
}

}  // namespace

Task<> FutureLock(Variant variant) {
  FutureLockWorld world(variant);
  Crew crew;
  crew.Add("background", world.Background());
  crew.Add("select", world.SelectLockOrTimer());
  crew.Add("timer", world.Fire());
  co_await crew.Run();
}

Task<> ReadLockAcrossWait(Variant variant) {
  QuotaController controller(variant);
  Crew crew;
  crew.Add("worker 1", controller.Worker1());
  crew.Add("worker 2", controller.Worker2());
  crew.Add("sync", controller.Sync());
  co_await crew.Run();
}

Task<> StaleWaker(Variant variant) {
  WaitQueueLock lock(variant);
  co_await lock.Lock();
  Crew crew;
  crew.Add("holder", lock.Unlock());
  crew.Add("a", LockAndUnlock(lock));
  crew.Add("b", LockAndUnlock(lock));
  co_await crew.Run();
}

Task<> StarvedWriter(Variant variant) {
  ReaderPreferring lock(variant);
  Crew crew;
  for (const char* name : {"reader 1", "reader 2", "reader 3"}) crew.Add(name, ReadThreeTimes(lock));
  crew.Add("writer", WriteOnce(lock));
  co_await crew.Run();
}

}  // namespace fate::bugs
