// WhenAll of no tasks is a mistake.
// Error: your program waits for all of no tasks
#include "fate/task/when_all.h"

namespace waits_for_all_of_nothing {

fate::Task<int> Child();
fate::Task<> Main() {
  auto [one, two] = co_await fate::WhenAll(Child(), Child());
#ifdef WRONG
  co_await fate::WhenAll();
#endif
}

}  // namespace waits_for_all_of_nothing
