// Simulation: what the library tells a simulator, and asks of it. Null in production.
//
// The production runtime has no part in this interface: it pays a null check of a thread-local.
// One implementation: sim/core/scheduler.h. Tested by tests/core/scheduler_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "fate/base/place.h"
#include "fate/runtime/check.h"
#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"

namespace fate {

class Operation;
struct TaskRecord;

// What a choice is about. The numbers are part of schedules: append, never renumber.
enum class ChoiceKind : uint8_t {
  kTask = 0,     // which ready task runs
  kTimer = 1,    // which of the timers due at one instant fires (kFifo only; else they are tasks)
  kPartner = 2,  // which of several waiting partners a rendezvous meets
  kBranch = 3,   // which of several ready branches a Select commits
  kDraw = 4,     // an explorable random draw of the program
};

class Simulation {
 public:
  // The chance of the task's pending operation may have changed. Search only.
  virtual void Refresh(TaskRecord& task) = 0;
  // Whether it was the running step that made the task's pending operation possible. Search only.
  virtual bool MadePossible(const TaskRecord& task) const = 0;
  // Whether the running step may have let `operation` go on, which a task stands before. What is inside a step counts
  // only if it is recorded. Search only.
  virtual bool MayHaveOpened(const Operation& operation) const = 0;
  // One of `options` >= 1 alternatives; 0 is the quiet one. O(1) but for the strategy.
  virtual uint32_t Choose(ChoiceKind kind, uint32_t options) = 0;
  // The same for the partner of a rendezvous (ChoiceKind::kPartner), of a try form or not; `partner` says who is behind
  // an option.
  virtual uint32_t ChoosePartner(uint32_t options, bool tries,
                                 absl::FunctionRef<const TaskRecord&(uint32_t)> partner) = 0;
  // The running step read or wrote `object` (a Shared<T>) at `place`. Not 0: the execution is told, and
  // the value is to be given to Tell, with this ticket.
  virtual uint64_t Access(const Object& object, OpKind kind, Place place) = 0;
  virtual void Tell(uint64_t ticket, std::string value) = 0;
  // The running step looked, in plain code, at what no object stands for: whether a scope is cancelled (kScope), or
  // something that any task may have changed (kNone).
  virtual void Looked(ObjectKind at, Place place) = 0;
  // The same at this scope, of whatever task.
  virtual void LookedAtScope(uint32_t scope, Place place) = 0;
  // The running task made a scope in the scope `around`: its number, from 1. 0 is the root's.
  virtual uint32_t NewScope(uint32_t around, bool shielded) = 0;
  // `task` is in that scope from now on.
  virtual void InScope(const TaskRecord& task, uint32_t scope) = 0;
  // The running step did `operation` at once, without a scheduling point. `place` is unset if it has none:
  // a guard's destructor.
  virtual void Immediate(const Operation& operation, Place place) = 0;
  // The running step notified `task`, which waits at a condition, or cancelled its wait.
  virtual void Notified(const TaskRecord& task) = 0;
  // The operation of the running step had no effect: it throws Cancelled. Search only.
  virtual void Threw() = 0;
  // The select of the running step took this branch, or a try form of one within it. Search only.
  virtual void Took(uint32_t branch, bool tried) = 0;
  // What stories call a task of this simulation. Cold.
  virtual std::string NameOf(const TaskRecord& task) const = 0;
  // The name of an object that the running task makes.
  virtual uint32_t NewObjectName() = 0;
  // A task was made. Gives `child`, so that this is the last thing done to make one.
  virtual TaskRecord* Spawned(const TaskRecord* parent, TaskRecord* child) = 0;
  // The running task comes to wait for the end of `task`, for which one task at a time may wait. Search only.
  virtual void ComesToJoin(const TaskRecord& task) = 0;
  // `task` is joined together with others, the first of which was the task with this id.
  virtual void Grouped(const TaskRecord& task, uint32_t group) = 0;
  // The running step waited for all tasks of that group.
  virtual void JoinedGroup(uint32_t group) = 0;
  // A check failed: the execution ends with the step. Does not throw.
  virtual void Misuse(const char* condition, const std::string& message, Place place, CheckOf whose) = 0;
  // Something the simulator cannot replay was asked for (a foreign thread, a future not ready).
  virtual void Unsupported(const std::string& what, Place place) = 0;
  // For a crash: writes the schedule so far. Async-signal-safe.
  virtual void WriteScheduleSoFar(int fd) const = 0;
  // Moves with every step: a watchdog sees by it whether a step ends.
  virtual uint64_t progress() const = 0;

 protected:
  ~Simulation() = default;
};

}  // namespace fate
