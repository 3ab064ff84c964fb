// Describe: words about tasks that wait, for reports. Cold: never called while exploring.
// Tested by tests/core/scheduler_test.cc.
#pragma once

#include <exception>
#include <string>

#include "fate/runtime/runtime.h"

namespace fate::sim {

// `task "name" (#3, spawned at file.cc:12)`.
std::string DescribeTask(const TaskRecord& task);
// One paragraph a live task: where it waits, on what, who holds it, and its await chain.
std::string DescribeTasks(const Runtime& runtime);
// what() of a std::exception, else the name of the type.
std::string DescribeException(const std::exception_ptr& exception);

}  // namespace fate::sim
