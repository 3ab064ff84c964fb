// A program whose steps do inside them what depends on the interleaving, for tests of what a search learns.
#pragma once

#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"

namespace fate::sim::test {

// Which of three writes depends on who comes last.
inline Task<> WriteIfLast(Atomic<int>& arrived, Shared<int>& cell) {
  co_await arrived.FetchAdd(1);
  const int before = co_await arrived.FetchAdd(1);
  if (before == 5) cell.Write(1);
}
inline Task<> TheLastWrites() {
  Shared<int> cell(0);
  Atomic<int> arrived;
  JoinHandle<> first = co_await Spawn(WriteIfLast(arrived, cell));
  JoinHandle<> second = co_await Spawn(WriteIfLast(arrived, cell));
  JoinHandle<> third = co_await Spawn(WriteIfLast(arrived, cell));
  co_await first.Join();
  co_await second.Join();
  co_await third.Join();
}

}  // namespace fate::sim::test
