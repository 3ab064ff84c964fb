// WhenAny: runs several tasks concurrently until the first has ended; the rest is cancelled.
//
//   Usage:
//     auto first = co_await WhenAny(AskNear(), AskFar());
//     if (first.index() == 0) answer = *first.get<0>();
//     if (first.get<1>()) Return(*first.get<1>());     // a loser that had finished all the same
//     for (const TaskFailure& failure : first.failures()) Log(failure.ToString());
//
// Example: tests/examples/when_any_example_test.cc
//
// The winner is the first to end with a value or an exception; its exception is rethrown. The
// losers are cancelled and waited for: none is left behind. The value of a loser that finished all
// the same is handed over, in its place; its exception is in failures(). A task that ends by
// Cancelled does not win; if all do, Cancelled is thrown.
//
// Of a vector of tasks: the same with value(i), for tasks of one type.
//
//   Order          the tasks start in the order of the arguments (production loop).
//   Scheduling     two points: spawning all, joining all.
//   Cancellation   throws before it has spawned; later it is passed on to the tasks and waited out:
//                  then a winner is returned if there is one all the same, else it is thrown.
//   Destruction    a WhenAny that was never awaited destroys its tasks, which never ran.
//
// For operations instead of tasks there is Select (fate/sync/select.h), whose losers have no
// effect. One frame besides those of the tasks, and one record each. O(tasks).
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "fate/task/children.h"
#include "fate/task/combinator.h"
#include "fate/task/failure.h"
#include "fate/task/task.h"

namespace fate {

// What several tasks gave.
template <class... T>
class WhenAnyResult {
 public:
  // For WhenAny.
  WhenAnyResult(size_t index, std::vector<TaskFailure> failures, std::tuple<std::optional<internal::Slot<T>>...> values)
      : index_(index), failures_(std::move(failures)), values_(std::move(values)) {}

  // The winner, from 0.
  size_t index() const { return index_; }
  // The value of the task I; empty if it was cancelled or failed.
  template <size_t I>
  auto& get() {
    return std::get<I>(values_);
  }
  // The exceptions of losers, in order of their spawning.
  const std::vector<TaskFailure>& failures() const { return failures_; }

 private:
  size_t index_;
  std::vector<TaskFailure> failures_;
  std::tuple<std::optional<internal::Slot<T>>...> values_;
};

// What a vector of tasks gave.
template <class T>
class WhenAnyOfResult {
 public:
  // For WhenAny.
  WhenAnyOfResult(size_t index, std::vector<TaskFailure> failures, std::vector<std::optional<internal::Slot<T>>> values)
      : index_(index), failures_(std::move(failures)), values_(std::move(values)) {}

  size_t index() const { return index_; }
  std::optional<internal::Slot<T>>& value(size_t index) { return values_[index]; }
  size_t size() const { return values_.size(); }
  const std::vector<TaskFailure>& failures() const { return failures_; }

 private:
  size_t index_;
  std::vector<TaskFailure> failures_;
  std::vector<std::optional<internal::Slot<T>>> values_;
};

namespace internal {

// The index of the winner; throws what it threw, or Cancelled if there is none.
size_t WinnerOf(Children& children, Place place);

template <class T>
std::optional<Slot<T>> TakeIfAny(TaskRecord& record) {
  if (static_cast<PromiseBase*>(record.frame())->exception() != nullptr) return std::nullopt;
  return TakeSlot<T>(record);
}

// WhenAny of what it was given. `take(children)` makes the last argument of the Result.
template <class Result, class Frames, class Take>
Task<Result> RunAny(Unspawned<Frames> tasks, Take take) {
  Place place = co_await CallerPlace();
  Children children(Children::Until::kOneWins);
  SpawnAll spawning(children, tasks, place);
  co_await spawning;
  JoinSiblings joining(children);
  co_await joining;
  size_t winner = WinnerOf(children, place);
  co_return Result(winner, children.OtherFailures(), take(children));
}

}  // namespace internal

template <class... T>
Task<WhenAnyResult<T...>> WhenAny(Task<T>... tasks) {
  static_assert(sizeof...(T) > 0, "your program waits for any of no tasks at all");
  auto take = [](const internal::Children& children) {
    TaskRecord* task = children.first();
    return std::tuple<std::optional<internal::Slot<T>>...>{internal::TakeIfAny<T>(*std::exchange(task, task->next))...};
  };
  return internal::RunAny<WhenAnyResult<T...>>(internal::GiveUp(tasks...), take);
}

// REQUIRES: not empty.
template <class T>
Task<WhenAnyOfResult<T>> WhenAny(std::vector<Task<T>> tasks) {
  FATE_CHECK(!tasks.empty(), "your program waits for any of no tasks at all");
  auto take = [](const internal::Children& children) {
    std::vector<std::optional<internal::Slot<T>>> values;
    values.reserve(children.size());
    TaskRecord* task = children.first();
    while (values.size() < children.size()) {
      values.push_back(internal::TakeIfAny<T>(*std::exchange(task, task->next)));
    }
    return values;
  };
  return internal::RunAny<WhenAnyOfResult<T>>(internal::GiveUp(tasks), take);
}

}  // namespace fate
