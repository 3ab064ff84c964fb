// B58: the limit of connections is exceeded: a newcomer takes the slot that a waiter was woken for.
//
// Source: aio-libs/aiohttp issue 4936. connect() waits for a future if all connections are in use;
// release() gives its slot back and resolves the future of the oldest waiter, who then connects
// without another look.
//
// What fails: release() resolves the waiter; before it has run, a third connect() sees a free slot
// and takes it; the waiter takes it too.
//
// The fix: the waiter looks again whether there is a slot.
#include <deque>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "tools/demo_programs/bugs.h"
#include "tools/demo_programs/edge_future.h"

namespace fate::demo {
namespace {

constexpr int kLimit = 1;

class Connector {
 public:
  explicit Connector(Variant variant) : variant_(variant) {}

  Task<> Connect() {
    while (used_.Read() >= kLimit) {
      EdgeFuture woken;
      waiters_.Update([&](auto& waiters) { waiters.push_back(&woken); });
      co_await woken.Wait();
      if (variant_ == Variant::kBuggy) break;
    }
    used_.Write(used_.Read() + 1);
    FATE_CHECK(used_.Read() <= kLimit, "your program has more connections than the limit");
  }

  void Release() {
    used_.Write(used_.Read() - 1);
    if (waiters_.Read().empty()) return;
    EdgeFuture* oldest = waiters_.Update([](auto& waiters) {
      EdgeFuture* first = waiters.front();
      waiters.pop_front();
      return first;
    });
    oldest->Resolve();
  }

 private:
  Variant variant_;
  Shared<int> used_{0};
  Shared<std::deque<EdgeFuture*>> waiters_;  // oldest first
};

struct Session {
  explicit Session(Variant variant) : connector(variant) {}
  Connector connector;
  Atomic<int> tracer;  // what the session's on_request_start signals await
  Atomic<int> server;
};

// session.get(url), with so many subscribers of on_request_start.
Task<> Get(Session& session, int subscribers) {
  for (int i = 0; i < subscribers; ++i) co_await session.tracer.FetchAdd(1);
  co_await session.connector.Connect();
  co_await session.server.FetchAdd(1);
  session.connector.Release();
}

}  // namespace

Task<> ConnectionLimit(Variant variant) {
  constexpr SpawnOptions kFirst{.name = "get 1"};
  constexpr SpawnOptions kSecond{.name = "get 2"};
  constexpr SpawnOptions kThird{.name = "get 3"};
  Session session(variant);
  JoinHandle<> first = co_await Spawn(Get(session, 0), kFirst);
  JoinHandle<> second = co_await Spawn(Get(session, 2), kSecond);
  JoinHandle<> third = co_await Spawn(Get(session, 4), kThird);
  co_await first.Join();
  co_await second.Join();
  co_await third.Join();
}

}  // namespace fate::demo
