// A mutex is unlocked once.
// Error: deleted
// Error: MutexGuard
#include <utility>

#include "fate/sync/mutex.h"

namespace copies_a_guard {

void Keep(fate::MutexGuard guard) {
  fate::MutexGuard moved = std::move(guard);
#ifdef WRONG
  fate::MutexGuard copy = moved;
#endif
}

}  // namespace copies_a_guard
