#include "fate/task/failure.h"

#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "absl/strings/str_cat.h"
#include "fate/runtime/context.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"
#include "fate/task/task.h"

namespace fate {

TaskFailure::TaskFailure(const TaskRecord& task)
    : exception_(static_cast<internal::PromiseBase*>(task.frame())->exception()), who_(DescribeTask(task)) {}

std::string TaskFailure::ToString() const { return absl::StrCat(who_, ": ", DescribeException(exception_)); }

std::string DescribeTask(const TaskRecord& task) {
  std::string name = "task ";
  if (task.name != nullptr) {
    absl::StrAppend(&name, "\"", task.name, "\" ");
  } else if (context.simulation != nullptr) {
    absl::StrAppend(&name, context.simulation->NameOf(task), " ");
  }
  return absl::StrCat(name, "(#", task.id, ", spawned at ", ToString(task.spawn_place), ")");
}

namespace {

std::string DescribeTaskOf(const Runtime& runtime, uint32_t id) {
  for (const TaskRecord* task = runtime.first_task(); task != nullptr; task = task->next) {
    if (task->id == id && !task->ended) return DescribeTask(*task);
  }
  return absl::StrCat("task #", id, ", which has ended");
}

}  // namespace

std::string DescribeHolders(const Runtime& runtime, const Object& object) {
  std::string text;
  object.ForEachHolder([&](uint32_t id) {
    absl::StrAppend(&text, text.empty() ? ", held by " : " and by ", DescribeTaskOf(runtime, id));
  });
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
    std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                std::free);
    return absl::StrCat("an exception of type ", name != nullptr ? name.get() : type->name());
  }
}

namespace internal {

void HandLaterFailures(const char* what, Place place, std::vector<TaskFailure> failures,
                       std::vector<TaskFailure>* kept) {
  if (failures.empty()) return;
  if (kept != nullptr) {
    *kept = std::move(failures);
    return;
  }
  if (context.simulation != nullptr) return;
  std::string text = absl::StrCat("fate: ", failures.size(), " more failed in the ", what, " at ", ToString(place),
                                  ", after the exception that it throws:\n");
  for (const TaskFailure& failure : failures) absl::StrAppend(&text, "  ", failure.ToString(), "\n");
  std::fputs(text.c_str(), stderr);
}

}  // namespace internal
}  // namespace fate
