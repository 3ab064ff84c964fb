// Trace: what happened in an execution, step by step, in numbers.
//
// Twenty-four bytes a step, written while exploring; words are made of it only after a failure. The
// hash of a trace is the same on every compiler and build: it holds task paths, operations, object
// ordinals, outcomes and virtual times, and no address, function name or column.
// Tested by tests/core/trace_test.cc.
#pragma once

#include <cstdint>

#include "fate/base/place.h"
#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"
#include "fate/runtime/sole_waiter.h"
#include "fate/runtime/task_record.h"
#include "fate/sim/core/log.h"
#include "fate/sim/core/telling.h"

namespace fate::sim {

struct Step {
  static constexpr uint32_t kTimerTask = 0xffffffff;  // the task of a timer that strikes

  Place place;    // of the co_await; unset for the first step of a task
  uint32_t task;  // id, in order of creation
  OpKind kind;
  bool joined : 1 = false;  // part of the step before: the partner of a rendezvous
  bool threw : 1 = false;   // the operation had no effect: its task was cancelled
  uint8_t branch : 5 = 0;   // that a select took
  bool met : 1 = false;     // the operation was a rendezvous, with the step after it
  uint8_t object_kind = 0;  // ObjectKind
  Openings open{};          // of the object, before it; only if footprints were asked for
  uint32_t object = 0;      // number in order of first touch; 0: none; of a join: the task, if it is one
  uint32_t outcome = 0;     // what the operation found
};

// An access or immediate operation inside a step, besides its operation.
struct Access {
  uint64_t step;    // index into the steps
  uint32_t object;  // as in Step
  OpKind kind;
  uint8_t object_kind;
  Place place;
  bool may = false;  // nothing it did: a branch of its Select, or of who stands before a rendezvous
  Openings open{};   // of the object, before it

  // Of an access besides the operations of its step: a task comes to stand before a rendezvous, or goes (kOffer), or is
  // cancelled where it stands, by a step that looks, as a try form does, whether it could have gone on before.
  static bool IsOfStanding(OpKind kind) { return kind == OpKind::kOffer || kind == OpKind::kTryReceive; }
  bool is_branch() const { return may && !IsOfStanding(kind); }
};

// A number that a step drew and that is explored.
struct Draw {
  uint64_t step;    // index into the steps
  uint32_t option;  // the number
};

// A branch that a try form of a select took.
struct Tried {
  uint64_t step;
  uint32_t branch;
};

struct ClockMove {
  uint64_t step;  // the first step at the new time
  int64_t now_ns;
};

// Who made whom; what names of tasks are derived from.
struct Birth {
  uint32_t parent;   // id; kTimerTask: a root
  uint32_t ordinal;  // among the parent's children, from 1; of a root: its id
  uint64_t path_hash;
  Place place;           // of the spawn
  const char* name;      // may be null
  uint64_t step;         // in which it was made; kBeforeSteps: a root
  uint32_t objects = 0;  // it has made so far
  Lifetime lifetime = Lifetime::kScoped;
  uint32_t group = kNoGroup;  // of tasks that are joined together: the id of the first; kNoGroup: it has a handle
  uint32_t scope = 0;         // that it was spawned into: its number; 0: the root's
  uint32_t scopes = 0;        // it has made so far
  fate::internal::SoleWaiter joiner{};  // who waits for its end

  static constexpr uint64_t kBeforeSteps = 0xffffffffffffffff;
  static constexpr uint32_t kNoGroup = 0xffffffff;
};

// The end of a task.
struct End {
  uint64_t step;  // in which it ended
  uint32_t task;  // id
};

// A task that waited at a condition was notified, or its wait cancelled.
struct Notified {
  uint64_t step;  // that did it
  uint32_t task;  // id
};

// All tasks of a group had ended, and were joined.
struct GroupJoin {
  uint64_t step;
  uint32_t group;
};

// A timer that was due, and could have struck instead of the step that disarmed it.
struct Disarmed {
  uint64_t step;
  uint64_t timer;  // what tells it from the others due at its instant
  uint32_t scope;  // that it would have cancelled; 0: nobody knows
};

// A CancelScope; its number is its place among them, from 1.
struct Scope {
  uint32_t around;  // the scope it is in; 0: the root's
  uint32_t maker;   // id of the task that made it
  bool shielded;
  uint64_t name;  // the same in every execution
};

// A task came to be in a scope, or looked at it.
struct ScopeVisit {
  uint64_t step;
  uint32_t task;   // id
  uint32_t scope;  // its number
  bool stays;      // the task is in it from then on
};

// A step cancelled a scope or a task, by its operation, inside it, or as a timer that struck.
struct Cancellation {
  uint64_t step;
  uint32_t scope;  // its number; 0: nobody knows, or a task
  uint32_t task;   // id; kTimerTask: none
};

// The first operation of a task, before which its start came to stand.
struct Arrival {
  uint64_t step;    // the start
  uint32_t object;  // as in Step; 0: none, or a task
  uint8_t object_kind;
  OpKind kind;
};

// An operation before which a task still stood when the execution ended.
struct Pending {
  Place place;  // of the co_await
  uint32_t task;
  uint32_t object;  // as in Step; for a join, the task
  OpKind kind;
  bool enabled;
  uint8_t object_kind;
  Openings open{};  // of the object
};

struct Trace {
  Log<Step> steps;
  Log<ClockMove> clock_moves;
  Log<Draw> draws;  // in order
  Log<Tried> tried;
  Log<End> ends;  // only if footprints were asked for
  Log<GroupJoin> group_joins;
  Log<Notified> notified;  // by step; only if footprints were asked for
  Log<Disarmed> disarmed;
  Log<Arrival> arrivals;            // by step; only if footprints were asked for
  Log<Birth> births;                // by task id
  Log<Scope> scopes;                // by number, from 1; this and the next two only if footprints were asked for
  Log<ScopeVisit> scope_visits;     // by step
  Log<Cancellation> cancellations;  // by step
  Log<Access> accesses;             // by step; only if footprints were asked for
  Log<Pending> pending;             // in order of creation; only if footprints were asked for
  Log<Access> branches;             // of the Selects in pending, where `step` is an index into; likewise
  Log<uint32_t> object_names;       // by number, from 1; see Object::name
  Telling telling;                  // only if it was asked for

  void Clear();
  // A name of a task that holds in other executions too: its path of births; of a timer, made of what tells
  // it from the others due at its instant (Step::outcome of its step).
  uint64_t PathOf(uint32_t task, uint64_t timer) const;
  // Whether a task ended in step `index`. O(log ends).
  bool EndsATask(uint64_t index) const;
  // Whether a task was born in step `index`. O(tasks born since).
  bool BearsATask(uint64_t index) const;
  // Of a step that joined a group; null: it did not. O(log joins).
  const GroupJoin* JoinIn(uint64_t index) const;
  // Of a first step that came to stand; null: it did not. O(log arrivals).
  const Arrival* ArrivalIn(uint64_t index) const;
  // The virtual time of step `index`, in nanoseconds. O(log moves).
  int64_t TimeOf(uint64_t index) const;
  // O(steps).
  uint64_t Hash() const;
};

}  // namespace fate::sim
