// Tasks that send and receive, for the tests of Channel.
#pragma once

#include <optional>
#include <string>

#include "fate/sync/channel.h"
#include "tests/sync/worlds.h"

namespace fate::test {

struct Senders : Logged {
  explicit Senders(size_t capacity) : channel(capacity) {}
  Channel<int> channel;
  // "3+" sent, "3-" not sent.
  Task<> Send(int first, int last) {
    for (int value = first; value <= last; ++value) {
      bool sent = co_await channel.Send(value);
      log += std::to_string(value) + (sent ? "+" : "-");
    }
  }
  Task<> SendAndClose(int first, int last) {
    co_await Send(first, last);
    co_await channel.Close();
    log += '/';
  }
  // "a3" received, "a." at the end.
  Task<> Receive(char name) {
    while (std::optional<int> value = co_await channel.Receive()) {
      log += name + std::to_string(*value);
    }
    log += {name, '.'};
  }
};

}  // namespace fate::test
