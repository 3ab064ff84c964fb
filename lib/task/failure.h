// TaskFailure: the exception of a task that could not be rethrown, because an older one was.
//
// A function throws one exception; of several tasks that are joined together, several may fail.
// Combinators rethrow the first and keep the others as TaskFailures, or print them.
// Tested by tests/task/failure_test.cc.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "fate/base/place.h"
#include "fate/runtime/object.h"
#include "fate/runtime/task_record.h"

namespace fate {

class Runtime;

class TaskFailure {
 public:
  // The failure of `task`, which has ended.
  explicit TaskFailure(const TaskRecord& task);
  // The failure of something that is no task of its own.
  TaskFailure(std::string who, std::exception_ptr exception) : exception_(std::move(exception)), who_(std::move(who)) {}

  const std::exception_ptr& exception() const { return exception_; }
  // `task "name" (#3, spawned at file.cc:12)`.
  const std::string& who() const { return who_; }
  // `task "name" (#3, spawned at file.cc:12): what it threw`.
  std::string ToString() const;

 private:
  std::exception_ptr exception_;
  std::string who_;
};

// `task "name" (#3, spawned at file.cc:12)`; in a simulator one without a name has that of stories: `task main.2
// (...)`.
std::string DescribeTask(const TaskRecord& task);
// `, held by task "name" (...) and by task ...`, of tasks of `runtime`; one that has ended is named by its number.
// Empty if nobody holds the object.
std::string DescribeHolders(const Runtime& runtime, const Object& object);
// what() of a std::exception, else the name of the type.
std::string DescribeException(const std::exception_ptr& exception);

namespace internal {

// What becomes of failures after the first of `what` at `place`: they go to `kept`, or, without it,
// are printed on stderr. In the simulator, which may run a failing program many times, nothing is
// printed.
void HandLaterFailures(const char* what, Place place, std::vector<TaskFailure> failures,
                       std::vector<TaskFailure>* kept = nullptr);

}  // namespace internal
}  // namespace fate
