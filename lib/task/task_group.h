// TaskGroup: tasks that end before the block that spawned them does.
//
//   Usage:
//     auto body = [&](TaskGroup& group) -> Task<> {
//       for (int port : ports) co_await group.Spawn(Serve(port));
//       co_await stopped.Wait();
//       co_await group.Cancel();              // the servers end
//     };
//     co_await WithTaskGroup(body);           // returns when all of them have ended
//
// Example: tests/examples/task_group_example_test.cc
//
// WithTaskGroup joins on every exit: nothing that was spawned into the group outlives it. Children
// may spawn siblings. The first failure (an exception of a child or of the body) cancels the rest,
// body included, and is rethrown when all have ended. Later ones are kept: hand WithTaskGroup a
// std::vector<TaskFailure>* to have them, else production prints them. Cancelled is no failure: a
// group that Cancel cut short returns normally.
//
//   Order          children start in the order of their spawning (production loop).
//   Scheduling     Spawn, Cancel and the join at the end are each a scheduling point; SpawnNow and
//                  CancelNow are not.
//   Cancellation   of the caller reaches body and children; they are waited for, and Cancelled is
//                  thrown if it cut one of them short. Spawn never throws Cancelled; a child of a
//                  cancelled group runs up to its first cancellable await.
//   Destruction    a TaskGroup lives as long as the await of WithTaskGroup; do not keep it.
//
// O(1) a child, and O(log n) at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include "fate/task/cancel.h"
#include "fate/task/combinator.h"
#include "fate/task/failure.h"
#include "fate/task/task.h"

namespace fate {

class TaskGroup;

// Runs `body`, a callable (TaskGroup&) -> Task<>, and joins what it spawned.
template <class Body>
Task<> WithTaskGroup(Body body, std::vector<TaskFailure>* later_failures = nullptr);

class TaskGroup final : private internal::Siblings {
 public:
  class SpawnOperation;
  class CancelOperation;

  // A child's result leaves it through what it refers to: a group returns nothing.
  SpawnOperation Spawn(Task<> task, SpawnOptions options = {}, Place place = Place::current());
  void SpawnNow(Task<> task, SpawnOptions options = {}, Place place = Place::current());

  // Cancels the body and the children, those to come included. Idempotent.
  CancelOperation Cancel();
  void CancelNow();
  bool cancelled(Place place = Place::current()) const { return bracket_.scope().cancelled(place); }

  // How many children have not ended.
  size_t running(Place place = Place::current()) const {
    return internal::Seen(Siblings::running(), ObjectKind::kNone, place);
  }
  // Whether a child or the body has failed; then the group is cancelled.
  bool failed(Place place = Place::current()) const {
    return internal::Seen(first_failure_ != nullptr, ObjectKind::kNone, place);
  }

 private:
  template <class Body>
  friend Task<> WithTaskGroup(Body, std::vector<TaskFailure>*);
  friend class SpawnOperation;
  struct Child {
    uint32_t id;
    TaskRecord* record;  // null once it has ended
  };

  explicit TaskGroup(ScopeBracket& bracket) : Siblings(&bracket.scope()), bracket_(bracket) {}
  void TaskEnded(TaskRecord& task) override;
  void ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) override;
  void Add(Task<>& task, const SpawnOptions& options, Place place);
  void Fail(TaskFailure failure);
  // The body has ended so.
  void BodyEnded(const internal::Settled<void>& body);
  // All have ended: leaves the bracket and throws what is to be thrown.
  void Finish(Place place, std::vector<TaskFailure>* later_failures);

  ScopeBracket& bracket_;        // around the body; the children's scope is inside
  std::vector<Child> children_;  // by id; those that ended go when they are the majority
  size_t ended_ = 0;             // entries of children_ without a record
  std::exception_ptr first_failure_;
  std::vector<TaskFailure> later_failures_;  // in the order in which they happened
  bool body_cancelled_ = false;
  bool child_cancelled_ = false;
};

// ---------------------------------------------------------------------------------------------

class [[nodiscard]] TaskGroup::SpawnOperation : public Awaitable<SpawnOperation, Operation> {
 public:
  static constexpr bool kCancellable = false;
  SpawnOperation(TaskGroup& group, Task<> task, SpawnOptions options, Place place)
      : Awaitable(OpKind::kSpawn, nullptr), group_(group), child_(std::move(task)), options_(options), place_(place) {}
  void Perform() override { group_.Add(child_, options_, place_); }

 private:
  TaskGroup& group_;
  Task<> child_;
  SpawnOptions options_;
  Place place_;
};

class [[nodiscard]] TaskGroup::CancelOperation : public CancelScopeOperation {
 public:
  using CancelScopeOperation::CancelScopeOperation;
};

inline TaskGroup::SpawnOperation TaskGroup::Spawn(Task<> task, SpawnOptions options, Place place) {
  return SpawnOperation(*this, std::move(task), options, place);
}
inline void TaskGroup::SpawnNow(Task<> task, SpawnOptions options, Place place) {
  SpawnOperation(*this, std::move(task), options, place).Now();
}
inline TaskGroup::CancelOperation TaskGroup::Cancel() { return CancelOperation(bracket_.scope()); }
inline void TaskGroup::CancelNow() { fate::CancelNow(bracket_.scope()); }

template <class Body>
Task<> WithTaskGroup(Body body, std::vector<TaskFailure>* later_failures) {
  Place place = co_await internal::CallerPlace();
  ScopeBracket bracket;
  TaskGroup group(bracket);
  internal::Settled<void> settled(internal::CallBody(body, group));
  co_await settled;
  group.BodyEnded(settled);
  internal::JoinSiblings join(group);
  co_await join;
  group.Finish(place, later_failures);
}

}  // namespace fate
