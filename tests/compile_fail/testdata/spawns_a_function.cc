// What is spawned is the Task that a coroutine gives, not the coroutine.
// Error: no matching function for call to
// Error: Spawn
#include "fate/task/spawn.h"

namespace spawns_a_function {

fate::Task<> Child();
fate::Task<> Main() {
  fate::JoinHandle<> handle = co_await fate::Spawn(Child());
  co_await handle.Join();
#ifdef WRONG
  co_await fate::Spawn(Child);
#endif
}

}  // namespace spawns_a_function
