// Settings: what an execution is allowed to do: how fine it interleaves, how long it may run.
// Tested by tests/core/interleaving_test.cc.
#pragma once

#include <cstdint>
#include <exception>

#include "absl/time/time.h"

namespace fate::sim {

struct Outcome;

// What the strategy chooses, from the coarsest to the finest. A bug under a coarse setting is a bug under a finer one,
// but for two things. Where no operation follows a wait before something that others can see: under kOperation what was
// waited for takes effect in the step that goes on to the next operation, under the others as soon as it is granted.
// And what hangs on the queues of a SharedMutex or a Semaphore, which kOperation does not keep; a proof is followed by
// an execution under kFifo for that (sim/explore/audit.h).
enum class Interleaving : uint8_t {
  // Ready tasks run first in, first out, as on fate's production loop; only the order of what is due
  // at one instant, and partners, branches and explorable draws, are chosen.
  kFifo,
  // Any ready task, but a task loses the processor only where it really blocks: any single-threaded
  // loop.
  kLoop,
  // Any task that can proceed, before every visible operation: any executor.
  kOperation,
};

// "fifo", "loop", "operation".
const char* ToString(Interleaving interleaving);

struct Settings {
  Interleaving interleaving = Interleaving::kOperation;
  // More steps than this end the execution with StepLimit.
  uint64_t max_steps = 10'000'000;
  // At this virtual time, counted from the start, a program that runs for ever is cancelled and
  // drained, and has passed.
  absl::Duration horizon = absl::InfiniteDuration();
  // Whether the accesses inside steps are recorded though the strategy does not ask for them.
  bool record_accesses = false;
  // What an exception that left a task means to a framework of assertions (RC_ASSERT throws one): says so in
  // the outcome, or gives false; then, or if null, it is an UncaughtException.
  bool (*read_exception)(const std::exception_ptr& exception, Outcome& outcome) = nullptr;
  // Whether values and the reasons of switches are recorded too: for an execution that is told.
  bool tell = false;
};

}  // namespace fate::sim
