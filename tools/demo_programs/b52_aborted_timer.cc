// B52: the callback of a timer finds that it was aborted, and returns without unlocking.
//
// Source: grpc-go PR 3017 (GoBench GoKer grpc/3017), balancer/grpclb, lbCacheClientConn. A
// connection that is removed stays in a cache for a while: a timer deletes it later. Whoever wants
// the connection again stops the timer; if that is too late, because the callback waits for the
// lock by now, a flag tells the callback to do nothing.
//
// What fails: the timer fires, and its callback waits for the cache's lock; NewSubConn, which holds
// it, can't stop the timer any more and sets abort_deleting; the callback takes the lock, sees the
// flag and returns; nobody can lock the cache again.
//
// The fix: unlock on that path too.
#include <array>

#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "tools/demo_programs/bugs.h"

namespace fate::demo {
namespace {

// A time.AfterFunc of one nanosecond, as in the test of grpc-go: it may fire at any moment, so it
// is a task that runs whenever it is let.
enum class TimerState { kArmed, kFired, kStopped };

struct Entry {
  Atomic<TimerState> timer{TimerState::kArmed};
  Shared<bool> abort_deleting{false};  // under the cache's lock, as is the next
  Shared<bool> deleted{false};
  JoinHandle<> callback;
};

struct Cache {
  Mutex mutex;
};

// Whether the timer will not fire any more.
Task<bool> Stop(Entry& entry) {
  TimerState armed = TimerState::kArmed;
  co_return co_await entry.timer.CompareExchange(armed, TimerState::kStopped);
}

Task<> DeleteAfterTimeout(Cache& cache, Entry& entry, Variant variant) {
  TimerState armed = TimerState::kArmed;
  if (!co_await entry.timer.CompareExchange(armed, TimerState::kFired)) co_return;
  MutexGuard guard = co_await cache.mutex.Lock();
  guard.Release();  // the original has no `defer` either: every path has to unlock
  if (entry.abort_deleting.Read()) {
    if (variant == Variant::kFixed) co_await cache.mutex.Unlock();
    co_return;
  }
  entry.deleted.Write(true);
  co_await cache.mutex.Unlock();
}

Task<> RemoveSubConn(Cache& cache, Entry& entry, Variant variant) {
  constexpr SpawnOptions kTimer{.name = "timer"};
  MutexGuard guard = co_await cache.mutex.Lock();
  entry.callback = co_await Spawn(DeleteAfterTimeout(cache, entry, variant), kTimer);
}

Task<> NewSubConn(Cache& cache, Entry& entry) {
  MutexGuard guard = co_await cache.mutex.Lock();
  if (entry.deleted.Read()) co_return;
  if (!co_await Stop(entry)) entry.abort_deleting.Write(true);
}

}  // namespace

Task<> AbortedTimer(Variant variant) {
  Cache cache;
  std::array<Entry, 2> entries;
  for (Entry& entry : entries) {
    co_await RemoveSubConn(cache, entry, variant);
    co_await NewSubConn(cache, entry);
  }
  for (Entry& entry : entries) co_await entry.callback.Join();
}

}  // namespace fate::demo
