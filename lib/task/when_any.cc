#include "fate/task/when_any.h"

namespace fate::internal {

size_t WinnerOf(Children& children, Place place) {
  TaskRecord* winner = children.decisive();
  if (winner == nullptr) throw Cancelled{};
  if (winner->failed) {
    HandLaterFailures("WhenAny", place, children.OtherFailures());
    std::rethrow_exception(static_cast<PromiseBase*>(winner->frame())->exception());
  }
  size_t index = 0;
  for (TaskRecord* task = children.first(); task != winner; task = task->next) ++index;
  return index;
}

}  // namespace fate::internal
