// Only fate's awaitables can be awaited in a Task.
// Error: your program awaits what is not fate's
#include "fate/task/task.h"

namespace awaits_a_number {

fate::Task<> Main() {
  co_return;
#ifdef WRONG
  co_await 42;
#endif
}

}  // namespace awaits_a_number
