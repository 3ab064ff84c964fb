// Load gives a copy.
// Error: your program loads what cannot be copied
#include <memory>

#include "fate/sync/atomic.h"

namespace loads_what_cannot_be_copied {

fate::Atomic<int> number(1);
#ifdef WRONG
fate::Atomic<std::unique_ptr<int>> pointer;
#endif

}  // namespace loads_what_cannot_be_copied
