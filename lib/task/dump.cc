#include "fate/task/dump.h"

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/task/failure.h"

namespace fate {

namespace {

// What the suspended task stands in.
void AppendOperation(const Operation& operation, std::string& text) {
  if (operation.state() != Operation::State::kPending) {
    absl::StrAppend(&text, " is ready, after ", ToString(operation.kind()));
    return;
  }
  bool waits = context.search == nullptr || !operation.Enabled();
  absl::StrAppend(&text, waits ? " waits in " : " stands before ", ToString(operation.kind()));
  if (const Object* object = operation.object(); object != nullptr) {
    absl::StrAppend(&text, " on the ", ToString(object->kind()), " made at ", ToString(object->place()));
    absl::StrAppend(&text, DescribeHolders(*context.runtime, *object));
  }
  if (const TaskRecord* other = operation.WaitsFor(); other != nullptr) {
    absl::StrAppend(&text, " for the end of ", DescribeTask(*other));
  }
}

// Frames of one chain that are listed.
constexpr int kFramesMax = 32;

void AppendChain(const TaskRecord& task, std::string& text) {
  std::string last;
  int frames = 0;
  for (const FrameBase* frame = task.frame(); frame != nullptr; frame = frame->parent()) {
    if (frames >= kFramesMax) {
      ++frames;
      continue;
    }
    // A frame of the library's own stands where its caller does.
    std::string place = ToString(frame->place);
    if (place == last) continue;
    absl::StrAppend(&text, "    at ", place, "\n");
    last = std::move(place);
    ++frames;
  }
  if (frames > kFramesMax) absl::StrAppend(&text, "    ... and ", frames - kFramesMax, " more\n");
}

}  // namespace

std::string DumpTasks() { return DumpTasks(CurrentRuntime()); }

std::string DumpTasks(const Runtime& runtime) {
  std::string text;
  for (const TaskRecord* task = runtime.first_task(); task != nullptr; task = task->next) {
    if (task->ended) continue;
    absl::StrAppend(&text, DescribeTask(*task));
    bool running = task == context.task;
    if (running) {
      text += " is running";
    } else if (task->pending == nullptr) {
      text += " has not started";
    } else {
      AppendOperation(*task->pending, text);
    }
    if (task->cancelled) text += " (cancelled)";
    if (task->lifetime == Lifetime::kDaemon) text += " (a daemon)";
    text += "\n";
    // The frames of a running task are not known: they come and go.
    if (!running && task->pending != nullptr) AppendChain(*task, text);
  }
  return text;
}

}  // namespace fate
