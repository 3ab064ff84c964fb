// A Task that nobody awaits never runs.
// Error: a Task does nothing until it is awaited or spawned
#include "fate/task/task.h"

namespace drops_a_task {

fate::Task<> Child();
fate::Task<> Main() {
  co_await Child();
#ifdef WRONG
  Child();
#endif
}

}  // namespace drops_a_task
