// B44: Notify: dropping a waiter erases the permit that is stored for another one.
//
// Source: tokio-rs/tokio PR 3652 (the same area: issue 4618). notify_one() wakes a waiter, or, if
// there is none, stores a permit for the next that comes. A waiter that is dropped before it is
// woken leaves the queue; if that leaves the queue empty, it resets the state to EMPTY.
//
// What fails: task a waits; notify_waiters() empties the queue, and wakes a; notify_one() finds
// nobody and stores a permit; a is dropped before it has run, finds the queue empty, and resets the
// state: the permit is gone, and task b waits for ever.
//
// The fix: the drop resets the state only if it is still WAITING.
#include <algorithm>
#include <deque>

#include "fate/runtime/shared.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "tools/demo_programs/bugs.h"
#include "tools/demo_programs/edge_future.h"

namespace fate::demo {
namespace {

class Notify {
 public:
  explicit Notify(Variant variant) : variant_(variant) {}

  // notified().await: whether it was a notify_one() that ended it.
  Task<bool> Notified() {
    MutexGuard guard = co_await mutex_.Lock();
    if (state_.Read() == State::kNotified) {
      state_.Write(State::kEmpty);
      co_return true;
    }
    Waiter waiter(*this);
    state_.Write(State::kWaiting);
    guard = MutexGuard();
    co_await waiter.woken.Wait();
    waiter.consumed = true;
    co_return waiter.by_notify_one;
  }

  Task<> NotifyOne() {
    MutexGuard guard = co_await mutex_.Lock();
    NotifyOneLocked();
  }

  Task<> NotifyWaiters() {
    MutexGuard guard = co_await mutex_.Lock();
    while (Waiter* waiter = PopWaiter()) waiter->Wake();
    if (state_.Read() == State::kWaiting) state_.Write(State::kEmpty);
  }

 private:
  enum class State { kEmpty, kWaiting, kNotified };

  struct Waiter {
    explicit Waiter(Notify& notify) : notify(notify) {
      notify.waiters_.Update([this](auto& waiters) { waiters.push_back(this); });
    }
    ~Waiter() {
      if (!consumed) notify.Drop(*this);
    }
    // One that is cancelled, but not dropped yet, will hand it on.
    void Wake() {
      if (!woken.done()) woken.Resolve();
    }
    Notify& notify;
    EdgeFuture woken;
    bool by_notify_one = false;
    bool consumed = false;
  };

  // impl Drop for Notified
  void Drop(Waiter& waiter) {
    MutexGuard guard = mutex_.TryLock();  // nobody awaits while holding it
    waiters_.Update([&](auto& waiters) { std::erase(waiters, &waiter); });
    const bool ours = variant_ == Variant::kBuggy || state_.Read() == State::kWaiting;
    if (waiters_.Read().empty() && ours) state_.Write(State::kEmpty);
    if (waiter.by_notify_one) NotifyOneLocked();
  }

  void NotifyOneLocked() {
    Waiter* waiter = PopWaiter();
    if (waiter == nullptr) {
      state_.Write(State::kNotified);
      return;
    }
    waiter->by_notify_one = true;
    waiter->Wake();
    if (waiters_.Read().empty()) state_.Write(State::kEmpty);
  }

  // The oldest, out of the queue; null if there is none.
  Waiter* PopWaiter() {
    if (waiters_.Read().empty()) return nullptr;
    return waiters_.Update([](auto& waiters) {
      Waiter* oldest = waiters.front();
      waiters.pop_front();
      return oldest;
    });
  }

  Variant variant_;
  Mutex mutex_;  // over the two below, as tokio's `waiters: Mutex<WaitList>`
  Shared<State> state_{State::kEmpty};
  Shared<std::deque<Waiter*>> waiters_;  // oldest first
};

Task<> NotifyTwice(Notify& notify) {
  co_await notify.NotifyWaiters();
  co_await notify.NotifyOne();
}

}  // namespace

Task<> DroppedNotified(Variant variant) {
  constexpr SpawnOptions kA{.name = "a"};
  constexpr SpawnOptions kB{.name = "b"};
  constexpr SpawnOptions kNotifier{.name = "notifier"};
  Notify notify(variant);
  JoinHandle<bool> a = co_await Spawn(notify.Notified(), kA);
  JoinHandle<> notifier = co_await Spawn(NotifyTwice(notify), kNotifier);
  JoinHandle<bool> b = co_await Spawn(notify.Notified(), kB);
  co_await a.Cancel();  // another branch of a's select! is ready
  co_await a.Wait();
  co_await notifier.Join();
  // One notify_one(): if it was not for a, it is for b.
  const bool for_a = !a.cancelled() && co_await a.Join();
  if (for_a) co_await b.Cancel();
  co_await b.Wait();
}

}  // namespace fate::demo
