// Wake-ups that are lost, or given twice: B01, B42, B66, B74.
#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/time/sleep.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {
namespace {

template <class Container>
auto PopFront(Shared<Container>& queue) {
  return queue.Update([](Container& elements) {
    auto first = elements.front();
    elements.pop_front();
    return first;
  });
}

// --- B01: notify_waiters wakes in batches, and drops its lock in between ------------------------
//
// Source: tokio-rs/tokio issue 5396, PR 5458; a batch is of 32 there, of 1 here. What fails: a task
// that the first batch woke waits again and enters the queue, and the same call wakes it again. The fix:
// all waiters are moved to a list of the call's own first.
class BatchNotify {
 public:
  explicit BatchNotify(Variant variant) : moves_(variant == Variant::kFixed) {}

  // How many calls of NotifyWaiters have begun.
  int calls() const { return calls_.Read(); }
  // False once closed.
  Task<bool> Notified() {
    Event woken;
    {
      MutexGuard guard = co_await mutex_.Lock();
      if (closed_.Read()) co_return false;
      waiters_.Update([&](auto& waiters) { waiters.push_back(&woken); });
    }
    co_await woken.Wait();
    co_return !closed_.Read();
  }
  Task<> NotifyWaiters() {
    MutexGuard guard = co_await mutex_.Lock();
    calls_.Write(calls_.Read() + 1);
    Shared<Queue> own;
    if (moves_) own.Write(waiters_.Update([](auto& waiters) { return std::exchange(waiters, {}); }));
    Shared<Queue>& queue = moves_ ? own : waiters_;
    while (!queue.Read().empty()) {
      Event* woken = PopFront(queue);
      guard = MutexGuard();
      woken->SetNow();
      guard = co_await mutex_.Lock();
    }
  }
  // The end of the program: whoever still waits goes home.
  Task<> Close() {
    MutexGuard guard = co_await mutex_.Lock();
    closed_.Write(true);
    while (!waiters_.Read().empty()) PopFront(waiters_)->SetNow();
  }

 private:
  using Queue = std::deque<Event*>;
  bool moves_;
  Mutex mutex_;  // over the rest
  Shared<int> calls_{0};
  Shared<bool> closed_{false};
  Shared<Queue> waiters_;  // oldest first
};

Task<> WaitTwice(BatchNotify& notify) {
  for (int wait = 1; wait <= 2; ++wait) {
    bool notified = co_await notify.Notified();
    if (!notified) co_return;
    FATE_CHECK(notify.calls() >= wait, "your program completed two waits in sequence by one notify_waiters");
  }
}

Task<> NotifyAndClose(BatchNotify& notify) {
  co_await notify.NotifyWaiters();
  co_await notify.Close();
}

// --- B42: a reset after the wake-up swallows a second notification ------------------------------
//
// Source: tenzir/tenzir PR 6432, a Notify on one folly::coro::Baton. What fails: two notifications for
// two waiters come to one post; or one waiter re-arms the baton just after the second post. The fix: a
// queue of batons that are used once, under a mutex.
class BatonNotify {
 public:
  explicit BatonNotify(Variant variant) : queues_(variant == Variant::kFixed) {}

  Task<> Wait() {
    if (!queues_) {
      suspended.CountDownNow();
      co_await baton_.Wait();
      co_await baton_.Reset();
      co_return;
    }
    Event own;
    {
      MutexGuard guard = co_await mutex_.Lock();
      suspended.CountDownNow();
      if (stored_.Read() > 0) {
        stored_.Write(stored_.Read() - 1);
        co_return;
      }
      waiters_.Update([&](auto& waiters) { waiters.push_back(&own); });
    }
    co_await own.Wait();
  }
  Task<> NotifyOne() {
    if (!queues_) {
      co_await baton_.Set();
      co_return;
    }
    MutexGuard guard = co_await mutex_.Lock();
    if (waiters_.Read().empty()) {
      stored_.Write(stored_.Read() + 1);
    } else {
      PopFront(waiters_)->SetNow();
    }
  }

  Latch suspended{2};  // both wait

 private:
  bool queues_;
  Event baton_;
  Mutex mutex_;  // over the rest
  Shared<int> stored_{0};
  Shared<std::deque<Event*>> waiters_;  // oldest first
};

Task<> NotifyBoth(BatonNotify& notify) {
  co_await notify.suspended.Wait();
  for (int i = 0; i < 2; ++i) co_await notify.NotifyOne();
}

// --- B66: a waiter removes a queue that is not its own ------------------------------------------
//
// Source: aio-libs/aiohttp PR 4562. A dictionary has a queue of waiters for each key that has any; here
// there is one key. What fails: two waiters are popped, so that the key is removed; a third puts a new
// queue there; the first runs, finds its own queue empty, and removes the key: the third is never
// found. The fix: it removes the key only if the queue there is its own.
class Connector {
 public:
  explicit Connector(Variant variant) : looks_(variant == Variant::kFixed) {}

