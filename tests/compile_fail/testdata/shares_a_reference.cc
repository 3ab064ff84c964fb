// A Shared<T> holds what it watches.
// Error: your program shares a reference
#include "fate/runtime/shared.h"

namespace shares_a_reference {

fate::Shared<int> number(1);
#ifdef WRONG
fate::Shared<int&> reference(number);
#endif

}  // namespace shares_a_reference
