// A guard that nobody keeps unlocks at once.
// Error: nodiscard
#include "fate/sync/mutex.h"
#include "fate/task/task.h"

namespace drops_a_guard {

fate::Task<> Main(fate::Mutex& mutex) {
  fate::MutexGuard guard = co_await mutex.Lock();
#ifdef WRONG
  mutex.TryLock();
#endif
}

}  // namespace drops_a_guard
