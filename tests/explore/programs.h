// Programs that tests of the explorer explore.
#pragma once

#include "fate/runtime/check.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"
#include "fate/task/yield.h"

namespace fate::sim::test {

// Two increments that lose an update in 4 of 6 interleavings of the two; main spawns and joins
// them.
inline Task<> Increment(Atomic<int>& counter) {
  int before = co_await counter.Load();
  co_await counter.Store(before + 1);
}
inline Task<> LosesAnUpdate() {
  Atomic<int> counter;
  JoinHandle<> first = co_await Spawn(Increment(counter), {.name = "first"});
  JoinHandle<> second = co_await Spawn(Increment(counter), {.name = "second"});
  co_await first.Join();
  co_await second.Join();
  FATE_CHECK(counter.Peek() == 2, "an update was lost");
}

// The same without the bug.
inline Task<> Add(Atomic<int>& counter) { co_await counter.FetchAdd(1); }
inline Task<> KeepsUpdates() {
  Atomic<int> counter;
  JoinHandle<> first = co_await Spawn(Add(counter));
  JoinHandle<> second = co_await Spawn(Add(counter));
  co_await first.Join();
  co_await second.Join();
  FATE_CHECK(counter.Peek() == 2, "an update was lost");
}

inline Task<> Alone() {
  co_await Yield();
  co_await Yield();
}

}  // namespace fate::sim::test
