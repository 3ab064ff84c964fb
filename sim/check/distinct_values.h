// The fast algorithms: histories of registers, queues, stacks and sets in which no value is put in twice.
//
// In general it takes exponential time to decide whether a history is linearizable (Gibbons and Korach, "Testing
// shared memories", SIAM J. Comput. 1997). If every write, enqueue, push or add has a value of its own, what was
// taken says by whom it was put, and these take near-linear time; n operations, c pushes open at once:
//
//   register   O(n log n)     zones (Gibbons and Korach, section 4; distinct_register.cc)
//   queue      O(n log n)     four forbidden patterns (Henzinger, Sezgin, Vafeiadis, "Aspect-oriented
//                             linearizability proofs", CONCUR 2013; distinct_queue.cc)
//   stack      O(n c log n)   peeling off the outermost value (in the manner of Lee and Mathur, "Efficient
//                             decrease-and-conquer linearizability monitoring", OOPSLA 2025; distinct_stack.cc)
//   set        O(n)           per element (distinct_set.cc)
//
// Each says kDoesNotApply where its conditions do not hold; then the search of order_search.h decides. Pending
// operations are allowed; a pending take, whose value nobody knows, may make them not apply.
// Tested by tests/check/distinct_values_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fate/sim/check/span.h"

namespace fate::sim {

enum class Shape : uint8_t { kNone, kRegister, kQueue, kStack, kSet };

// What an operation was, to an algorithm.
enum class RoleKind : uint8_t {
  kOther,        // something else: the algorithm does not apply
  kNothing,      // without an effect or a result that matters: a pending read
  kPut,          // a write, an enqueue, a push, of `value`
  kTake,         // a read, a dequeue, a pop, that returned `value`
  kTakeNothing,  // a dequeue or a pop that found it empty
  kTakeUnknown,  // a pending dequeue or pop
  kAdded,        // of a set's element: it was added,
  kRemoved,      //   removed,
  kPresent,      //   found there (contains, or add that returned false),
  kAbsent,       //   found not there;
  kMayAdd,       //   a pending add,
  kMayRemove,    //   a pending remove
};

// As models tell it. No value: what a register holds at first.
template <class Value>
struct Role {
  RoleKind kind = RoleKind::kOther;
  std::optional<Value> value = std::nullopt;
};

// The same with values numbered; 0 is the register's first.
struct NumberedRole {
  RoleKind kind;
  uint32_t value;
  Span span;
};

struct DistinctOutcome {
  enum class Kind : uint8_t { kOk, kIllegal, kDoesNotApply };
  Kind kind = Kind::kOk;
  // If illegal: which rule is broken, in words, and the operations that break it.
  std::string rule = {};
  std::vector<uint32_t> operations = {};

  static DistinctOutcome DoesNotApply() { return {Kind::kDoesNotApply}; }
  static DistinctOutcome Illegal(std::string rule, std::vector<uint32_t> operations) {
    return {Kind::kIllegal, std::move(rule), std::move(operations)};
  }
};

DistinctOutcome CheckDistinctRegister(const std::vector<NumberedRole>& roles);
DistinctOutcome CheckDistinctQueue(const std::vector<NumberedRole>& roles);
DistinctOutcome CheckDistinctStack(const std::vector<NumberedRole>& roles);
// Of the operations on one element, which is not there at first.
DistinctOutcome CheckDistinctSet(const std::vector<NumberedRole>& roles);

inline DistinctOutcome CheckDistinct(Shape shape, const std::vector<NumberedRole>& roles) {
  switch (shape) {
    case Shape::kRegister:
      return CheckDistinctRegister(roles);
    case Shape::kQueue:
      return CheckDistinctQueue(roles);
    case Shape::kStack:
      return CheckDistinctStack(roles);
    case Shape::kSet:
      return CheckDistinctSet(roles);
    case Shape::kNone:
      break;
  }
  return DistinctOutcome::DoesNotApply();
}

namespace internal {

// The number of none.
inline constexpr uint32_t kNoOperation = UINT32_MAX;

// What was put and taken in a queue or a stack, joined by value.
struct PutAndTaken {
  struct Item {
    uint32_t put = kNone;    // numbers of operations
    uint32_t taken = kNone;  // kNone: by nobody we know
    uint32_t put_invoked = 0;
    uint32_t put_responded = 0;
    uint32_t taken_invoked = Span::kNever;
    uint32_t taken_responded = Span::kNever;
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  std::vector<Item> items;              // that were put and matter, in order of value
  std::vector<uint32_t> found_nothing;  // operations
  bool takes_unknown = false;           // there are pending takes
};

// Joins them. Not kOk: some value was put twice, or taken twice, or taken and not put before.
DistinctOutcome Join(const std::vector<NumberedRole>& roles, PutAndTaken& joined);

// A take that found nothing though at every moment of it something was there for certain: the rule is the
// same for queues and stacks. O(n log n).
DistinctOutcome CheckFoundNothing(const std::vector<NumberedRole>& roles, const PutAndTaken& joined);

// Runs `check` on what was taken; then on all. If only the latter is illegal, a pending take may explain it.
template <class Check>
DistinctOutcome CheckWithPendingTakes(PutAndTaken& joined, const Check& check) {
  if (joined.takes_unknown) {
    PutAndTaken taken = joined;
    std::erase_if(taken.items, [](const PutAndTaken::Item& item) { return item.taken == PutAndTaken::kNone; });
    DistinctOutcome outcome = check(taken);
    if (outcome.kind != DistinctOutcome::Kind::kOk || taken.items.size() == joined.items.size()) return outcome;
  }
  DistinctOutcome outcome = check(joined);
  if (outcome.kind == DistinctOutcome::Kind::kIllegal && joined.takes_unknown) {
    return DistinctOutcome::DoesNotApply();
  }
  return outcome;
}

}  // namespace internal

}  // namespace fate::sim
