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
// biased.
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

struct Account {
  Lockable m;
  int balance = 1, y = 2, z = 4;
  bool deposited = false, withdrawn = false;
  Task<> Check() {
    co_await m.Lock();
    if (deposited && withdrawn) FATE_CHECK(balance == 1 - y - z, "the balance is wrong");
    co_await m.Unlock();
  }
  Task<> Deposit() {
    co_await m.Lock();
    balance += y;
    deposited = true;
    co_await m.Unlock();
  }
  Task<> Withdraw() {
    co_await m.Lock();
    balance -= z;
    withdrawn = true;
    co_await m.Unlock();
  }
  Task<> Main() {
    co_await Spawn(Check(), kNoJoin);
    co_await Spawn(Deposit(), kNoJoin);
    co_await Spawn(Withdraw(), kNoJoin);
  }
};

struct Bluetooth {
  Atomic<int> pending{1}, stopping{0}, event{0}, stopped{0};
  Task<> Decrement() {
    int before = co_await pending.FetchAdd(-1);
    if (before == 1) {
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
      co_await pending.FetchAdd(1);
      int has_stopped = co_await stopped.Load();
      FATE_CHECK(!has_stopped, "the driver works after it was stopped");
    }
    co_await Decrement();
    co_await stop.Join();
  }
};

struct Carter {
  Lockable m, l;
  Atomic<int> a{0}, b{0};
  Task<> Use(Atomic<int>& users) {
    co_await m.Lock();
    int before = co_await users.FetchAdd(1);
    if (before == 0) {
      co_await l.Lock();
    }
    co_await m.Unlock();
    co_await m.Lock();
    before = co_await users.FetchAdd(-1);
    if (before == 1) {
      co_await l.Unlock();
    }
    co_await m.Unlock();
  }
  Task<> Nothing() { co_return; }
  Task<> Main() { return Together(Use(a), Use(b), Nothing(), Nothing()); }
};

struct CircularBuffer {
  static constexpr int kSize = 10, kItems = 7;
  Lockable m;
  std::array<int, kSize> buffer{};
  int next = 0, first = 0;
  bool send = true, receive = false;
  Task<> Producer() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      if (send) {
        buffer[next++] = i;
        send = false;
        receive = true;
      }
      co_await m.Unlock();
    }
  }
  Task<> Consumer() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      if (receive) {
        FATE_CHECK(buffer[first++] == i, "an item is out of order");
        receive = false;
        send = true;
      }
      co_await m.Unlock();
    }
  }
  Task<> Main() { return Together(Producer(), Consumer()); }
};

struct Deadlock {
  Lockable a, b;
  Atomic<int> counter{0};
  Task<> Use(Lockable& outer, Lockable& inner) {
    co_await outer.Lock();
    co_await inner.Lock();
    co_await counter.FetchAdd(1);
    co_await inner.Unlock();
    co_await outer.Unlock();
  }
  Task<> Main() { return Together(Use(a, b), Use(b, a)); }
};

struct Lazy {
  Lockable m;
  int data = 0;
  Task<> Add(int n) {
    co_await m.Lock();
    data += n;
    co_await m.Unlock();
  }
  Task<> Check() {
    co_await m.Lock();
    FATE_CHECK(data < 3, "both have added");
    co_await m.Unlock();
  }
  Task<> Main() { return Together(Add(1), Add(2), Check()); }
};

struct TokenRing {
  int x1 = 1, x2 = 2, x3 = 1;
  bool f1 = false, f2 = false, f3 = false;
  Task<> First() {
    x1 = (x3 + 1) % 4, f1 = true;
    co_return;
  }
  Task<> Second() {
    x2 = x1, f2 = true;
    co_return;
  }
  Task<> Third() {
    x3 = x2, f3 = true;
    co_return;
  }
  Task<> Fourth() {
    if (f1 && f2 && f3) FATE_CHECK(x1 == x2 && x2 == x3, "the tokens differ");
    co_return;
  }
  Task<> Main() {
    co_await Spawn(First(), kNoJoin);
    co_await Spawn(Second(), kNoJoin);
    co_await Spawn(Third(), kNoJoin);
    co_await Spawn(Fourth(), kNoJoin);
  }
};

struct WrongLock {
  Lockable d, t;
  Atomic<int> v{0};
  Task<> A() {
    co_await d.Lock();
    int x = co_await v.Load();
    int before = co_await v.Load();
    co_await v.Store(before + 1);
    int after = co_await v.Load();
    FATE_CHECK(after == x + 1, "an increment was lost");
    co_await d.Unlock();
  }
  Task<> B() {
    co_await t.Lock();
    int before = co_await v.Load();
    co_await v.Store(before + 1);
    co_await t.Unlock();
  }
  Task<> Main() { return Together(A(), B(), B(), B()); }
};

struct Stack {
  static constexpr int kItems = 3;
  Lockable m;
  int top = 0;
  bool flag = false;
  Task<> Push() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      ++top;
      flag = true;
      co_await m.Unlock();
    }
  }
  Task<> Pop() {
    for (int i = 0; i < kItems; ++i) {
      co_await m.Lock();
      if (flag) FATE_CHECK(top-- != 0, "a pop from an empty stack");
      co_await m.Unlock();
    }
  }
  Task<> Main() { return Together(Push(), Pop()); }
};

template <int kSetters>
struct Reorder {
  Atomic<int> a{0}, b{0};
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
    for (int i = 0; i < kSetters; ++i) tasks.push_back(Set());
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
      {"account", Fresh<internal::Account>(), kAssertion, 58, 7, 0.136285},
      {"bluetooth", Fresh<internal::Bluetooth>(), kAssertion, 968, 35, 0.0966797},
      {"carter01", Fresh<internal::Carter>(), kDeadlock, 9627, 200, 0.492188},
      {"circular_buffer", Fresh<internal::CircularBuffer>(), kAssertion, 22627, 11835, 0.914057},
      {"deadlock01", Fresh<internal::Deadlock>(), kDeadlock, 90, 3, 0.375},
      {"lazy01", Fresh<internal::Lazy>(), kAssertion, 665, 534, 0.521701},
      {"token_ring", Fresh<internal::TokenRing>(), kAssertion, 1729, 234, 0.0951877},
      {"wronglock_3", Fresh<internal::WrongLock>(), kAssertion, 30377786, 692325, 0.311699},
      {"stack", Fresh<internal::Stack>(), kAssertion, 603, 24, 0.308533},
      {"reorder_3", Fresh<internal::Reorder<3>>(), kAssertion, 2770, 23, 0.0250343},
      {"reorder_4", Fresh<internal::Reorder<4>>(), kAssertion, 436341, 246, 0.00739656},
      {"reorder_5", Fresh<internal::Reorder<5>>(), kAssertion, 107000000, 2864, 0.00182183},
  };
}

}  // namespace fate::sct
