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

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "fate/task/combinator.h"
#include "fate/task/failure.h"
#include "fate/task/task.h"

namespace fate {

namespace internal {

// What the ended task `record` of type Task<T> gave. Throws what it threw.
template <class T>
Slot<T> TakeSlot(TaskRecord& record) {
  auto& promise = Task<T>::Handle::from_address(record.root.address()).promise();
  if constexpr (std::is_void_v<T>) {
    promise.Take();
    return std::monostate();
  } else {
    return promise.Take();
  }
}

// A fixed number of tasks, whose results stay until all have ended.
class Children final : public Siblings {
 public:
  // When the rest is cancelled.
  enum class Until : bool {
    kOneFails,  // WhenAll: at the first that ends without a value
    kOneWins,   // WhenAny: at the first that ends with a value or an exception
  };
  // `records` has a place for each, and outlives this.
  Children(Until until, absl::Span<TaskRecord*> records)
      : Siblings(context.task->scope), records_(records), until_(until) {}
  ~Children();

  template <class T>
  void Spawn(Task<T>& task, Place place) {
    records_[spawned_] = NewSibling(task, place, SpawnOptions());
    ++spawned_;
  }
  TaskRecord& record(size_t index) { return *records_[index]; }
  // That which decided, null if none did: see Until. The earliest, but an exception before a
  // Cancelled.
  TaskRecord* decisive() const { return decisive_; }
  // WhenAll: throws for the decisive one, and hands on the exceptions of the others.
  void RethrowFirst(Place place);
  // The exceptions of all but the decisive one, in order of spawning.
  std::vector<TaskFailure> OtherFailures() const;

 private:
  void TaskEnded(TaskRecord& task) override;
  void Decide(TaskRecord& task);
  void ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) override;

  absl::Span<TaskRecord*> records_;  // in order of spawning; the first spawned_ of them
  size_t spawned_ = 0;
  TaskRecord* decisive_ = nullptr;
  Until until_;
};

// What WhenAll gives for several tasks: nothing, if none of them gives anything.
template <class... T>
using AllOf = std::conditional_t<(std::is_void_v<T> && ...), void, std::tuple<Slot<T>...>>;

template <class... T, size_t... I>
std::tuple<Slot<T>...> TakeAll(Children& children, std::index_sequence<I...>) {
  return {TakeSlot<T>(children.record(I))...};
}

// The one operation that spawns all: `spawn()` does it.
template <class Callable>
class SpawnAll : public CombinatorOperation<SpawnAll<Callable>, Operation> {
 public:
  explicit SpawnAll(Callable& spawn)
      : CombinatorOperation<SpawnAll, Operation>(OpKind::kSpawn, nullptr), spawn_(spawn) {}
  void Perform() override { spawn_(); }

 private:
  Callable& spawn_;
};

}  // namespace internal

template <class... T>
Task<internal::AllOf<T...>> WhenAll(Task<T>... tasks) {
  static_assert(sizeof...(T) > 0,
                "your program waits for all of no tasks: if there may be none, use a vector");
  Place place = co_await internal::CallerPlace();
  std::array<TaskRecord*, sizeof...(T)> records;
  internal::Children children(internal::Children::Until::kOneFails, absl::MakeSpan(records));
  auto spawn = [&] { (children.Spawn(tasks, place), ...); };
  internal::SpawnAll spawning(spawn);
  co_await spawning;
  internal::JoinSiblings joining(children);
  co_await joining;
  children.RethrowFirst(place);
  if constexpr (!std::is_void_v<internal::AllOf<T...>>) {
    co_return internal::TakeAll<T...>(children, std::index_sequence_for<T...>());
  }
}

template <class T>
Task<std::conditional_t<std::is_void_v<T>, void, std::vector<internal::Slot<T>>>> WhenAll(
    std::vector<Task<T>> tasks) {
  Place place = co_await internal::CallerPlace();
  std::vector<TaskRecord*> records(tasks.size());
  internal::Children children(internal::Children::Until::kOneFails, absl::MakeSpan(records));
  auto spawn = [&] {
    for (Task<T>& task : tasks) children.Spawn(task, place);
  };
  internal::SpawnAll spawning(spawn);
  co_await spawning;
  internal::JoinSiblings joining(children);
  co_await joining;
  children.RethrowFirst(place);
  if constexpr (!std::is_void_v<T>) {
    std::vector<internal::Slot<T>> results;
    results.reserve(records.size());
    for (TaskRecord* record : records) results.push_back(internal::TakeSlot<T>(*record));
    co_return results;
  }
}

}  // namespace fate
