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
  // Either begins, in vain; the other then begins, and the sender sends, if it is the one in the
  // same step. What the receiver does with the value belongs to the step.
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
  // After the send the other receiver has begun, and everything is forced, or has not, and may
  // begin before or after the Close: g(begun) = 1, g(not) = 2.
  // The sender begins first, then a: it sends, g(not) = 2, or b begins, and it sends to one of two,
  // 2 g(begun) = 2. The same with b before a: 8 in all.
  // a begins first: the sender begins and sends, g(not) = 2; or b begins, and then the sender, with
  // two partners: 2. The same with b: 8 in all.
  EXPECT_EQ(Enumerate<TwoReceivers>(), (Outcomes{{"7+a7/b.", 8}, {"7+b7/a.", 8}}));
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
