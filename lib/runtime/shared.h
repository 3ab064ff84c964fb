// Shared<T>: a plain variable that the simulator watches.
//
// No access is torn and none is a scheduling point: on one loop, code between two awaits runs alone.
// What can go wrong is the order: read, await, write what was read. Wrap what several tasks use, and
// the simulator sees who read and wrote it in which step.
//
//   Usage:
//     Shared<int> balance(100);
//     int seen = balance.Read();      // or: int seen = balance;
//     balance.Write(seen - 30);       // or: balance = seen - 30;
//
// Example: tests/examples/shared_example_test.cc
//
// In production it costs one null check of a thread-local an access. It synchronises nothing.
#pragma once

#include <utility>

#include "fate/runtime/context.h"
#include "fate/runtime/object.h"
#include "fate/runtime/simulation.h"

namespace fate {

template <class T>
class Shared final : public Object {
 public:
  explicit Shared(T value = T(), Place place = Place::current())
      : Object(ObjectKind::kCell, place), value_(std::move(value)) {}

  const T& Read(Place place = Place::current()) const {
    Tell(OpKind::kRead, place);
    return value_;
  }
  void Write(T value, Place place = Place::current()) {
    Tell(OpKind::kWrite, place);
    value_ = std::move(value);
  }
  // Read and write in one: `change(T&)`, e.g. to append to a container.
  template <class Change>
  decltype(auto) Update(Change&& change, Place place = Place::current()) {
    Tell(OpKind::kRead, place);
    Tell(OpKind::kWrite, place);
    return std::forward<Change>(change)(value_);
  }

  operator T() const { return Read(); }
  Shared& operator=(T value) {
    Write(std::move(value));
    return *this;
  }

  // The value, unseen by the simulator: for set-up and for checks at the end.
  const T& Peek() const { return value_; }

 private:
  void Tell(OpKind kind, Place place) const {
    if (context.simulation != nullptr) [[unlikely]] context.simulation->Access(*this, kind, place);
  }
  T value_;
};

}  // namespace fate
