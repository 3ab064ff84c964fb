// What cancellation leaves behind: B20, B24, B54.
#include <algorithm>
#include <array>
#include <deque>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"
#include "tools/demo_programs/edge_future.h"

namespace fate::bugs {
namespace {

// --- B20: a waiter at the head of a weighted semaphore is cancelled, and nobody looks behind it --
//
// Source: golang/go issue 37852 (x/sync/semaphore); the same in embassy-rs/embassy PR 6964. What
// fails: one permit is free; the head of the queue wants two; behind it waits one that wants one; the
// head is cancelled. The fix: if it was at the head, those behind it are granted what there is.
class Weighted {
 public:
  Weighted(Variant variant, int permits) : looks_(variant == Variant::kFixed), free_(permits) {}

  // Whether it was acquired before `cancelled`.
  Task<bool> Acquire(int n, Event& cancelled) {
    Waiter waiter(n);
    {
      MutexGuard guard = co_await mutex_.Lock();
      if (free_.Read() >= n && waiters_.Read().empty()) {
        free_.Write(free_.Read() - n);
        co_return true;
      }
      waiters_.Update([&](auto& waiters) { waiters.push_back(&waiter); });
    }
    auto first = co_await Select(waiter.ready.Wait(), cancelled.Wait());
    if (first.index() == 0) co_return true;
    MutexGuard guard = co_await mutex_.Lock();
    if (waiter.granted.Read()) co_return true;
    const bool at_front = waiters_.Read().front() == &waiter;
    waiters_.Update([&](auto& waiters) { std::erase(waiters, &waiter); });
    if (looks_ && at_front) Grant();
    co_return false;
  }
  Task<> Release(int n) {
    MutexGuard guard = co_await mutex_.Lock();
    free_.Write(free_.Read() + n);
    Grant();
  }

 private:
  struct Waiter {
    explicit Waiter(int n) : n(n) {}
    int n;
    Event ready;
    Shared<bool> granted{false};
  };
  void Grant() {
    while (!waiters_.Read().empty() && waiters_.Read().front()->n <= free_.Read()) {
      Waiter* first = waiters_.Update([](auto& waiters) {
        Waiter* waiter = waiters.front();
        waiters.pop_front();
        return waiter;
      });
      free_.Write(free_.Read() - first->n);
      first->granted.Write(true);
      first->ready.SetNow();
    }
  }

  bool looks_;
  Mutex mutex_;  // over the rest
  Shared<int> free_;
  Shared<std::deque<Waiter*>> waiters_;  // oldest first
};

// One permit of two is held until the small request has had the other.
struct Permits {
  explicit Permits(Variant variant) : semaphore(variant, 1) {}

  Task<> Hold() {
    co_await small_done.Wait();
    co_await semaphore.Release(1);
  }
  Task<> Big() {
    bool acquired = co_await semaphore.Acquire(2, cancelled);
    if (acquired) co_await semaphore.Release(2);
  }
  Task<> Small() {
    bool acquired = co_await semaphore.Acquire(1, never);
    if (acquired) co_await semaphore.Release(1);
    co_await small_done.Set();
  }
  Task<> Cancel() { co_await cancelled.Set(); }

  Weighted semaphore;
  Event small_done;
  Event cancelled;
  Event never;
};

// --- B24: asyncio.Condition: a notified waiter that is cancelled loses the notification ----------
//
// Source: python/cpython issue 112202, PR 112201. What fails: notify(1) resolves the first waiter; it
// is cancelled before it has run, and leaves by the exception; the second sleeps on, with an item
// there. The fix: who leaves by an exception though it was notified notifies another.
class AsyncioCondition {
 public:
  explicit AsyncioCondition(Variant variant) : renotifies_(variant == Variant::kFixed) {}

