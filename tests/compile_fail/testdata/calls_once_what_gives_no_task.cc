// What a Once calls is a coroutine: it may have to wait.
// Error: the callable of a Once gives a Task<>
#include "fate/sync/once.h"

namespace calls_once_what_gives_no_task {

fate::Task<> Initialise() { co_return; }

fate::Task<> Main() {
  fate::Once once;
  co_await once.Call(Initialise);
#ifdef WRONG
  co_await once.Call([] {});
#endif
}

}  // namespace calls_once_what_gives_no_task
