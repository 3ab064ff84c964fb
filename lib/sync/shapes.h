// Shapes: the kinds of operations that primitives are made of: Action, Attempt.
//
// For authors of primitives. What a user awaits is named in the header of each primitive.
// Tested by tests/sync/shapes_test.cc.
#pragma once

#include <cstdint>

#include "fate/runtime/awaitable.h"

namespace fate::internal {

// An operation that never waits and never throws Cancelled: set, release, notify, close. Cleanup
// must be able to do it.
template <class Derived>
class Action : public Awaitable<Derived, Operation> {
 public:
  using Awaitable<Derived, Operation>::Awaitable;
  static constexpr bool kCancellable = false;
};

// Tells the simulator of a try form, which takes effect in the step that is running:
//   Attempt(OpKind::kTryAcquire, this, taken, open_before).Now();
class Attempt : public Action<Attempt> {
 public:
  Attempt(OpKind kind, const Object* object, uint32_t outcome, Openings open_before = {})
      : Action(kind, object), open_before_(open_before) {
    Found(outcome);
  }
  Openings OpenBefore() const override { return open_before_; }

 private:
  Openings open_before_;
};

}  // namespace fate::internal
