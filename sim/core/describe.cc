#include "fate/sim/core/describe.h"

#include <cxxabi.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/task/failure.h"

namespace fate::sim {

std::string DescribeTask(const TaskRecord& task) {
  std::string name = task.name != nullptr ? absl::StrCat("task \"", task.name, "\" ") : "task ";
  return absl::StrCat(name, "(#", task.id, ", spawned at ", ToString(task.spawn_place), ")");
}

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
    absl::StrAppend(&text, task == context.task ? " is running\n" : absl::StrCat(" waits in ", ToString(operation.kind())));
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
    for (const FrameBase* frame = task->frame; frame != nullptr;
         frame = frame->awaiter == nullptr ? nullptr : frame->awaiter->parent) {
      absl::StrAppend(&text, "      at ", ToString(frame->place), "\n");
    }
  }
  return text;
}

std::string DescribeException(const std::exception_ptr& exception) {
  if (exception == nullptr) return "no exception";
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "an exception of unknown type";
    int status = 0;
    char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    std::string text = absl::StrCat("an exception of type ", name != nullptr ? name : type->name());
    std::free(name);
    return text;
  }
}

}  // namespace fate::sim
