#include "fate/task/when_all.h"

#include "fate/runtime/runtime.h"

namespace fate::internal {

Children::~Children() {
  if (context.runtime->tearing_down()) return;
  for (size_t i = 0; i < spawned_; ++i) {
    if (records_[i]->ended) context.runtime->Dispose(records_[i]);
  }
}

void Children::TaskEnded(TaskRecord& task) {
  bool cancelled = static_cast<PromiseBase*>(task.frame)->cancelled();
  if (until_ == Until::kOneFails) {
    if (task.failed || cancelled) [[unlikely]] Decide(task);
  } else if (!cancelled && decisive_ == nullptr) {
    decisive_ = &task;
    scope_.Cancel();
  }
  CountEnd();
}

void Children::Decide(TaskRecord& task) {
  if (decisive_ == nullptr || (task.failed && !decisive_->failed)) decisive_ = &task;
  scope_.Cancel();
}

void Children::RethrowFirst(Place place) {
  if (decisive_ == nullptr) [[likely]] return;
  HandLaterFailures("WhenAll", place, OtherFailures());
  std::rethrow_exception(static_cast<PromiseBase*>(decisive_->frame)->exception());
}

std::vector<TaskFailure> Children::OtherFailures() const {
  std::vector<TaskFailure> failures;
  for (size_t i = 0; i < spawned_; ++i) {
    if (records_[i]->failed && records_[i] != decisive_) failures.emplace_back(*records_[i]);
  }
  return failures;
}

void Children::ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) {
  for (size_t i = 0; i < spawned_; ++i) {
    if (!records_[i]->ended) call(*records_[i]);
  }
}

}  // namespace fate::internal
