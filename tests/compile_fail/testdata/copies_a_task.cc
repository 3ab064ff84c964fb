// A Task has one owner.
// Error: fate::Task
// Error: deleted
#include <utility>

#include "fate/task/task.h"

namespace copies_a_task {

fate::Task<> Main(fate::Task<> child) {
  fate::Task<> moved = std::move(child);
#ifdef WRONG
  fate::Task<> copy = moved;
#endif
  co_await std::move(moved);
}

}  // namespace copies_a_task
