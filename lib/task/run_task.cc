#include "fate/task/run_task.h"

#include <cstdio>
#include <cstdlib>

#include "fate/task/failure.h"

namespace fate::internal {

void DieOfUnhandledFailure(TaskRecord& task) {
  std::exception_ptr exception = static_cast<PromiseBase*>(task.frame())->exception();
  std::fprintf(stderr, "your program: %s ended with an exception nobody joined: %s\n", DescribeTask(task).c_str(),
               DescribeException(exception).c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace fate::internal
