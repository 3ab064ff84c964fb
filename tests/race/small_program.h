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
  kUnlock,
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
};
constexpr int kDoCount = static_cast<int>(Do::kJoin) + 1;

struct Action {
  Do what;
  int object = 0;  // cell, lock, ..., or the task that is spawned or joined; the milliseconds of a sleep
  int a = 0;       // what is stored; expected
  int b = 0;       // desired
  // Accesses of Shared<int>s within the step, unless a load found zero or an exchange failed: bit 0 reads
  // the first, bit 1 writes it, bits 2 and 3 the same of the second.
  int inside = 0;
  int skip = 0;    // so many actions are skipped if a load or exchange found zero, or failed
};

struct SmallProgram {
  std::vector<std::vector<Action>> tasks;
  int roots = 0;  // the first so many tasks; the others are spawned
  std::vector<int> permits;     // of each semaphore
  std::vector<int> capacities;  // of each channel, from 1

  std::string ToText() const;
};

constexpr int kCells = 3;
constexpr int kLocks = 2;
constexpr int kEvents = 2;
constexpr int kShared = 2;

// What happened: which action of which task, in order. An action is named by its index in its task.
struct Happened {
  int task;
  int action;
  friend auto operator<=>(const Happened&, const Happened&) = default;
};

// What `seed` draws, with the actions in `allowed` (bit i: Do i; kInside: accesses inside steps). Deadlocks
// happen, misuse does not.
constexpr uint32_t kInside = 1u << 31;
SmallProgram Draw(uint64_t seed, uint32_t allowed);

// Adds its tasks to `roots`; what happens goes to `log`, which must outlive the execution.
void Add(const SmallProgram& program, Roots& roots, std::vector<Happened>& log);

}  // namespace fate::sim::small