  Task<> Connect() {
    if (free_.Read() <= 0 || queue_.Read() != nullptr) {
      if (queue_.Read() == nullptr) queue_.Write(std::make_shared<Queue>());
      const std::shared_ptr<Queue> queue = queue_.Read();
      Event woken;
      queue->Update([&](auto& waiters) { waiters.push_back(&woken); });
      co_await woken.Wait();
      if (queue->Read().empty() && (!looks_ || queue_.Read() == queue)) queue_.Write(nullptr);
    }
    free_.Write(free_.Read() - 1);
  }
  void Release() {
    free_.Write(free_.Read() + 1);
    const std::shared_ptr<Queue> queue = queue_.Read();
    if (queue == nullptr) return;
    PopFront(*queue)->SetNow();  // an empty one is not left there
    if (queue->Read().empty()) queue_.Write(nullptr);
  }

 private:
  using Queue = Shared<std::deque<Event*>>;
  bool looks_;
  Shared<int> free_{0};
  Shared<std::shared_ptr<Queue>> queue_;  // under the key; null: no such key
};

struct Session {
  explicit Session(Variant variant) : connector(variant) {}

  // The responses to two requests of before.
  Task<> ReleaseTwo() {
    for (int i = 0; i < 2; ++i) {
      co_await server.Load();
      connector.Release();
    }
  }
  Task<> Get() {
    co_await connector.Connect();
    co_await server.Load();
    connector.Release();
  }

  Connector connector;
  Atomic<int> server;
};

// --- B74: a token is given to a waiter whose wait has just timed out ----------------------------
//
// Source: Netflix/concurrency-limits PR 179, LifoBlockingLimiter. What fails: the wait times out;
// before the waiter has left the backlog, a release gives it the token; it returns without. The fix:
// it looks, when it has left, whether it was given one.
class LifoLimiter {
 public:
  explicit LifoLimiter(Variant variant) : looks_(variant == Variant::kFixed) {}

  Task<bool> Acquire() {
    Waiter waiter;
    {
      MutexGuard guard = co_await mutex_.Lock();
      if (tokens_.Read() > 0) {
        tokens_.Write(tokens_.Read() - 1);
        co_return true;
      }
      backlog_.Update([&](auto& backlog) { backlog.push_back(&waiter); });
    }
    auto first = co_await Select(waiter.woken.Wait(), After(absl::Seconds(1)));
    if (first.index() == 0) co_return true;
    MutexGuard guard = co_await mutex_.Lock();
    backlog_.Update([&](auto& backlog) { std::erase(backlog, &waiter); });
    co_return looks_&& waiter.given.Read();
  }
  Task<> Release() {
    MutexGuard guard = co_await mutex_.Lock();
    if (backlog_.Read().empty()) {
      tokens_.Write(tokens_.Read() + 1);
      co_return;
    }
    Waiter* last = backlog_.Update([](auto& backlog) {
      Waiter* waiter = backlog.back();
      backlog.pop_back();
      return waiter;
    });
    last->given.Write(true);
    last->woken.SetNow();
  }
  int tokens() const { return tokens_.Read(); }

 private:
  struct Waiter {
    Event woken;
    Shared<bool> given{false};
  };
  bool looks_;
  Mutex mutex_;  // over the rest
  Shared<int> tokens_{1};
  Shared<std::vector<Waiter*>> backlog_;  // newest last
};

// The request takes as long as the other is ready to wait.
Task<> Request(LifoLimiter& limiter) {
  bool acquired = co_await limiter.Acquire();
  if (!acquired) co_return;
  co_await Sleep(absl::Seconds(1));
  co_await limiter.Release();
}

}  // namespace

Task<> NotifyInBatches(Variant variant) {
  BatchNotify notify(variant);
  Crew crew;
  crew.Add("waiter 1", WaitTwice(notify));
  crew.Add("waiter 2", WaitTwice(notify));
  crew.Add("notifier", NotifyAndClose(notify));
  co_await crew.Run();
}

Task<> SharedBaton(Variant variant) {
  BatonNotify notify(variant);
  Crew crew;
  crew.Add("waiter 1", notify.Wait());
  crew.Add("waiter 2", notify.Wait());
  crew.Add("notifier", NotifyBoth(notify));
  co_await crew.Run();
}

Task<> WrongDeque(Variant variant) {
  Session session(variant);
  Crew crew;
  crew.Add("responses", session.ReleaseTwo());
  for (const char* name : {"get 1", "get 2", "get 3"}) crew.Add(name, session.Get());
  co_await crew.Run();
}

Task<> TokenAtTimeout(Variant variant) {
  LifoLimiter limiter(variant);
  Crew crew;
  crew.Add("request 1", Request(limiter));
  crew.Add("request 2", Request(limiter));
  co_await crew.Run();
  FATE_CHECK(limiter.tokens() == 1, "your program lost a token");
}

}  // namespace fate::bugs
