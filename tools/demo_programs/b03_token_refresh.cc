// B03: two requests refresh the same single-use token, and the loser logs the user out.
//
// Source: ansari-project/ansari-frontend issue 69; raine/claude-code-proxy PR 42; mcp-server-neon
// PR 209. A refresh token is good for one use: the server answers with the next one. Two requests
// that find their access token expired at the same time refresh it both.
//
// What fails: both read token 1 from the store; the first posts it, and the server moves on to
// token 2; the second posts token 1, is told invalid_grant, and takes that for the end of the
// session.
//
// The fix: one refresh at a time, and a look under the lock whether it has been done meanwhile.
#include <optional>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "tools/demo_programs/bugs.h"

namespace fate::demo {
namespace {

using Token = int;
constexpr Token kFirstToken = 1;

class AuthorizationServer {
 public:
  // POST /token: the token that follows `presented`; nullopt means invalid_grant.
  Task<std::optional<Token>> Refresh(Token presented) {
    const Token next = presented + 1;
    const bool granted = co_await valid_.CompareExchange(presented, next);
    co_return granted ? std::optional(next) : std::nullopt;
  }

 private:
  Atomic<Token> valid_{kFirstToken};
};

struct Client {
  AuthorizationServer server;
  Atomic<Token> stored{kFirstToken};  // the browser's storage, a file, ...
  Mutex refreshing;                   // the fixed variant's
  Shared<bool> refreshed{false};
};

Task<> Request(Client& client, Variant variant) {
  MutexGuard only_one;
  if (variant == Variant::kFixed) {
    only_one = co_await client.refreshing.Lock();
    if (client.refreshed.Read()) co_return;
  }
  const Token token = co_await client.stored.Load();
  const std::optional<Token> next = co_await client.server.Refresh(token);
  FATE_CHECK(next.has_value(), "your program logged the user out: it used a refresh token twice");
  co_await client.stored.Store(*next);
  client.refreshed.Write(true);
}

}  // namespace

Task<> TokenRefresh(Variant variant) {
  constexpr SpawnOptions kFirst{.name = "request 1"};
  constexpr SpawnOptions kSecond{.name = "request 2"};
  Client client;
  JoinHandle<> first = co_await Spawn(Request(client, variant), kFirst);
  JoinHandle<> second = co_await Spawn(Request(client, variant), kSecond);
  co_await first.Join();
  co_await second.Join();
}

}  // namespace fate::demo
