// The branches of a Select are made inside its parentheses.
// Error: make the branches of a Select inside its parentheses
#include "fate/sync/event.h"
#include "fate/sync/select.h"
#include "fate/task/task.h"

namespace selects_a_named_branch {

fate::Task<> Main(fate::Event& event) {
  auto selected = co_await fate::Select(event.Wait());
  auto branch = event.Wait();
#ifdef WRONG
  co_await fate::Select(branch);
#endif
}

}  // namespace selects_a_named_branch
