#include "fate/sim/core/describe.h"

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/task/failure.h"

namespace fate::sim {

std::string TaskName(const Trace& trace, uint32_t task) {
  if (task >= trace.births.size()) return "timer";
  // Of a task far down, the last of the way: a chain of spawns may be as long as the execution.
  constexpr int kGenerationsMax = 8;
  std::string way;
  for (int generation = 0; task != Step::kTimerTask; ++generation) {
    const Birth& birth = trace.births[task];
    if (birth.name != nullptr) return absl::StrCat(birth.name, way);
    if (generation == kGenerationsMax) return absl::StrCat("..", way);
    way = absl::StrCat(".", birth.ordinal, way);
    task = birth.parent;
  }
  return absl::StrCat("root", way);
}

std::string DescribeTasks(const Runtime& runtime, const ObjectNumbers& numbers) {
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
      const uint32_t number = numbers.Find(*object);
      absl::StrAppend(&text, " on ", number == 0 ? "the " : "", ToString(object->kind()), " ");
      if (number != 0) absl::StrAppend(&text, number, " ");
      absl::StrAppend(&text, "made at ", ToString(object->place()), DescribeHolders(runtime, *object));
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
