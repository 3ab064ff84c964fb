// The programs of ground_truth.md with their exact numbers of Mazurkiewicz traces: cells and mutexes.
//
// Each task is a root, each access an operation on an Atomic<int>. A program is built once and can be
// run any number of times: its objects are made anew for each execution.
//
// g++ 12 miscompiles an await in the condition of an `if` whose body awaits: results get a name.
//
// Size: a list of programs, and each is a few lines.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"

namespace fate::sim::ground_truth {

// What a program shares, made anew for each execution.
class World {
 public:
  World(size_t cells, size_t locks) : cells_(cells), locks_(locks) {}
  void Renew() {
    for (auto& cell : cells_) cell.emplace(0);
    for (auto& lock : locks_) lock.emplace();
  }
  Atomic<int>& cell(int i) { return *cells_[static_cast<size_t>(i)]; }
  Mutex& lock(int i) { return *locks_[static_cast<size_t>(i)]; }

 private:
  std::vector<std::optional<Atomic<int>>> cells_;
  std::vector<std::optional<Mutex>> locks_;
};

struct Row {
  std::string name;
  uint64_t traces;
  std::function<void(Roots&)> program;
};

// --- tasks -----------------------------------------------------------------------------------

inline Task<> Read(Atomic<int>& x) { co_await x.Load(); }
inline Task<> ReadBoth(Atomic<int>& x, Atomic<int>& y) {
  co_await x.Load();
  co_await y.Load();
}
inline Task<> Write(Atomic<int>& x, int value) { co_await x.Store(value); }
inline Task<> WriteTimes(Atomic<int>& x, int value, int times) {
  for (int i = 0; i < times; ++i) co_await x.Store(value);
}
inline Task<> WriteBoth(Atomic<int>& x, int a, Atomic<int>& y, int b) {
  co_await x.Store(a);
  co_await y.Store(b);
}
inline Task<> WriteThenRead(Atomic<int>& x, Atomic<int>& y) {
  co_await x.Store(1);
  co_await y.Load();
}
inline Task<> ReadThenWrite(Atomic<int>& x, Atomic<int>& y) {
  co_await x.Load();
  co_await y.Store(1);
}
inline Task<> Increment(Atomic<int>& x) {
  int value = co_await x.Load();
  co_await x.Store(value + 1);
}
inline Task<> AtomicIncrement(Atomic<int>& x) { co_await x.FetchAdd(1); }
inline Task<> Exchange(Atomic<int>& x, int expected, int desired) { co_await x.CompareExchange(expected, desired); }
inline Task<> LockUnlock(Mutex& mutex) {
  Mutex* held = (co_await mutex.Lock()).Release();
  co_await held->Unlock();
}
inline Task<> LockForever(Mutex& mutex) { (co_await mutex.Lock()).Release(); }
inline Task<> LockIncrement(Mutex& mutex, Atomic<int>& x) {
  Mutex* held = (co_await mutex.Lock()).Release();
  int value = co_await x.Load();
  co_await x.Store(value + 1);
  co_await held->Unlock();
}
inline Task<> LastZeroReader(World& world, int n) {
  for (int i = n; co_await world.cell(i).Load() != 0;) --i;
}
inline Task<> LastZeroWriter(World& world, int j) {
  int before = co_await world.cell(j - 1).Load();
  co_await world.cell(j).Store(before + 1);
}
inline Task<> Index(World& world, int task) {
  for (int i = 0; i < 4; ++i) {
    int w = 11 * i + task;
    int h = 7 * w % 128;
    for (;;) {
      int expected = 0;
      bool won = co_await world.cell(h).CompareExchange(expected, w);
      if (won) break;
      h = (h + 1) % 128;
    }
  }
}
// Cells: 32 inodes, then 26 busy flags. Locks: the same.
inline Task<> FileSystem(World& world, int task) {
  constexpr int kInodes = 32;
  constexpr int kBlocks = 26;
  int i = task % kInodes;
  Mutex* inode_lock = (co_await world.lock(i).Lock()).Release();
  int inode = co_await world.cell(i).Load();
  if (inode == 0) {
    for (int b = i * 2 % kBlocks;; b = (b + 1) % kBlocks) {
      Mutex* block_lock = (co_await world.lock(kInodes + b).Lock()).Release();
      bool busy = co_await world.cell(kInodes + b).Load() != 0;
      if (!busy) {
        co_await world.cell(kInodes + b).Store(1);
        co_await world.cell(i).Store(b + 1);
      }
      co_await block_lock->Unlock();
      if (!busy) break;
    }
  }
  co_await inode_lock->Unlock();
}
inline Task<> Popl3(Atomic<int>& y, Atomic<int>& z) {
  int seen = co_await y.Load();
  if (seen == 0) co_await z.Store(1);
}
inline Task<> Popl4(Atomic<int>& x, Atomic<int>& y, Atomic<int>& z) {
  int ready = co_await z.Load();
  if (ready != 1) co_return;
  int seen = co_await y.Load();
  if (seen == 0) co_await x.Store(2);
}
inline Task<> ReadIfSet(Atomic<int>& x, Atomic<int>& y) {
  int seen = co_await x.Load();
  if (seen != 0) co_await y.Load();
}
inline Task<> ReadIfBothSet(Atomic<int>& x, Atomic<int>& y, Atomic<int>& z) {
  int a = co_await y.Load();
  int b = co_await z.Load();
  if (a == 1 && b == 1) co_await x.Load();
}

// --- rows ------------------------------------------------------------------------------------

using Build = std::function<void(Roots&, World&)>;

inline Row MakeRow(std::string name, uint64_t traces, size_t cells, size_t locks, Build build) {
  auto world = std::make_shared<World>(cells, locks);
  return {std::move(name), traces, [world, build = std::move(build)](Roots& roots) {
            world->Renew();
            build(roots, *world);
          }};
}

inline Row Readers(int n, uint64_t traces) {
  return MakeRow("readers(" + std::to_string(n) + ")", traces, 1, 0, [n](Roots& roots, World& w) {
    roots.Add(Write(w.cell(0), 1));
    for (int i = 0; i < n; ++i) roots.Add(Read(w.cell(0)));
  });
}
inline Row Writers(int n, uint64_t traces) {
  return MakeRow("writers(" + std::to_string(n) + ")", traces, 1, 0, [n](Roots& roots, World& w) {
    for (int i = 0; i < n; ++i) roots.Add(Write(w.cell(0), i));
  });
}
inline Row WritersAndReader(int n, uint64_t traces) {
  return MakeRow("n_writers_a_reader(" + std::to_string(n) + ")", traces, 1, 0, [n](Roots& roots, World& w) {
    for (int i = 0; i < n; ++i) roots.Add(Write(w.cell(0), i));
    roots.Add(Read(w.cell(0)));
  });
}
inline Row LastZero(int n, uint64_t traces) {
  return MakeRow("lastzero(" + std::to_string(n) + ")", traces, static_cast<size_t>(n) + 1, 0,
                 [n](Roots& roots, World& w) {
                   roots.Add(LastZeroReader(w, n));
                   for (int j = 1; j <= n; ++j) roots.Add(LastZeroWriter(w, j));
                 });
}
inline Row Indexer(int n, uint64_t traces) {
  return MakeRow("indexer(" + std::to_string(n) + ")", traces, 128, 0, [n](Roots& roots, World& w) {
    for (int i = 0; i < n; ++i) roots.Add(Index(w, i));
  });
}
inline Row FileSystems(int n, uint64_t traces) {
  return MakeRow("filesystem(" + std::to_string(n) + ")", traces, 58, 58, [n](Roots& roots, World& w) {
    for (int i = 0; i < n; ++i) roots.Add(FileSystem(w, i));
  });
}
// n times the same task, on cell 0 and lock 0; `make` gets the number of the task.
template <class Make>
Row Times(const char* name, int n, uint64_t traces, Make make) {
  return MakeRow(std::string(name) + "(" + std::to_string(n) + ")", traces, 1, 1, [n, make](Roots& roots, World& w) {
    for (int i = 0; i < n; ++i) roots.Add(make(w, i));
  });
}
inline Row AtomicIncrements(int n, uint64_t traces) {
  return Times("ainc", n, traces, [](World& w, int) { return AtomicIncrement(w.cell(0)); });
}
inline Row Increments(int n, uint64_t traces) {
  return Times("inc", n, traces, [](World& w, int) { return Increment(w.cell(0)); });
}
inline Row Exchanges(int n, uint64_t traces) {
  return Times("cas", n, traces, [](World& w, int i) { return Exchange(w.cell(0), 0, i + 1); });
}
inline Row ExchangeRotations(int n, uint64_t traces) {
  return Times("casrot", n, traces, [](World& w, int i) { return Exchange(w.cell(0), i, i + 1); });
}
inline Row WriteExchanges(int n, uint64_t traces) {
  return MakeRow("wcas(" + std::to_string(n) + ")", traces, 1, 0, [n](Roots& roots, World& w) {
    roots.Add(Write(w.cell(0), 2));
    for (int i = 0; i < n; ++i) roots.Add(Exchange(w.cell(0), 2, 3));
  });
}
inline Row LockIncrements(int n, uint64_t traces) {
  return Times("lockinc", n, traces, [](World& w, int) { return LockIncrement(w.lock(0), w.cell(0)); });
}
inline Row MutexOrder(int n, uint64_t traces) {
  return Times("mutex_order", n, traces, [](World& w, int) { return LockUnlock(w.lock(0)); });
}
inline Row MutexDeadlock(int n, uint64_t traces) {
  return Times("mutex_deadlock", n, traces, [](World& w, int) { return LockForever(w.lock(0)); });
}
inline Row RedundantCo(int n, uint64_t traces) {
  return MakeRow("redundant_co(" + std::to_string(n) + ")", traces, 1, 0, [n](Roots& roots, World& w) {
    roots.Add(WriteTimes(w.cell(0), 1, n));
    roots.Add(WriteTimes(w.cell(0), 2, n));
    roots.Add(ReadBoth(w.cell(0), w.cell(0)));
  });
}

inline std::vector<Row> SmallRows() {
  std::vector<Row> rows;
  auto add = [&rows](const char* name, uint64_t traces, Build build) {
    rows.push_back(MakeRow(name, traces, 3, 0, std::move(build)));
  };
  add("SB", 3, [](Roots& r, World& w) {
    r.Add(WriteThenRead(w.cell(0), w.cell(1)));
    r.Add(WriteThenRead(w.cell(1), w.cell(0)));
  });
  add("MP", 3, [](Roots& r, World& w) {
    r.Add(WriteBoth(w.cell(0), 1, w.cell(1), 1));
    r.Add(ReadBoth(w.cell(1), w.cell(0)));
  });
  add("LB", 3, [](Roots& r, World& w) {
    r.Add(ReadThenWrite(w.cell(0), w.cell(1)));
    r.Add(ReadThenWrite(w.cell(1), w.cell(0)));
  });
  add("2+2W", 3, [](Roots& r, World& w) {
    r.Add(WriteBoth(w.cell(0), 1, w.cell(1), 2));
    r.Add(WriteBoth(w.cell(1), 1, w.cell(0), 2));
  });
  add("POPL example", 5, [](Roots& r, World& w) {
    r.Add(Write(w.cell(0), 1));
    r.Add(Write(w.cell(1), 1));
    r.Add(Popl3(w.cell(1), w.cell(2)));
    r.Add(Popl4(w.cell(0), w.cell(1), w.cell(2)));
  });
  add("sleeping_races_3", 10, [](Roots& r, World& w) {
    r.Add(Write(w.cell(1), 1));
    r.Add(Write(w.cell(0), 1));
    r.Add(Write(w.cell(0), 2));
    r.Add(ReadIfSet(w.cell(0), w.cell(1)));
  });
  add("many_initials", 5, [](Roots& r, World& w) {
    r.Add(Write(w.cell(0), 1));
    r.Add(Write(w.cell(1), 1));
    r.Add(Write(w.cell(2), 1));
    r.Add(ReadIfBothSet(w.cell(0), w.cell(1), w.cell(2)));
  });
  add("two_writers_readers", 9, [](Roots& r, World& w) {
    r.Add(WriteBoth(w.cell(0), 1, w.cell(0), 2));
    r.Add(ReadBoth(w.cell(1), w.cell(0)));
    r.Add(ReadBoth(w.cell(1), w.cell(0)));
  });
  add("difficult_readers", 18, [](Roots& r, World& w) {
    r.Add(Write(w.cell(0), 1));
    r.Add(Write(w.cell(0), 2));
    r.Add(Read(w.cell(0)));
    r.Add(Read(w.cell(0)));
  });
  return rows;
}

// Every row of the table that our static footprints are to give, (w) where it has two counts.
inline std::vector<Row> AllRows() {
  // clang-format off
  std::vector<Row> rows = {
      Readers(1, 2), Readers(2, 4), Readers(3, 8), Readers(4, 16), Readers(8, 256), LastZero(1, 2), LastZero(2, 5),
      LastZero(3, 12), LastZero(4, 28), LastZero(5, 64), LastZero(6, 144), FileSystems(16, 8),
      AtomicIncrements(5, 120), AtomicIncrements(7, 5040), Increments(2, 4), Increments(3, 36), Increments(4, 576),
      Exchanges(2, 2), Exchanges(3, 6), Exchanges(4, 24), Exchanges(5, 120), ExchangeRotations(2, 2),
      ExchangeRotations(3, 6), ExchangeRotations(4, 24), ExchangeRotations(5, 120), ExchangeRotations(6, 720),
      WriteExchanges(2, 6), WriteExchanges(3, 24), WriteExchanges(4, 120), WriteExchanges(5, 720),
      LockIncrements(3, 6), LockIncrements(5, 120), LockIncrements(7, 5040), MutexOrder(2, 2), MutexOrder(3, 6),
      MutexDeadlock(2, 2), MutexDeadlock(3, 3), WritersAndReader(1, 2), WritersAndReader(2, 6),
      WritersAndReader(3, 24), WritersAndReader(4, 120), WritersAndReader(5, 720), RedundantCo(1, 12),
      RedundantCo(2, 90), RedundantCo(3, 560), Indexer(11, 1)};
  // clang-format on
  for (Row& row : SmallRows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace fate::sim::ground_truth
