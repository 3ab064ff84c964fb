// An operation that is not awaited has no effect.
// Error: nodiscard
#include "fate/sync/mutex.h"
#include "fate/task/task.h"

namespace drops_an_operation {

fate::Task<> Main(fate::Mutex& mutex) {
  fate::MutexGuard guard = co_await mutex.Lock();
#ifdef WRONG
  guard.Unlock();
#endif
}

}  // namespace drops_an_operation
