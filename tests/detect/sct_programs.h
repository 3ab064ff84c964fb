// The bug programs of SCTBench with known probabilities, rewritten as tasks.
//
//   for (const SctProgram& program : SctPrograms()) {
//     const Execution& execution = scheduler.Run(program.run, strategy, number);
//   }
//
// `main` spawns in the stated order, then joins all unless the program says "no join". Each
// co_await is one step and one event; what has none between two of them is atomic. The counts are
// those of a brute-force enumerator that shares no code with fate: all interleavings and the bad
// ones (an execution ends at its failed assertion), and the exact probability that one uniform
// random walk fails. A random strategy that is not within 3 sigma of it over many executions is
// biased. Our own search has more interleavings where a task may begin and only then be found to be
// blocked (a Start step); without those the counts are equal.
//
// g++ 12 miscompiles an await in the condition of an `if` whose body awaits: results get a name.
//
// Size: one list of twelve programs, and each is a few lines.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/sim/core/outcome.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"

namespace fate::sct {

struct SctProgram {
  const char* name;
  std::function<void(sim::Roots&)> run;  // afresh each time
  sim::OutcomeKind outcome;              // of its failures
  uint64_t interleavings;                // of all executions
  uint64_t bad;                          // of them
  double probability;                    // that a random walk fails
  uint64_t traces;                       // interleavings, but for the order of independent steps
  uint64_t bad_traces;
};

namespace internal {

inline constexpr SpawnOptions kNoJoin = {.lifetime = Lifetime::kProgram};

// Spawns all in order, then joins all in order.
inline Task<> SpawnAndJoin(std::vector<Task<>> tasks) {
  std::vector<JoinHandle<>> handles;
  for (Task<>& task : tasks) handles.push_back(co_await Spawn(std::move(task)));
  for (JoinHandle<>& handle : handles) co_await handle.Join();
}

template <class... Tasks>
Task<> Together(Tasks&&... tasks) {
  std::vector<Task<>> list;
  (list.push_back(std::move(tasks)), ...);
  return SpawnAndJoin(std::move(list));
}

// A mutex without guards: Lock and Unlock are the two steps of the originals.
struct Lockable {
  Mutex mutex;
  Task<> Lock() { (co_await mutex.Lock()).Release(); }
  Task<> Unlock() { co_await mutex.Unlock(); }
};

using Cell = Atomic<int>;

// A read and a write: two steps.
inline Task<> Add(Cell& cell, int n) {
  int before = co_await cell.Load();
  co_await cell.Store(before + n);
}

struct Account {
  static constexpr int kY = 2, kZ = 4;
  Lockable m;
  Cell balance{1}, deposited{0}, withdrawn{0};
  Task<> Check() {
    co_await m.Lock();
    bool both = co_await deposited.Load();
    if (both) both = co_await withdrawn.Load();
    if (both) {
      int left = co_await balance.Load();
      FATE_CHECK(left == 1 - kY - kZ, "the balance is wrong");
    }
    co_await m.Unlock();
  }
  Task<> Change(int amount, Cell& done) {
    co_await m.Lock();
    co_await Add(balance, amount);
    co_await done.Store(1);
    co_await m.Unlock();
  }
  Task<> Main() {
    co_await Spawn(Check(), kNoJoin);
    co_await Spawn(Change(kY, deposited), kNoJoin);
    co_await Spawn(Change(-kZ, withdrawn), kNoJoin);
  }
};

struct Bluetooth {
  Lockable atomic;
  Cell pending{1}, stopping{0}, event{0}, stopped{0};
  Task<> Decrement() {
    co_await atomic.Lock();
    co_await Add(pending, -1);
    int left = co_await pending.Load();
    co_await atomic.Unlock();
    if (left == 0) {
      co_await event.Store(1);
    }
  }
  Task<> Stop() {
    co_await stopping.Store(1);
    co_await Decrement();
    int none_pending = co_await event.Load();
    if (none_pending) {
      co_await stopped.Store(1);
    }
  }
  Task<> Main() {
    JoinHandle<> stop = co_await Spawn(Stop());
    int stops = co_await stopping.Load();
    if (!stops) {
      co_await atomic.Lock();
      co_await Add(pending, 1);
      co_await atomic.Unlock();
      int has_stopped = co_await stopped.Load();
      FATE_CHECK(!has_stopped, "the driver works after it was stopped");
    }
    co_await Decrement();
    co_await stop.Join();
  }
};

struct Carter {
  Lockable m, l;
  Cell a{0}, b{0}, nothing{0};
  Task<> Use(Cell& users) {
    co_await m.Lock();
    co_await Add(users, 1);
    if (users.Peek() == 1) {
      co_await l.Lock();
    }
    co_await m.Unlock();
    co_await m.Lock();
    co_await Add(users, -1);
    if (users.Peek() == 0) {
      co_await l.Unlock();
    }
    co_await m.Unlock();
  }
  // The two empty tasks have no step; their spawns and joins are steps of main that mean nothing.
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Use(a));
    JoinHandle<> second = co_await Spawn(Use(b));
    for (int i = 0; i < 2; ++i) co_await nothing.Load();
    co_await first.Join();
    co_await second.Join();
    for (int i = 0; i < 2; ++i) co_await nothing.Load();
  }
};

