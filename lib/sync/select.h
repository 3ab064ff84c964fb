// Select: waits for several operations at once, and lets exactly one of them take effect.
//
//   Usage:
//     auto first = co_await Select(orders.Receive(), stopped.Wait(), After(absl::Seconds(5)));
//     switch (first.index()) {
//       case 0:
//         if (std::optional<int> order = first.get<0>()) Serve(*order);
//         break;
//       case 1:
//         co_return;
//     }
//     if (auto taken = TrySelect(orders.Receive())) Serve(taken->get<0>().value());
//
// Example: tests/examples/select_example_test.cc
//
// The branches are operations of channels, events, timers; in fact any that waits, but for Yield
// and another Select. Make them inside the parentheses: they live until the await has ended.
// index() is the branch that took effect, get<I>() what its co_await would have given
// (std::monostate for nothing). The others had no effect: nothing was sent, received or locked.
//
//   Order          of several branches that can proceed the first listed is taken; in the search
//                  that is a choice. Waiting branches take their place in each queue.
//   Scheduling     one scheduling point, whatever the number of branches; TrySelect is none.
//   Cancellation   throws Cancelled, and no branch took effect. A branch granted before the
//                  cancellation took effect, and is returned.
//   Destruction    as for the objects of the branches: when no task waits for them.
//
// TrySelect never waits: it gives a std::optional of the same, empty if no branch could proceed.
// O(branches). At most 32 branches.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "fate/runtime/check.h"

namespace fate {

// The branch of a Select that took effect, and what it gave.
template <class... Values>
class SelectResult {
 public:
  template <size_t I, class... Args>
  explicit SelectResult(std::in_place_index_t<I> index, Args&&... args) : value_(index, std::forward<Args>(args)...) {}

  // From 0, in the order of the branches.
  size_t index() const { return value_.index(); }
  // REQUIRES: index() == I.
  template <size_t I>
  auto& get() {
    FATE_CHECK(index() == I, "your program asked a Select for a branch that did not take effect");
    return *std::get_if<I>(&value_);
  }
  template <size_t I>
  const auto& get() const {
    return const_cast<SelectResult*>(this)->template get<I>();
  }

 private:
  std::variant<Values...> value_;
};

template <class... Branches>
class SelectOperation;

// co_await gives a SelectResult.
template <class... Branches>
SelectOperation<Branches...> Select(Branches&&... branches) {
  return SelectOperation<Branches...>(branches...);
}

// The same at once, or nothing if no branch can proceed.
template <class... Branches>
std::optional<typename SelectOperation<Branches...>::Selected> TrySelect(Branches&&... branches) {
  return SelectOperation<Branches...>(branches...).Try();
}

}  // namespace fate

#include "fate/sync/select_operation.h"  // IWYU pragma: export
