// B22: asyncio.Lock: a woken waiter that is cancelled before it runs loses the wake-up.
//
// Source: python/cpython PR 1031 (bpo-27585); python/asyncio PR 393. release() marks the lock as
// free and resolves the future of the first waiter, who marks the lock as held when it runs. In
// between, its task can be cancelled.
//
// What fails: the holder's work and the first waiter's timeout end at the same moment. release()
// resolves the first waiter's future; the timeout cancels the waiter before it has run; it throws
// out of acquire(), and nobody tells the second waiter that the lock is free.
//
// The fix: a waiter that is cancelled while the lock is free wakes the next. With three waiters
// that is one too many, if release() has woken one already: two tasks hold the lock. CPython had to
// find that too (bpo-32734); tests/detect has it.
#include <algorithm>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"
#include "tools/demo_programs/bugs.h"
#include "tools/demo_programs/edge_future.h"

namespace fate::demo {
namespace {

// asyncio/locks.py, line by line.
class AsyncioLock {
 public:
  explicit AsyncioLock(Variant variant) : variant_(variant) {}

  Task<> Acquire() {
    if (!locked_.Read() && NobodyWaits()) {
      locked_.Write(true);
      co_return;
    }
    Waiter waiter(*this);
    try {
      co_await waiter.woken.Wait();
    } catch (const Cancelled&) {
      if (variant_ == Variant::kFixed && !locked_.Read()) WakeFirst();
      throw;
    }
    FATE_CHECK(!locked_.Read(), "your program let two tasks hold one lock");
    locked_.Write(true);
  }

  void Release() {
    locked_.Write(false);
    WakeFirst();
  }

 private:
  // In the queue for as long as Acquire runs: Python's `finally: self._waiters.remove(fut)`.
  struct Waiter {
    explicit Waiter(AsyncioLock& lock) : lock(lock) {
      lock.waiters_.Update([this](auto& waiters) { waiters.push_back(this); });
    }
    ~Waiter() {
      lock.waiters_.Update([this](auto& waiters) { std::erase(waiters, this); });
    }
    AsyncioLock& lock;
    EdgeFuture woken;
  };

  bool NobodyWaits() const {
    auto cancelled = [](const Waiter* waiter) { return waiter->woken.cancelled(); };
    return std::ranges::all_of(waiters_.Read(), cancelled);
  }
  void WakeFirst() {
    auto waits = [](const Waiter* waiter) { return !waiter->woken.done(); };
    auto first = std::ranges::find_if(waiters_.Read(), waits);
    if (first != waiters_.Read().end()) (*first)->woken.Resolve();
  }

  Variant variant_;
  Shared<bool> locked_{false};
  Shared<std::deque<Waiter*>> waiters_;  // oldest first
};

// `finally: lock.release()`
class Releaser {
 public:
  explicit Releaser(AsyncioLock& lock) : lock_(lock) {}
  ~Releaser() { lock_.Release(); }
  Releaser(const Releaser&) = delete;
  Releaser& operator=(const Releaser&) = delete;

 private:
  AsyncioLock& lock_;
};

// The lock is held already: works for a second and gives it back.
Task<> Hold(AsyncioLock& lock) {
  Releaser release(lock);
  co_await Sleep(absl::Seconds(1));
}

Task<> Use(AsyncioLock& lock) {
  co_await lock.Acquire();
  Releaser release(lock);
  co_await Sleep(absl::Seconds(1));
}

}  // namespace

Task<> CancelledLockWaiter(Variant variant, int waiters) {
  constexpr SpawnOptions kHolder{.name = "holder"};
  constexpr SpawnOptions kWaiters[] = {{.name = "waiter 1"}, {.name = "waiter 2"}, {.name = "waiter 3"}};
  AsyncioLock lock(variant);
  co_await lock.Acquire();
  JoinHandle<> holder = co_await Spawn(Hold(lock), kHolder);
  std::vector<JoinHandle<>> users;
  for (int i = 0; i < waiters; ++i) users.push_back(co_await Spawn(Use(lock), kWaiters[i]));
  co_await Sleep(absl::Seconds(1));  // wait_for(waiter 1, timeout=1)
  co_await users[0].Cancel();
  for (JoinHandle<>& user : users) co_await user.Wait();
  co_await holder.Join();
}

}  // namespace fate::demo