// Each access to the ten places stands for the one of seven that an item takes.
struct CircularBuffer {
  static constexpr int kItems = 7;
  Lockable m;
  Cell send{1}, receive{0}, next{0}, first{0}, place{0};
  std::array<int, kItems> buffer{};
  Task<> Producer() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      bool may_send = co_await send.Load();
      if (may_send) {
        buffer[static_cast<size_t>(next.Peek())] = i;
        co_await place.Store(i);
        co_await Add(next, 1);
        co_await send.Store(0);
        co_await receive.Store(1);
      }
      co_await m.Unlock();
    }
  }
  Task<> Consumer() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      bool may_receive = co_await receive.Load();
      if (may_receive) {
        int at = co_await first.Load();
        co_await place.Load();
        co_await Add(first, 1);
        FATE_CHECK(buffer[static_cast<size_t>(at)] == i, "an item is out of order");
        co_await receive.Store(0);
        co_await send.Store(1);
      }
      co_await m.Unlock();
    }
  }
  Task<> Main() { return Together(Producer(), Consumer()); }
};

struct Deadlock {
  Lockable a, b;
  Cell counter{0};
  Task<> Use(Lockable& outer, Lockable& inner) {
    co_await outer.Lock();
    co_await inner.Lock();
    co_await Add(counter, 1);
    co_await inner.Unlock();
    co_await outer.Unlock();
  }
  Task<> Main() { return Together(Use(a, b), Use(b, a)); }
};

struct Lazy {
  Lockable m;
  Cell data{0};
  Task<> Change(int n) {
    co_await m.Lock();
    co_await Add(data, n);
    co_await m.Unlock();
  }
  Task<> Check() {
    co_await m.Lock();
    int seen = co_await data.Load();
    FATE_CHECK(seen < 3, "both have added");
    co_await m.Unlock();
  }
  Task<> Main() { return Together(Change(1), Change(2), Check()); }
};

struct TokenRing {
  Lockable atomic;
  Cell x1{1}, x2{2}, x3{1}, f1{0}, f2{0}, f3{0};
  Task<> Pass(Cell& from, int step, Cell& to, Cell& done) {
    co_await atomic.Lock();
    int token = co_await from.Load();
    co_await to.Store((token + step) % 4);
    co_await done.Store(1);
    co_await atomic.Unlock();
  }
  Task<> Check() {
    co_await atomic.Lock();
    bool all = co_await f1.Load();
    if (all) all = co_await f2.Load();
    if (all) all = co_await f3.Load();
    if (all) {
      int first = co_await x1.Load();
      int second = co_await x2.Load();
      int third = co_await x3.Load();
      FATE_CHECK(first == second && second == third, "the tokens differ");
    }
    co_await atomic.Unlock();
  }
  Task<> Main() {
    co_await Spawn(Pass(x3, 1, x1, f1), kNoJoin);
    co_await Spawn(Pass(x1, 0, x2, f2), kNoJoin);
    co_await Spawn(Pass(x2, 0, x3, f3), kNoJoin);
    co_await Spawn(Check(), kNoJoin);
  }
};

template <int kOthers>
struct WrongLock {
  Lockable d, t;
  Cell v{0};
  Task<> A() {
    co_await d.Lock();
    int x = co_await v.Load();
    co_await Add(v, 1);
    int after = co_await v.Load();
    FATE_CHECK(after == x + 1, "an increment was lost");
    co_await d.Unlock();
  }
  Task<> B() {
    co_await t.Lock();
    co_await Add(v, 1);
    co_await t.Unlock();
  }
  Task<> Main() {
    std::vector<Task<>> tasks;
    tasks.push_back(A());
    for (int i = 0; i < kOthers; ++i) tasks.push_back(B());
    return SpawnAndJoin(std::move(tasks));
  }
};

