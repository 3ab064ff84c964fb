// Queue: a model: what is put in comes out again, what was enqueued first before the rest.
//
// Enqueue(value) returns nothing, Dequeue() the value, or nothing if it finds it empty. Its capacity is
// unlimited. Near-linear if no value is put in twice; else a state is as long as the queue.
// Tested by tests/check/models_test.cc.
#pragma once

#include <utility>

#include "fate/sim/check/put_and_take.h"

namespace fate::sim {

namespace internal {
struct QueueTraits {
  static constexpr bool kOldestFirst = true;
  static constexpr Shape kShape = Shape::kQueue;
  static constexpr const char* kPut = "enqueue";
  static constexpr const char* kTake = "dequeue";
};
}  // namespace internal

template <class T>
class Queue : public internal::PutAndTake<T, internal::QueueTraits> {
 public:
  using Input = typename internal::PutAndTake<T, internal::QueueTraits>::Input;

  static Input Enqueue(T value) { return {std::move(value)}; }
  static Input Dequeue() { return {}; }
};

}  // namespace fate::sim
