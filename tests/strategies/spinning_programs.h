// Small programs that wait in loops that yield, for tests/strategies/spinning_test.cc.
// Size: one after the other.
#pragma once

#include <string>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/mutex.h"
#include "fate/task/task.h"
#include "fate/task/yield.h"
#include "tests/strategies/runs.h"

namespace fate::sim::spinning {

// Peterson's lock (1981), with the two stores of its entry in this order, or in the other.
template <bool kRight>
struct Peterson {
  std::string log;
  Cell flag[2] = {Cell(0), Cell(0)};
  Cell turn{0};
  int inside = 0;
  Task<> Enter(int me) {
    if (kRight) {
      co_await flag[me].Store(1);
      co_await turn.Store(1 - me);
    } else {
      co_await turn.Store(1 - me);
      co_await flag[me].Store(1);
    }
    for (;;) {
      const int other = co_await flag[1 - me].Load();
      if (other == 0) break;
      const int whose = co_await turn.Load();
      if (whose == me) break;
      co_await Yield();
    }
    ++inside;
    co_await Yield();
    FATE_CHECK(inside == 1, "two are inside");
    --inside;
    log += static_cast<char>('a' + me);
    co_await flag[me].Store(0);
  }
  std::vector<Task<>> Tasks() { return List(Enter(0), Enter(1)); }
};

// A lock of a cell.
struct SpinLock {
  std::string log;
  Cell held{0};
  Task<> Work(char name) {
    for (;;) {
      int free = 0;
      const bool mine = co_await held.CompareExchange(free, 1);
      if (mine) break;
      co_await Yield();
    }
    log += name;
    co_await held.Store(0);
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

// The same with a try form.
struct TryLocks {
  std::string log;
  Mutex mutex;
  Task<> Work(char name) {
    for (;;) {
      MutexGuard guard = mutex.TryLock();
      if (guard.holds()) {
        co_await Yield();
        log += name;
        break;
      }
      co_await Yield();
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

// Either of two others may wake it.
struct Either {
  std::string log;
  Cell x{0}, y{0};
  Task<> Waits() {
    for (;;) {
      const int one = co_await x.Load();
      const int other = co_await y.Load();
      if (one + other > 0) {
        log += std::to_string(one) + std::to_string(other);
        break;
      }
      co_await Yield();
    }
  }
  Task<> Sets(Cell& cell) {
    co_await cell.Store(1);
    co_await cell.Store(2);
  }
  std::vector<Task<>> Tasks() { return List(Waits(), Sets(x), Sets(y)); }
};

// Gives up after so many rounds.
template <int kTries>
struct Tries {
  std::string log;
  Cell ready{0};
  Task<> Waits() {
    for (int i = 0; i < kTries; ++i) {
      const int seen = co_await ready.Load();
      if (seen != 0) {
        log += "seen";
        co_return;
      }
      co_await Yield();
    }
    log += "gave up";
  }
  Task<> Sets() { co_await ready.Store(1); }
  std::vector<Task<>> Tasks() { return List(Waits(), Sets()); }
};

// Reads what is no scheduling point; two of them.
struct Plain {
  std::string log;
  Shared<int> ready{0};
  Cell other{0};
  Task<> Waits(char name) {
    for (;;) {
      if (ready.Read() != 0) break;
      co_await Yield();
    }
    log += name;
  }
  Task<> Sets() {
    co_await other.Store(1);
    ready.Write(1);
    co_await other.Store(2);
  }
  std::vector<Task<>> Tasks() { return List(Waits('a'), Waits('b'), Sets()); }
};

// One waits for the other, and that for a third, which sleeps.
struct Relay {
  std::string log;
  Cell first{0}, second{0};
  Task<> Passes(Cell& from, Cell* to, char name) {
    for (;;) {
      const int seen = co_await from.Load();
      if (seen != 0) break;
      co_await Yield();
    }
    log += name;
    if (to != nullptr) co_await to->Store(1);
  }
  Task<> Begins() { co_await first.Store(1); }
  std::vector<Task<>> Tasks() { return List(Passes(first, &second, 'a'), Passes(second, nullptr, 'b'), Begins()); }
};

// The other gives way again and again before it stores: by turns with it, the quiet way, the first would look in vain
// ever more often.
struct Polite {
  std::string log;
  Cell ready{0};
  Task<> Waits() {
    for (;;) {
      const int seen = co_await ready.Load();
      if (seen != 0) break;
      co_await Yield();
    }
  }
  Task<> Stores() {
    for (int i = 0; i < 6; ++i) co_await Yield();
    co_await ready.Store(1);
  }
  std::vector<Task<>> Tasks() { return List(Waits(), Stores()); }
};

// What one looks at another changes while it looks at something else.
struct Between {
  std::string log;
  Cell x{0}, y{0};
  Task<> Waits() {
    for (;;) {
      const int one = co_await x.Load();
      const int other = co_await y.Load();
      if (one == 2 && other == 1) break;
      co_await Yield();
    }
    log += 'w';
  }
  Task<> Sets() {
    co_await x.Store(1);
    co_await y.Store(1);
    co_await x.Store(2);
  }
  std::vector<Task<>> Tasks() { return List(Waits(), Sets()); }
};

}  // namespace fate::sim::spinning
