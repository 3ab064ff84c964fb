// Awaiting a Task uses it up, and says so: co_await std::move(task).
// Error: co_await std::move(task) for a Task
#include <utility>

#include "fate/task/task.h"

namespace awaits_a_named_task {

fate::Task<> Main(fate::Task<> child) {
#ifdef WRONG
  co_await child;
#endif
  co_await std::move(child);
}

}  // namespace awaits_a_named_task
