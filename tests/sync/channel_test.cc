#include "fate/sync/channel.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/channel_tasks.h"
#include "tests/sync/worlds.h"

namespace fate::test::channel_test {
namespace {

// --- bounded -----------------------------------------------------------------------------------

struct Bounded : Senders {
  Bounded() : Senders(2) {}
  std::vector<Task<>> Tasks() { return List(SendAndClose(1, 4), Receive('a')); }
};

TEST(ChannelTest, SenderWaitsWhileTheChannelIsFull) {
  // 1 and 2 fit; when 1 is received, 3 goes in on behalf of the waiting sender.
  EXPECT_EQ(RunQueued<Bounded>(), "1+2+a1a2a33+4+/a4a.");
}

struct OneEach : Senders {
  OneEach() : Senders(1) {}
  std::vector<Task<>> Tasks() { return List(Send(1, 1), Send(2, 2), Send(3, 3), Receive('a'), Close()); }
  Task<> Close() {
    co_await Yield();
    co_await channel.Close();
  }
};

TEST(ChannelTest, ValuesArriveInTheOrderInWhichTheyWereSent) { EXPECT_EQ(RunQueued<OneEach>(), "1+a1a2a32+3+a."); }

struct WaitingReceivers : Senders {
  WaitingReceivers() : Senders(2) {}
  std::vector<Task<>> Tasks() { return List(Receive('a'), Receive('b'), SendAndClose(1, 3)); }
};

TEST(ChannelTest, WaitingReceiversAreServedOldestFirst) {
  EXPECT_EQ(RunQueued<WaitingReceivers>(), "1+2+3+/a1a3a.b2b.");
}

struct Pair : Senders {
  Pair() : Senders(1) {}
  std::vector<Task<>> Tasks() { return List(Send(1, 2), ReceiveTwo()); }
  Task<> ReceiveTwo() {
    for (int i = 0; i < 2; ++i) log += 'a' + std::to_string(*co_await channel.Receive());
  }
};

TEST(ChannelTest, BoundedByOneHasFiveExecutions) {
  // S1 and S2 are the sends, R1 and R2 the receives, R0 the beginning of the receiver in vain.
  //   S1 R1 S2 R2; R0 S1 R1 S2 R2; and R0 S1, S1 with S2 impossible before R1. After R1, S2 must
  //   come
  // before R2. So only the beginning is free: R0 first, or S1 first.
  EXPECT_EQ(Enumerate<Pair>(), (Outcomes{{"1+a12+a2", 2}}));
}

// --- closing -------------------------------------------------------------------------------------

struct CloseWithWaiters : Senders {
  CloseWithWaiters() : Senders(1) {}
  Task<> Main() {
    co_await Yield();
    co_await channel.Close();
    co_await Receive('a');
    log += co_await channel.Send(9) ? "sent" : "refused";
    log += channel.TrySend(9) ? "sent" : "refused";
  }
  std::vector<Task<>> Tasks() { return List(Send(1, 1), Send(2, 2), Main()); }
};

TEST(ChannelTest, CloseRefusesWaitingSendersAndLetsReceiversDrain) {
  EXPECT_EQ(RunQueued<CloseWithWaiters>(), "1+a1a.refusedrefused2-");
}

struct CloseEmpty : Senders {
  CloseEmpty() : Senders(0) {}
  Task<> Close() { co_await channel.Close(); }
  std::vector<Task<>> Tasks() { return List(Receive('a'), Receive('b'), Close()); }
};

TEST(ChannelTest, CloseEndsWaitingReceivers) { EXPECT_EQ(RunQueued<CloseEmpty>(), "a.b."); }

struct CloseTwice : Senders {
  CloseTwice() : Senders(0) {}
  Task<> Main() {
    co_await channel.Close();
    co_await channel.Close();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ChannelTest, ClosingTwiceIsMisuse) {
  EXPECT_EQ(MessageOf<CloseTwice>(), "FATE_CHECK(!channel_.closed_) failed: your program closed a Channel twice");
  EXPECT_DEATH(RunQueued<CloseTwice>(), "your program closed a Channel twice");
}

// --- cancellation --------------------------------------------------------------------------------

struct CancelledSender : Senders {
  explicit CancelledSender(size_t capacity) : Senders(capacity) {}
  Task<> SendInVain() {
    try {
      co_await channel.Send(1);
      log += "sent ";
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> sender = co_await Spawn(SendInVain());
    co_await Yield();
    co_await sender.Cancel();
    log += channel.TryReceive().has_value() ? "received " : "nothing ";
    co_await sender.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};
struct CancelledAtRendezvous : CancelledSender {
  CancelledAtRendezvous() : CancelledSender(0) {}
};

TEST(ChannelTest, CancelledSenderSentNothing) {
  EXPECT_EQ(RunQueued<CancelledAtRendezvous>(), "nothing cancelled ");
  EXPECT_EQ(Sample<CancelledAtRendezvous>(100), (Outcomes{{"nothing cancelled ", 100}}));
}

struct CancelledReceiver : Senders {
  CancelledReceiver() : Senders(0) {}
  Task<> ReceiveInVain() {
    try {
      co_await channel.Receive();
      log += "received ";
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> receiver = co_await Spawn(ReceiveInVain());
    co_await Yield();
    co_await receiver.Cancel();
    log += channel.TrySend(1) ? "sent " : "refused ";
    JoinHandle<> other = co_await Spawn(Receive('b'));
    co_await channel.Send(2);
    co_await channel.Close();
    co_await receiver.Wait();
    co_await other.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ChannelTest, CancelledReceiverIsNoPartner) {
  EXPECT_EQ(RunQueued<CancelledReceiver>(), "refused cancelled b2b.");
  for (const auto& [name, count] : Enumerate<CancelledReceiver>()) {
    EXPECT_NE(name.find("refused"), std::string::npos) << name;
    EXPECT_NE(name.find("cancelled"), std::string::npos) << name;
    EXPECT_NE(name.find("b2"), std::string::npos) << name;
    EXPECT_NE(name.find("b."), std::string::npos) << name;
  }
}

struct SentThenCancelled : Senders {
  SentThenCancelled() : Senders(0) {}
  Task<> ReceiveOne() {
    std::optional<int> value = co_await channel.Receive();
    log += std::to_string(*value);
    try {
      co_await Yield();
    } catch (const Cancelled&) {
      log += " then cancelled";
    }
  }
  Task<> Main() {
    JoinHandle<> receiver = co_await Spawn(ReceiveOne());
    co_await Yield();
    co_await channel.Send(5);
    co_await receiver.Cancel();
    co_await receiver.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ChannelTest, ValueReceivedBeforeTheCancellationIsReturned) {
  EXPECT_EQ(RunQueued<SentThenCancelled>(), "5 then cancelled");
}

// --- try forms, kinds of channels and values
// -------------------------------------------------------

struct Tries : Logged {
  Channel<int> bounded{1};
  Channel<int> rendezvous;
  Task<> Send() { log += co_await rendezvous.Send(8) ? "sent " : "refused "; }
  Task<> Receive() { log += "got" + std::to_string(*co_await rendezvous.Receive()) + " "; }
  Task<> Main() {
    log += bounded.TryReceive().has_value() ? "1" : "0";
    log += bounded.TrySend(1) ? "1" : "0";
    log += bounded.TrySend(2) ? "1" : "0";
    log += std::to_string(*bounded.TryReceive()) + " ";
    log += rendezvous.TrySend(1) ? "1" : "0";
    log += rendezvous.TryReceive().has_value() ? "1 " : "0 ";
    JoinHandle<> sender = co_await Spawn(Send());
    co_await Yield();
    log += std::to_string(*rendezvous.TryReceive()) + " ";
    co_await sender.Wait();
    JoinHandle<> receiver = co_await Spawn(Receive());
    co_await Yield();
    log += rendezvous.TrySend(9) ? "1 " : "0 ";
    co_await receiver.Wait();
    rendezvous.CloseNow();
    log += rendezvous.TrySend(9) ? "1" : "0";
    log += rendezvous.TryReceive().has_value() ? "1" : "0";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ChannelTest, TryFormsNeverWait) { EXPECT_EQ(RunQueued<Tries>(), "0101 00 8 sent 1 got9 00"); }

struct Unbounded : Logged {
  Channel<std::unique_ptr<int>> channel = Channel<std::unique_ptr<int>>::Unbounded();
  Task<> Main() {
    for (int i = 0; i < 1000; ++i) {
      bool sent = co_await channel.Send(std::make_unique<int>(i));
      EXPECT_TRUE(sent);
    }
    EXPECT_EQ(channel.size(), 1000u);
    co_await channel.Close();
    int expected = 0;
    while (auto value = co_await channel.Receive()) EXPECT_EQ(**value, expected++);
    log += std::to_string(expected);
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(ChannelTest, UnboundedNeverLetsTheSenderWaitAndValuesNeedOnlyMove) { EXPECT_EQ(RunQueued<Unbounded>(), "1000"); }

struct Strings : Logged {
  Channel<std::string> channel{1};
  Task<> Main() {
    std::string text(100, 'x');
    co_await channel.Send(text);
    EXPECT_EQ(text.size(), 100u);
    EXPECT_FALSE(channel.TrySend(std::move(text)));
    EXPECT_EQ(text.size(), 100u);  // not sent, so not moved from
    std::optional<std::string> got = co_await channel.Receive();
    EXPECT_TRUE(channel.TrySend(std::move(text)));
    EXPECT_TRUE(text.empty());
    log += std::to_string(got->size());
    co_await channel.Send("left in the channel when it is destroyed, and long enough to allocate");
  }
  Task<> Drain() {
    co_await Yield();
    co_await channel.Receive();
  }
  std::vector<Task<>> Tasks() { return List(Main(), Drain()); }
};

TEST(ChannelTest, TrySendMovesOnlyWhatItSends) { EXPECT_EQ(RunQueued<Strings>(), "100"); }

// --- the search --------------------------------------------------------------------------------

struct ManyToMany : Logged {
  explicit ManyToMany(size_t capacity) : channel(capacity) {}
  Channel<int> channel;
  int senders = 3;
  int sum = 0;
  int received = 0;
  Task<> Send(int value) {
    co_await channel.Send(value);
    co_await channel.Send(10 * value);
    if (--senders == 0) co_await channel.Close();
  }
  Task<> Receive() {
    while (std::optional<int> value = co_await channel.Receive()) {
      sum += *value;
      ++received;
    }
    log = std::to_string(received) + " " + std::to_string(sum);
  }
  std::vector<Task<>> Tasks() { return List(Send(1), Receive(), Send(2), Receive(), Send(3)); }
};
struct ManyBounded : ManyToMany {
  ManyBounded() : ManyToMany(2) {}
};
struct ManyRendezvous : ManyToMany {
  ManyRendezvous() : ManyToMany(0) {}
};

TEST(ChannelTest, NothingIsLostOrDoubledInAnyExecution) {
  EXPECT_EQ(RunQueued<ManyBounded>(), "6 66");
  EXPECT_EQ(RunQueued<ManyRendezvous>(), "6 66");
  EXPECT_EQ(Sample<ManyBounded>(300), (Outcomes{{"6 66", 300}}));
  EXPECT_EQ(Sample<ManyRendezvous>(300), (Outcomes{{"6 66", 300}}));
}

}  // namespace
}  // namespace fate::test::channel_test
