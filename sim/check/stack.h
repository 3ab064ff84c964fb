// Stack: a model: what is put in comes out again, what was pushed last before the rest.
//
// Push(value) returns nothing, Pop() the value, or nothing if it finds it empty. Its capacity is
// unlimited. Near-linear if no value is put in twice; else a state is as long as the stack.
// Tested by tests/check/models_test.cc.
#pragma once

#include <utility>

#include "fate/sim/check/put_and_take.h"

namespace fate::sim {

namespace internal {
struct StackTraits {
  static constexpr bool kOldestFirst = false;
  static constexpr Shape kShape = Shape::kStack;
  static constexpr const char* kPut = "push";
  static constexpr const char* kTake = "pop";
};
}  // namespace internal

template <class T>
class Stack : public internal::PutAndTake<T, internal::StackTraits> {
 public:
  using Input = typename internal::PutAndTake<T, internal::StackTraits>::Input;

  static Input Push(T value) { return {std::move(value)}; }
  static Input Pop() { return {}; }
};

}  // namespace fate::sim
