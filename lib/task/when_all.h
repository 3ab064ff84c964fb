// WhenAll: runs several tasks concurrently, and gives the results of all.
//
//   Usage:
//     auto [oak, car] = co_await WhenAll(FetchTree(), FetchCar());
//     std::vector<Task<int>> squares;
//     for (int i = 0; i < 3; ++i) squares.push_back(Square(i));
//     std::vector<int> results = co_await WhenAll(std::move(squares));
//
// Example: tests/examples/when_all_example_test.cc
//
// Each argument becomes a task of its own. Of several tasks: a std::tuple, with std::monostate for
// a Task<>; of a vector: a vector in the same order. If all are Task<>: nothing. References come as
// std::reference_wrapper.
//
// The first to end without a value (an exception, Cancelled) cancels the rest; when all have ended
// it is rethrown, an exception rather than a Cancelled. Exceptions after the first are printed in
// production; WithTaskGroup keeps them.
//
//   Order          the tasks start in the order of the arguments (production loop).
//   Scheduling     two points: spawning all, joining all.
//   Cancellation   throws before it has spawned; later it is passed on to the tasks and waited out:
//                  then the results are returned if all came all the same, else it is thrown.
//   Destruction    a WhenAll that was never awaited destroys its tasks, which never ran.
//
// One frame besides those of the tasks, and one record each. O(tasks).
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "fate/task/children.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"

namespace fate {

namespace internal {

// What WhenAll gives for several tasks: nothing, if none of them gives anything.
template <class... T>
using AllOf = std::conditional_t<(std::is_void_v<T> && ...), void, std::tuple<Slot<T>...>>;
// The same for a vector of tasks.
template <class T>
using AllOfVector = std::conditional_t<std::is_void_v<T>, void, std::vector<Slot<T>>>;

// WhenAll of what it was given. `take(children)` makes the result of type Result.
template <class Result, class Frames, class Take>
Task<Result> RunAll(Unspawned<Frames> tasks, Take take) {
  Place place = co_await CallerPlace();
  Children children(Children::Until::kOneFails);
  SpawnAll spawning(children, tasks, place);
  co_await spawning;
  JoinSiblings joining(children);
  co_await joining;
  children.RethrowFirst(place);
  if constexpr (!std::is_void_v<Result>) co_return take(children);
}

}  // namespace internal

template <class... T>
Task<internal::AllOf<T...>> WhenAll(Task<T>... tasks) {
  static_assert(sizeof...(T) > 0, "your program waits for all of no tasks: if there may be none, use a vector");
  auto take = [](const internal::Children& children) {
    TaskRecord* task = children.first();
    // In a braced list, one is taken after the other.
    return std::tuple<internal::Slot<T>...>{internal::TakeSlot<T>(*std::exchange(task, task->next))...};
  };
  return internal::RunAll<internal::AllOf<T...>>(internal::GiveUp(tasks...), take);
}

template <class T>
Task<internal::AllOfVector<T>> WhenAll(std::vector<Task<T>> tasks) {
  auto take = [](const internal::Children& children) {
    std::vector<internal::Slot<T>> results;
    results.reserve(children.size());
    TaskRecord* task = children.first();
    while (results.size() < children.size()) {
      results.push_back(internal::TakeSlot<T>(*std::exchange(task, task->next)));
    }
    return results;
  };
  return internal::RunAll<internal::AllOfVector<T>>(internal::GiveUp(tasks), take);
}

}  // namespace fate