  Task<MutexGuard> Acquire() { co_return co_await mutex_.Lock(); }
  // The guard holds nothing meanwhile.
  Task<> Wait(MutexGuard& guard) {
    demo::EdgeFuture woken;
    waiters_.Update([&](auto& waiters) { waiters.push_back(&woken); });
    guard = MutexGuard();
    try {
      co_await woken.Wait();
    } catch (const Cancelled&) {  // looked at below, like one that comes later
    }
    waiters_.Update([&](auto& waiters) { std::erase(waiters, &woken); });
    co_await Shield(Reacquire(guard));
    if (!CancelRequested()) co_return;
    if (renotifies_ && woken.done() && !woken.cancelled()) Notify();
    throw Cancelled{};
  }
  void Notify() {
    auto waits = [](const demo::EdgeFuture* woken) { return !woken->done(); };
    auto first = std::ranges::find_if(waiters_.Read(), waits);
    if (first != waiters_.Read().end()) (*first)->Resolve();
  }

 private:
  Task<> Reacquire(MutexGuard& guard) { guard = co_await mutex_.Lock(); }

  bool renotifies_;
  Mutex mutex_;
  Shared<std::deque<demo::EdgeFuture*>> waiters_;  // oldest first
};

struct Items {
  explicit Items(Variant variant) : condition(variant) {}

  Task<> Consume() {
    MutexGuard guard = co_await condition.Acquire();
    while (items.Read() == 0) co_await condition.Wait(guard);
    items.Write(items.Read() - 1);
  }
  Task<> Produce() {
    MutexGuard guard = co_await condition.Acquire();
    items.Write(items.Read() + 1);
    condition.Notify();
  }

  AsyncioCondition condition;
  Shared<int> items{0};
};

// --- B54: a stop callback completes the last child, which destroys what iterates the callbacks ---
//
// Source: facebookexperimental/libunifex issue 445; NVIDIA/stdexec PRs 1416, 2115. What fails:
// request_stop() runs the children's callbacks; the last completes the parent, whose state, the stop
// source in it included, is gone when request_stop() goes on. The fix: request_stop() counts as a child.
class WhenAllState {
 public:
  explicit WhenAllState(Variant variant) : holds_(variant == Variant::kFixed) {}

  // A child that has come to its end, if it was not stopped.
  void Complete(size_t child) {
    if (!waits_[child].Read()) return;
    waits_[child].Write(false);
    Arrive();
  }
  void RequestStop() {
    if (!alive_.Read()) return;
    if (holds_) pending_.Write(pending_.Read() + 1);
    for (size_t child = 0; child < waits_.size(); ++child) {
      Complete(child);
      FATE_CHECK(alive_.Read(), "your program used a stop source whose operation is destroyed");
    }
    if (holds_) Arrive();
  }

 private:
  void Arrive() {
    pending_.Write(pending_.Read() - 1);
    if (pending_.Read() == 0) alive_.Write(false);
  }

  bool holds_;
  Shared<int> pending_{2};
  Shared<bool> alive_{true};
  std::array<Shared<bool>, 2> waits_{Shared<bool>(true), Shared<bool>(true)};
};

struct Sender {
  explicit Sender(Variant variant) : state(variant) {}
  Task<> Child(size_t number) {
    co_await work.Load();
    state.Complete(number);
  }
  Task<> Stop() {
    co_await work.Load();
    state.RequestStop();
  }
  WhenAllState state;
  Atomic<int> work;
};

}  // namespace

Task<> WeightedSemaphore(Variant variant) {
  Permits permits(variant);
  Crew crew;
  crew.Add("holder", permits.Hold());
  crew.Add("big", permits.Big());
  crew.Add("small", permits.Small());
  crew.Add("canceller", permits.Cancel());
  co_await crew.Run();
}

Task<> CancelledNotified(Variant variant) {
  Items items(variant);
  JoinHandle<> first = SpawnNow(items.Consume());
  JoinHandle<> second = SpawnNow(items.Consume());
  JoinHandle<> producer = SpawnNow(items.Produce());
  co_await first.Cancel();
  co_await first.Wait();
  co_await producer.Join();
  // One item: if it was not for the first consumer, it is for the second.
  if (!first.cancelled()) co_await second.Cancel();
  co_await second.Wait();
}

Task<> StopDuringStop(Variant variant) {
  Sender sender(variant);
  Crew crew;
  crew.Add("child 1", sender.Child(0));
  crew.Add("child 2", sender.Child(1));
  crew.Add("stopper", sender.Stop());
  co_await crew.Run();
}

}  // namespace fate::bugs
