// Channels of capacity 0, whose sends and receives meet.
#include <optional>
#include <string>
#include <vector>

#include "fate/sync/channel.h"
#include "gtest/gtest.h"
#include "tests/sync/channel_tasks.h"
#include "tests/sync/worlds.h"

namespace fate::test::rendezvous_test {
namespace {

struct Rendezvous : Senders {
  Rendezvous() : Senders(0) {}
  std::vector<Task<>> Tasks() { return List(SendAndClose(1, 2), Receive('a')); }
};

TEST(RendezvousTest, SenderWaitsForAReceiver) { EXPECT_EQ(RunQueued<Rendezvous>(), "a11+2+/a2a."); }

struct Meet : Senders {
  Meet() : Senders(0) {}
  Task<> ReceiveOne() { log += 'a' + std::to_string(*co_await channel.Receive()); }
  std::vector<Task<>> Tasks() { return List(Send(7, 7), ReceiveOne()); }
};

TEST(RendezvousTest, IsOneEventOfBoth) {
  // Both begin, in either order, and stand; then they meet. What the receiver does with the value belongs
  // to that step.
  EXPECT_EQ(Enumerate<Meet>(), (Outcomes{{"7+a7", 2}}));
}

struct TwoReceivers : Senders {
  TwoReceivers() : Senders(0) {}
  Task<> ReceiveOne(char name) {
    std::optional<int> value = co_await channel.Receive();
    log += name + (value.has_value() ? std::to_string(*value) : std::string("."));
  }
  std::vector<Task<>> Tasks() { return List(SendAndClose(7, 7), ReceiveOne('a'), ReceiveOne('b')); }
};

TEST(RendezvousTest, WhichReceiverIsMetIsAChoice) {
  // Who begins stands before the channel; a first step never goes through a rendezvous.
  // After the send the other receiver has begun, and everything is forced, or has not, and may
  // begin before or after the Close: g(begun) = 1, g(not) = 2.
  // The sender and a have begun, in either order, and meet before b begins: 2 g(not) = 4 with a; the same with b.
  // All three have begun, in any of 6 orders, and the sender has two partners: 6 g(begun) = 6 with each.
  EXPECT_EQ(Enumerate<TwoReceivers>(), (Outcomes{{"7+a7/b.", 10}, {"7+b7/a.", 10}}));
}

TEST(RendezvousTest, QuietChoiceOfPartnerIsTheOldest) {
  EXPECT_EQ(RunSimulated<TwoReceivers>(sim::Interleaving::kOperation), "7+a7/b.");
}

struct TrySendToReceiver : Senders {
  TrySendToReceiver() : Senders(0) {}
  Task<> TryAndClose() {
    log += channel.TrySend(7) ? "sent " : "refused ";
    co_await channel.Close();
  }
  std::vector<Task<>> Tasks() { return List(Receive('a'), TryAndClose()); }
};

TEST(RendezvousTest, TrySendMeetsAReceiverThatHasBegun) {
  // The receiver begins, the value is handed over, the channel closed. Or it is refused, and the
  // receiver begins before or after the Close.
  EXPECT_EQ(Enumerate<TrySendToReceiver>(), (Outcomes{{"sent a7a.", 1}, {"refused a.", 2}}));
}

struct TryReceiveFromSender : Senders {
  TryReceiveFromSender() : Senders(0) {}
  Task<> TryAndClose() {
    log += channel.TryReceive().has_value() ? "received " : "nothing ";
    co_await channel.Close();
  }
  std::vector<Task<>> Tasks() { return List(Send(7, 7), TryAndClose()); }
};

TEST(RendezvousTest, TryReceiveMeetsASenderThatHasBegun) {
  EXPECT_EQ(Enumerate<TryReceiveFromSender>(), (Outcomes{{"received 7+", 1}, {"nothing 7-", 2}}));
}

}  // namespace
}  // namespace fate::test::rendezvous_test
