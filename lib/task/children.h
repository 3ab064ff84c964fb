// Children: the tasks of a WhenAll or WhenAny, which are made together and given back together.
//
// Of the work for a task most is the same for all of them, so Runtime makes, chains and frees them in one go
// (TaskRun). A combinator is a function that is no coroutine: it takes the coroutines out of the Tasks it was
// given (GiveUp), so that the frame of the coroutine behind it holds one array of addresses.
// Tested by tests/task/when_all_test.cc and tests/task/when_any_test.cc.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "fate/task/combinator.h"
#include "fate/task/failure.h"
#include "fate/task/task.h"

namespace fate::internal {

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

// Coroutines that become tasks together; those that never do are destroyed with it. Frames is a std::array or
// a std::vector.
template <class Frames>
class Unspawned {
 public:
  Unspawned() = default;
  Unspawned(Unspawned&& other) noexcept : frames_(std::move(other.frames_)), size_(std::exchange(other.size_, 0)) {}
  ~Unspawned() {
    for (size_t i = 0; i < size_; ++i) std::coroutine_handle<>::from_address(frames_[i]).destroy();
  }
  // REQUIRES: there is room.
  template <class T>
  void Add(Task<T>& task) {
    frames_[size_] = task.Release().address();
    ++size_;
  }
  // Makes room, in a vector.
  void Resize(size_t size) { frames_.resize(size); }
  // They are tasks from now on.
  absl::Span<void* const> Release() { return absl::MakeConstSpan(frames_.data(), std::exchange(size_, 0)); }

 private:
  Frames frames_;  // addresses of handles, which an array would have to set to null
  size_t size_ = 0;
};
template <size_t kSize>
using UnspawnedArray = Unspawned<std::array<void*, kSize>>;
using UnspawnedVector = Unspawned<std::vector<void*>>;

template <class... T>
UnspawnedArray<sizeof...(T)> GiveUp(Task<T>&... tasks) {
  UnspawnedArray<sizeof...(T)> unspawned;
  (unspawned.Add(tasks), ...);
  return unspawned;
}
template <class T>
UnspawnedVector GiveUp(std::vector<Task<T>>& tasks) {
  UnspawnedVector unspawned;
  unspawned.Resize(tasks.size());
  for (Task<T>& task : tasks) unspawned.Add(task);
  return unspawned;
}

// A fixed number of tasks, whose results stay until all have ended.
class Children final : public Siblings {
 public:
  // When the rest is cancelled.
  enum class Until : bool {
    kOneFails,  // WhenAll: at the first that ends without a value
    kOneWins,   // WhenAny: at the first that ends with a value or an exception
  };
  explicit Children(Until until) : Siblings(context.task->scope), until_(until) {}
  ~Children();

  // Once.
  void Spawn(absl::Span<void* const> roots, Place place) {
    size_ = roots.size();
    if (size_ > 0) run_ = NewSiblings(roots, place);
  }
  size_t size() const { return size_; }
  // The first spawned; each is the `next` of the one before.
  TaskRecord* first() const { return run_.first; }
  // That which decided, null if none did: see Until. The earliest, but an exception before a
  // Cancelled.
  TaskRecord* decisive() const { return decisive_; }
  // WhenAll: throws for the decisive one, if there is one, and hands on the exceptions of the others.
  void RethrowFirst(Place place) {
    if (decisive_ != nullptr) [[unlikely]]
      Rethrow(place);
  }
  // The exceptions of all but the decisive one, in order of spawning.
  std::vector<TaskFailure> OtherFailures() const;

 private:
  void TaskEnded(TaskRecord& task) override;
  void Rethrow(Place place);
  // Of one that ended in a way that may decide.
  void Decide(TaskRecord& task);
  void ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) override;

  TaskRun run_;      // empty before they are spawned
  size_t size_ = 0;  // of run_
  TaskRecord* decisive_ = nullptr;
  Until until_;
};

// The one operation that spawns all.
template <class Frames>
class SpawnAll : public Inner<SpawnAll<Frames>, Operation> {
 public:
  SpawnAll(Children& children, Unspawned<Frames>& tasks, Place place)
      : Inner<SpawnAll, Operation>(OpKind::kSpawn, nullptr), children_(children), tasks_(tasks), place_(place) {}
  void Perform() override { children_.Spawn(tasks_.Release(), place_); }

 private:
  Children& children_;
  Unspawned<Frames>& tasks_;
  Place place_;
};

}  // namespace fate::internal
