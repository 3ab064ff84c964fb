// WhenAny of no tasks has no winner.
// Error: your program waits for any of no tasks at all
#include "fate/task/when_any.h"

namespace waits_for_any_of_nothing {

fate::Task<int> Child();
fate::Task<> Main() {
  auto winner = co_await fate::WhenAny(Child(), Child());
#ifdef WRONG
  co_await fate::WhenAny();
#endif
}

}  // namespace waits_for_any_of_nothing
