// A program with a Select, for tests of what a search says of such.
#pragma once

#include "fate/sync/channel.h"
#include "fate/sync/select.h"
#include "fate/task/spawn.h"
#include "fate/task/task.h"

namespace fate::sim::test {

// Two senders and one who takes what comes first, then what is left: more than one interleaving, none of which fails.
inline Task<> SendOne(Channel<int>& channel) { co_await channel.Send(1); }
inline Task<> SelectsBetweenSends() {
  Channel<int> left(1);
  Channel<int> right(1);
  JoinHandle<> first = co_await Spawn(SendOne(left));
  JoinHandle<> second = co_await Spawn(SendOne(right));
  auto chosen = co_await Select(left.Receive(), right.Receive());
  co_await (chosen.index() == 0 ? right : left).Receive();
  co_await first.Join();
  co_await second.Join();
}

}  // namespace fate::sim::test