struct Stack {
  static constexpr int kItems = 3;
  Lockable m;
  Cell top{0}, flag{0};
  Task<> Push() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      co_await Add(top, 1);
      co_await flag.Store(1);
      co_await m.Unlock();
    }
  }
  Task<> Pop() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      bool filled = co_await flag.Load();
      if (filled) {
        int height = co_await top.Load();
        FATE_CHECK(height != 0, "a pop from an empty stack");
        co_await top.Store(height - 1);
      }
      co_await m.Unlock();
    }
  }
  Task<> Main() { return Together(Push(), Pop()); }
};

// The originals count the checker among their tasks: reorder_3 has two setters.
template <int kTasks>
struct Reorder {
  Cell a{0}, b{0};
  Task<> Set() {
    co_await a.Store(1);
    co_await b.Store(-1);
  }
  Task<> Check() {
    int seen = co_await a.Load();
    if (seen == 0) {
      seen = co_await b.Load();
      if (seen == 0) co_return;
    }
    seen = co_await a.Load();
    FATE_CHECK(seen == 1, "one store was seen and the other was not");
    seen = co_await b.Load();
    FATE_CHECK(seen == -1, "one store was seen and the other was not");
  }
  Task<> Main() {
    std::vector<Task<>> tasks;
    for (int i = 0; i < kTasks - 1; ++i) tasks.push_back(Set());
    tasks.push_back(Check());
    return SpawnAndJoin(std::move(tasks));
  }
};

template <class World>
std::function<void(sim::Roots&)> Fresh() {
  auto world = std::make_shared<std::optional<World>>();
  return [world](sim::Roots& roots) {
    world->emplace();
    roots.Add((*world)->Main());
  };
}

}  // namespace internal

inline std::vector<SctProgram> SctPrograms() {
  using internal::Fresh;
  constexpr auto kAssertion = sim::OutcomeKind::kAssertionFailed;
  constexpr auto kDeadlock = sim::OutcomeKind::kDeadlock;
  return {
      {"account", Fresh<internal::Account>(), kAssertion, 58, 7, 0.136285, 6, 2},
      {"bluetooth", Fresh<internal::Bluetooth>(), kAssertion, 968, 35, 0.0966797, 10, 1},
      {"carter01", Fresh<internal::Carter>(), kDeadlock, 9627, 200, 0.492188, 4, 2},
      {"circular_buffer", Fresh<internal::CircularBuffer>(), kAssertion, 22627, 11835, 0.914057, 587, 459},
      {"deadlock01", Fresh<internal::Deadlock>(), kDeadlock, 90, 3, 0.375, 3, 1},
      {"lazy01", Fresh<internal::Lazy>(), kAssertion, 665, 534, 0.521701, 10, 6},
      {"token_ring", Fresh<internal::TokenRing>(), kAssertion, 1729, 234, 0.0951877, 24, 4},
      {"wronglock_3", Fresh<internal::WrongLock<3>>(), kAssertion, 30377786, 692325, 0.311699, 776, 662},
      {"stack", Fresh<internal::Stack>(), kAssertion, 603, 24, 0.308533, 18, 4},
      {"reorder_3", Fresh<internal::Reorder<3>>(), kAssertion, 2770, 23, 0.0250343, 52, 8},
      {"reorder_4", Fresh<internal::Reorder<4>>(), kAssertion, 436341, 246, 0.00739656, 1089, 57},
      {"reorder_5", Fresh<internal::Reorder<5>>(), kAssertion, 107000000, 2864, 0.00182183, 34696, 424},
  };
}

// The families of them, with more tasks: nobody has counted those.
struct ScaledProgram {
  const char* name;
  std::function<void(sim::Roots&)> run;
};
inline std::vector<ScaledProgram> ScaledPrograms() {
  using internal::Fresh;
  return {
      {"reorder_10", Fresh<internal::Reorder<10>>()},     {"reorder_30", Fresh<internal::Reorder<30>>()},
      {"reorder_100", Fresh<internal::Reorder<100>>()},   {"wronglock_10", Fresh<internal::WrongLock<9>>()},
      {"wronglock_30", Fresh<internal::WrongLock<29>>()}, {"wronglock_100", Fresh<internal::WrongLock<99>>()},
  };
}

}  // namespace fate::sct
