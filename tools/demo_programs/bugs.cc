#include "tools/demo_programs/bugs.h"

namespace fate::demo {

const char* ToString(Variant variant) { return variant == Variant::kBuggy ? "buggy" : "fixed"; }

std::span<const Bug> Bugs() {
  using sim::OutcomeKind;
  static constexpr Bug kBugs[] = {
      {"B03", "two requests refresh the same single-use token; the loser logs the user out",
       "ansari-frontend issue 69; raine/claude-code-proxy PR 42; mcp-server-neon PR 209",
       "one refresh at a time, with a second look under the lock", OutcomeKind::kAssertionFailed, TokenRefresh},
      {"B05", "the global lock is taken again while the lock of a device is held",
       "moby/moby PR 4951 (GoBench GoKer moby/4951)", "the global lock is dropped before the lock of a device is taken",
       OutcomeKind::kDeadlock, DeleteDeviceTwice},
      {"B22", "asyncio.Lock: a woken waiter that is cancelled before it runs loses the wake-up",
       "python/cpython PR 1031 (bpo-27585); python/asyncio PR 393",
       "a cancelled waiter wakes the next one if the lock is free", OutcomeKind::kDeadlock,
       [](Variant variant) { return CancelledLockWaiter(variant); }},
      {"B44", "Notify: dropping a waiter erases the permit that is stored for another one",
       "tokio-rs/tokio PR 3652 (the same area: issue 4618)", "the drop resets the state only if it is still WAITING",
       OutcomeKind::kDeadlock, DroppedNotified},
      {"B52", "the callback of a timer finds that it was aborted, and returns without unlocking",
       "grpc/grpc-go PR 3017 (GoBench GoKer grpc/3017)", "unlock on that path too", OutcomeKind::kDeadlock,
       AbortedTimer},
      {"B58", "connection limit exceeded: a newcomer takes the slot that a waiter was woken for",
       "aio-libs/aiohttp issue 4936", "a woken waiter looks again whether there is a slot",
       OutcomeKind::kAssertionFailed, ConnectionLimit},
  };
  return kBugs;
}

}  // namespace fate::demo
