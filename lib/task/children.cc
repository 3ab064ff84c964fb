#include "fate/task/children.h"

#include "fate/runtime/runtime.h"
#include "fate/task/cancel.h"

namespace fate::internal {

Children::~Children() {
  // Those that have not ended are not ours: this is a bug, which the base is about to tell of.
  if (run_.first != nullptr && running() == 0 && !context.runtime->tearing_down()) {
    context.runtime->Dispose(run_);
  }
}

void Children::TaskEnded(TaskRecord& task) {
  bool quiet = static_cast<PromiseBase*>(task.frame())->exception() == nullptr;
  if (!quiet || until_ == Until::kOneWins) [[unlikely]]
    Decide(task);
  CountEnd();
}

void Children::Decide(TaskRecord& task) {
  if (until_ == Until::kOneWins) {
    if (static_cast<PromiseBase*>(task.frame())->cancelled()) return;
    if (decisive_ == nullptr) decisive_ = &task;
  } else if (decisive_ == nullptr || (task.failed && !decisive_->failed)) {
    decisive_ = &task;
  }
  // A simulator hears of those that come too late as well: they could have been the first. It hears of the last one,
  // too: others need not have ended.
  CancelNow(scope_);
}

void Children::Rethrow(Place place) {
  HandLaterFailures("WhenAll", place, OtherFailures());
  std::rethrow_exception(static_cast<PromiseBase*>(decisive_->frame())->exception());
}

std::vector<TaskFailure> Children::OtherFailures() const {
  std::vector<TaskFailure> failures;
  const TaskRecord* task = run_.first;
  for (size_t i = 0; i < size_; ++i, task = task->next) {
    if (task->failed && task != decisive_) failures.emplace_back(*task);
  }
  return failures;
}

void Children::ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) {
  TaskRecord* task = run_.first;
  for (size_t i = 0; i < size_; ++i, task = task->next) {
    if (!task->ended) call(*task);
  }
}

}  // namespace fate::internal
