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

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "fate/runtime/context.h"
#include "fate/runtime/object.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/value_text.h"

namespace fate {

template <class T>
class Shared final : public Object {
  static_assert(std::is_object_v<T>, "your program shares a reference: a Shared<T> holds the value it watches");

 public:
  explicit Shared(T value = T(), Place place = Place::current())
      : Object(ObjectKind::kCell, place), value_(std::move(value)) {}

  const T& Read(Place place = Place::current()) const {
    Watch(OpKind::kRead, place, &value_);
    return value_;
  }
  void Write(T value, Place place = Place::current()) {
    Watch(OpKind::kWrite, place, &value);
    value_ = std::move(value);
  }
  // Read and write in one: `change(T&)`, e.g. to append to a container.
  template <class Change>
  decltype(auto) Update(Change&& change, Place place = Place::current()) {
    Watch(OpKind::kRead, place, &value_);
    const uint64_t ticket = Watch(OpKind::kWrite, place, nullptr);
    if (ticket == 0) [[likely]]
      return std::forward<Change>(change)(value_);
    const TellAfter after{*this, ticket};
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
  // A simulator's ticket for a value that is to be told later; 0: none is, or `value` is.
  uint64_t Watch(OpKind kind, Place place, const T* value) const {
    if (context.simulation == nullptr) [[likely]]
      return 0;
    const uint64_t ticket = context.simulation->Access(*this, kind, place);
    if (ticket == 0 || value == nullptr) [[likely]]
      return ticket;
    const std::string text = ValueText(*value);
    context.simulation->Tell(ticket, kind == OpKind::kRead ? ReadText(text) : WrittenText(text));
    return 0;
  }
  // The value that a change leaves, however it ends.
  struct TellAfter {
    const Shared& shared;
    uint64_t ticket;
    ~TellAfter() { context.simulation->Tell(ticket, WrittenText(ValueText(shared.value_))); }
  };
  T value_;
};

}  // namespace fate
