#include "fate/task/task_group.h"

#include <algorithm>

#include "fate/runtime/check.h"

namespace fate {

void TaskGroup::Add(Task<>& task, const SpawnOptions& options, Place place) {
  TaskRecord* record = NewSibling(task, place, options);
  children_.push_back({record->id, record});
}

void TaskGroup::TaskEnded(TaskRecord& task) {
  if (task.failed) {
    Fail(TaskFailure(task));
  } else if (static_cast<internal::PromiseBase*>(task.frame())->cancelled()) {
    child_cancelled_ = true;
  }
  // Ids grow with creation, so the children are sorted by them.
  auto child = std::lower_bound(children_.begin(), children_.end(), task.id,
                                [](const Child& other, uint32_t id) { return other.id < id; });
  FATE_CHECK(child != children_.end() && child->record == &task,
             "this is a bug in fate: a task ended in a group that it is not in");
  child->record = nullptr;
  if (++ended_ > 16 && ended_ > children_.size() / 2) {
    std::erase_if(children_, [](const Child& other) { return other.record == nullptr; });
    ended_ = 0;
  }
  task.runtime->Dispose(&task);
  CountEnd();
}

void TaskGroup::ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) {
  // By index: what hears of a cancellation may spawn.
  for (size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].record != nullptr) call(*children_[i].record);
  }
}

void TaskGroup::Fail(TaskFailure failure) {
  // A simulator hears of those that come too late as well: they could have been the first.
  CancelNow();
  if (first_failure_ == nullptr) {
    first_failure_ = failure.exception();
  } else {
    later_failures_.push_back(std::move(failure));
  }
}

void TaskGroup::BodyEnded(const internal::Settled<void>& body) {
  if (body.failed()) {
    Fail(TaskFailure("the body of the group", body.exception()));
  } else if (body.cancelled()) {
    body_cancelled_ = true;
    // Whatever cut the body short, the children are not to go on without it. A simulator hears of it if all have ended,
    // too: they need not have.
    if (!children_.empty()) fate::CancelNow(scope_);
  }
}

void TaskGroup::Finish(Place place, std::vector<TaskFailure>* later_failures) {
  bool requested = bracket_.scope().requested();
  bracket_.Leave();
  internal::HandLaterFailures("task group", place, std::move(later_failures_), later_failures);
  if (first_failure_ != nullptr) std::rethrow_exception(first_failure_);
  if (body_cancelled_ && !requested) throw Cancelled{};
  if ((body_cancelled_ || child_cancelled_) && internal::RunningTask().cancelled) throw Cancelled{};
}

}  // namespace fate
