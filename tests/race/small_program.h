// Small programs as data: what the differential test draws, runs as coroutines, and enumerates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"

namespace fate::sim::small {

enum class Do : uint8_t {
  kLoad,
  kStore,
  kExchangeIf,  // compare-and-exchange
  kLock,
  kUnlock,  // of what the task holds; else nothing
  kAcquire,
  kRelease,
  kSend,
  kReceive,
  kSet,
  kReset,
  kWait,
  kSleep,
  kSpawn,
  kJoin,
  kReadLock,  // of the shared mutex; nothing if the task holds it
  kWriteLock,
  kGiveBack,  // unlocks the shared mutex, if the task holds it
  kCountDown,
  kAwaitLatch,
  kArriveAndWait,
  kCall,           // Once, of a callable that loads the last cell
  kConditionWait,  // with mutex 0; nothing if the task does not hold it
  kNotifyOne,
  kNotifyAll,
  kClose,
  kTryLock,  // at once, inside the step before
  kTryAcquire,
  kTrySend,
  kTryReceive,
  kMeet,              // no action: channels may have no capacity
  kCancel,            // of a task that was spawned
  kWaitFor,           // for an event, with a timeout of `a` milliseconds
  kSelect,            // of two branches
  kConditionWaitFor,  // kConditionWait, with a timeout of `a` milliseconds
  kArriveFor,         // the same of kArriveAndWait
};
constexpr int kDoCount = static_cast<int>(Do::kArriveFor) + 1;

// Of a select: a send, a receive, a wait or a sleep.
struct Branch {
  Do what = Do::kSleep;
  int object = 0;
};

struct Action {
  Do what;
  int object = 0;  // cell, lock, ..., or the task that is spawned or joined; the milliseconds of a sleep
  int a = 0;       // what is stored; expected
  int b = 0;       // desired
  // Accesses of Shared<int>s within the step, unless a load found zero or an exchange failed: bit 0 reads
  // the first, bit 1 writes it, bits 2 and 3 the same of the second.
  int inside = 0;
  int skip = 0;  // so many actions are skipped if a load or exchange found zero, or failed
  Branch first = {};
  Branch second = {};

  const Branch& branch(int i) const { return i == 0 ? first : second; }
};

struct SmallProgram {
  std::vector<std::vector<Action>> tasks;
  int roots = 0;                // the first so many tasks; the others are spawned
  std::vector<int> permits;     // of each semaphore
  std::vector<int> capacities;  // of each channel
  int latch = 0;
  int participants = 2;  // of the barrier

  std::string ToText() const;
};

constexpr int kCells = 3;
constexpr int kLocks = 2;
constexpr int kEvents = 2;
constexpr int kShared = 2;

inline bool WaitsAtCondition(Do what) { return what == Do::kConditionWait || what == Do::kConditionWaitFor; }
inline bool WaitsAtBarrier(Do what) { return what == Do::kArriveAndWait || what == Do::kArriveFor; }
// Whether it has a timeout.
inline bool HasTimeout(Do what) {
  return what == Do::kWaitFor || what == Do::kConditionWaitFor || what == Do::kArriveFor;
}

// Whether it takes effect in the step before.
inline bool AtOnce(Do what) { return what >= Do::kTryLock && what <= Do::kTryReceive; }

// A task that went on within the step of another: they met.
struct Met {
  int task;
  int branch = -1;  // of its select
  friend bool operator==(const Met&, const Met&) = default;
};

// A step of an execution.
struct Happened {
  static constexpr int kTimer = -1;
  int task;                       // kTimer: a timeout that strikes
  int timer = -1;                 // which of those due at the instant, in the order of by_path
  std::vector<int> by_path = {};  // of a timeout: the tasks in the order of their paths, by which timers are numbered
  bool starts = false;            // only so: the task began, and did nothing that others see
  int branch = -1;                // of its select
  std::vector<Met> met = {};
};

// What `seed` draws, with the actions in `allowed` (bit i: Do i; kInside: accesses inside steps). Deadlocks
// happen, misuse does not.
constexpr uint64_t kInside = uint64_t{1} << 63;
SmallProgram Draw(uint64_t seed, uint64_t allowed);

// Adds its tasks to `roots`.
void Add(const SmallProgram& program, Roots& roots);
// The steps of an execution of it. REQUIRES: accesses were recorded.
std::vector<Happened> StepsOf(const Execution& execution);

}  // namespace fate::sim::small
