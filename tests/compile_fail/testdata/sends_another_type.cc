// A channel takes values of its type.
// Error: string
#include <string>

#include "fate/sync/channel.h"
#include "fate/task/task.h"

namespace sends_another_type {

fate::Task<> Main(fate::Channel<int>& channel, std::string text) {
  co_await channel.Send(1);
#ifdef WRONG
  co_await channel.Send(text);
#endif
}

}  // namespace sends_another_type
