// Receive gives an optional, for a channel that may be closed.
// Error: optional<int>
#include <optional>

#include "fate/sync/channel.h"
#include "fate/task/task.h"

namespace receives_another_type {

fate::Task<int> Main(fate::Channel<int>& channel) {
  std::optional<int> value = co_await channel.Receive();
#ifdef WRONG
  int number = co_await channel.Receive();
#endif
  co_return value.value();
}

}  // namespace receives_another_type
