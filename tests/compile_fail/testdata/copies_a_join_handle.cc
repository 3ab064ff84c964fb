// A JoinHandle has one owner: a task is joined once.
// Error: deleted
// Error: JoinHandle
#include <utility>

#include "fate/task/spawn.h"

namespace copies_a_join_handle {

fate::Task<> Main(fate::JoinHandle<> handle) {
  fate::JoinHandle<> moved = std::move(handle);
#ifdef WRONG
  fate::JoinHandle<> copy = moved;
#endif
  co_await moved.Join();
}

}  // namespace copies_a_join_handle
