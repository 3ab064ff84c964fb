// Dependence: which operations do not commute, which only enable others, and what they order.
//
//   RuleOf(OpKind::kLock, ObjectKind::kMutex)                                  // kChange, takes
//   RelationOf(OpKind::kUnlock, Mode::kChange, OpKind::kLock, Mode::kChange)   // Relation::kEnables
//
// The one place that says so; partial-order reduction, the numbers of traces and race detection use it. Samplers make
// do with a smaller relation (sim/strategies/conflict.h). Dependence in the sense of Mazurkiewicz (1977) as in "Source
// sets" (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017); an attempt that cannot proceed is no event. Our deviations:
//
//   * Footprints are static: what an operation *may* do, whatever it found. A compare-and-exchange
//     is a write even if it fails, a try form changes its object even if it finds it taken. Recorded,
//     value-dependent footprints are wrong for an operation that is moved to another place, and a
//     search that believes them loses traces (12 of 13 in the smallest example).
//   * Accesses of Shared<T> inside a step, and operations done at once inside it, are not known before it
//     runs: a step is held to do all that it was ever seen to do (sim/race/reduced_search.h).
//   * A rendezvous is one event of two tasks. Coming to stand before one enables events, but all of them share its
//     task, so it conflicts with nothing; a try form there sees who stands, and conflicts with coming to stand and with
//     being cancelled there (kOffer; Footprints::OffersOf: only once a try form was seen).
//   * A step that cancels a task and may have opened what that waits for looks there as a try form does, before a
//     rendezvous too: whether the task goes on depends on whether it could have before. So two releases do not commute
//     if one is such a step.
//   * A select does what one of its branches does, and may do what any does: its footprint is that of all.
//   * A cancellation, and a timeout that strikes, conflict with everything as far as this table knows. Who knows what
//     they cancel says instead that they change the flag of that scope or task, at which each step looks that would
//     hear of it (sim/race/scope_chains.h). That is static; what it finds there is not: of a task that stands at a
//     condition or a barrier, or before a rendezvous, it takes away who is there, and that is told inside the step.
//   * The clock is a barrier: steps at different virtual times never race.
//
// Edges of happens-before are those of program order, of each pair on one object whose modes
// conflict, in the order of the trace, and: spawn -> first step, end -> join, set -> wait, notify ->
// wake, unlock -> lock, release -> acquire, send -> receive, receive -> send that was waiting for room.
// Tested by tests/race/dependence_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fate/runtime/object.h"
#include "fate/runtime/operation_kind.h"

namespace fate::sim {

// How an operation treats its object. Two operations on one object conflict (their order matters)
// unless both read or both add.
enum class Mode : uint8_t {
  kNone,        // touches nothing that others see
  kRead,        // looks: load, wait, a shared lock
  kAdd,         // changes in a way that commutes with itself: set, count down
  kChange,      // anything else
  kEverything,  // on no particular object, conflicts with all: TrySelect, what cancels nobody knows what
};

struct Rule {
  Mode mode;
  bool takes;  // it may have to wait for others: a lock, a receive, a join
  bool gives;  // it may be what others wait for: an unlock, a send
};

// Of `kind` on an object of kind `object`. Total: what is not listed changes its object.
inline Rule RuleOf(OpKind kind, ObjectKind object);

inline bool Conflict(Mode a, Mode b) {
  // Bit b of row a, which is a byte: the first, of kNone, is the lowest.
  constexpr uint64_t kRows = 0b11111'00011110'00011010'00011100'00010000;
  return (kRows >> (static_cast<int>(a) * 8 + static_cast<int>(b)) & 1) != 0;
}

// How `later` stands to `earlier`, both on one object.
enum class Relation : uint8_t {
  kCommutes,   // the order does not matter
  kEnables,    // `later` could not have happened before: ordered, but no race
  kMayEnable,  // ordered; a race if `later` could have happened before
  kRaces,      // the other order is another trace
};
Relation RelationOf(OpKind earlier, Mode earlier_mode, OpKind later, Mode later_mode);
// Sets of kinds are words: that of this one alone.
constexpr uint64_t Bit(OpKind kind) { return uint64_t{1} << static_cast<int>(kind); }
// Whether it may have to wait; whether it may be waited for: on whatever object.
inline bool Takes(OpKind kind);
inline bool Gives(OpKind kind) { return RuleOf(kind, ObjectKind::kCustom).gives; }

// ---------------------------------------------------------------------------------------------

namespace internal {
constexpr size_t kOpKinds = kOpKindCount;
constexpr size_t kObjectKinds = kObjectKindCount;
extern const std::array<std::array<Rule, kOpKinds>, kObjectKinds> kRules;
extern const uint64_t kTaking;  // a bit for each kind
static_assert(kOpKinds <= 64);
}  // namespace internal

inline Rule RuleOf(OpKind kind, ObjectKind object) {
  return internal::kRules[static_cast<size_t>(object)][static_cast<size_t>(kind)];
}

inline bool Takes(OpKind kind) { return (internal::kTaking & Bit(kind)) != 0; }

}  // namespace fate::sim
