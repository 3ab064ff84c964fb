#include "fate/sim/core/describe.h"

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/task/failure.h"

namespace fate::sim {

std::string DescribeTasks(const Runtime& runtime) {
  std::string text;
  for (const TaskRecord* task = runtime.first_task(); task != nullptr; task = task->next) {
    if (task->ended) continue;
    absl::StrAppend(&text, "  ", DescribeTask(*task));
    if (task->pending == nullptr) {
      absl::StrAppend(&text, " has not started\n");
      continue;
    }
    const Operation& operation = *task->pending;
    absl::StrAppend(&text,
                    task == context.task ? " is running\n" : absl::StrCat(" waits in ", ToString(operation.kind())));
    if (task == context.task) continue;
    if (const Object* object = operation.object(); object != nullptr) {
      absl::StrAppend(&text, " on the ", ToString(object->kind()), " made at ", ToString(object->place()));
      absl::StrAppend(&text, DescribeHolder(runtime, *object));
    }
    if (const TaskRecord* other = operation.WaitsFor(); other != nullptr) {
      absl::StrAppend(&text, " for the end of ", DescribeTask(*other));
    }
    if (task->lifetime == Lifetime::kDaemon) absl::StrAppend(&text, " (a daemon)");
    absl::StrAppend(&text, "\n");
    for (const FrameBase* frame = task->frame(); frame != nullptr; frame = frame->parent()) {
      absl::StrAppend(&text, "      at ", ToString(frame->place), "\n");
    }
  }
  return text;
}

}  // namespace fate::sim
