#include "fate/sync/oneshot.h"

#include <memory>
#include <string>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::oneshot_test {
namespace {

struct Base : Logged {
  Oneshot<int> oneshot;
  Task<> Send(int value) { log += co_await oneshot.Send(value) ? "sent " : "refused "; }
  Task<> Close() { co_await oneshot.Close(); }
  Task<> Receive() {
    std::optional<int> value = co_await oneshot.Receive();
    log += (value.has_value() ? std::to_string(*value) : "nothing") + " ";
  }
};

struct SendLater : Base {
  std::vector<Task<>> Tasks() { return List(Receive(), Send(42)); }
};

TEST(OneshotTest, ReceiverWaitsForTheValue) {
  EXPECT_EQ(RunQueued<SendLater>(), "sent 42 ");
  // The receiver begins first, in vain, or after the send.
  EXPECT_EQ(Enumerate<SendLater>(), (Outcomes{{"sent 42 ", 2}}));
}

struct CloseEarly : Base {
  std::vector<Task<>> Tasks() { return List(Receive(), Close(), Send(1)); }
};

TEST(OneshotTest, CloseGivesTheReceiverNothingAndRefusesTheValue) {
  EXPECT_EQ(RunQueued<CloseEarly>(), "refused nothing ");
}

struct CloseLate : Base {
  std::vector<Task<>> Tasks() { return List(Send(1), Close(), Receive()); }
};

TEST(OneshotTest, ValueSentBeforeTheCloseIsReceived) { EXPECT_EQ(RunQueued<CloseLate>(), "sent 1 "); }

struct Cancelled1 : Base {
  Task<> ReceiveInVain() {
    try {
      co_await oneshot.Receive();
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> receiver = co_await Spawn(ReceiveInVain());
    co_await Yield();
    co_await receiver.Cancel();
    co_await receiver.Wait();
    log += oneshot.SendNow(3) ? "sent " : "refused ";
    co_await Receive();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(OneshotTest, CancelledReceiverLeavesTheValue) { EXPECT_EQ(RunQueued<Cancelled1>(), "cancelled sent 3 "); }

struct SendTwice : Base {
  std::vector<Task<>> Tasks() { return List(Send(1), Send(2)); }
};
struct ReceiveTwice : Base {
  std::vector<Task<>> Tasks() { return List(Send(1), Receive(), Receive()); }
};
struct TwoReceivers : Base {
  std::vector<Task<>> Tasks() { return List(Receive(), Receive()); }
};
struct CloseTwice : Base {
  std::vector<Task<>> Tasks() { return List(Close(), Close()); }
};

TEST(OneshotTest, UsingItTwiceIsMisuse) {
  EXPECT_NE(MessageOf<SendTwice>().find("your program sent twice through a Oneshot"), std::string::npos);
  EXPECT_NE(MessageOf<ReceiveTwice>().find("your program received the value of a Oneshot twice"), std::string::npos);
  EXPECT_NE(MessageOf<TwoReceivers>().find("your program receives from a Oneshot in two tasks at once"),
            std::string::npos);
  EXPECT_NE(MessageOf<CloseTwice>().find("your program closed a Oneshot twice"), std::string::npos);
}

struct MoveOnly : Logged {
  Oneshot<std::unique_ptr<std::string>> oneshot;
  Task<> Main() {
    co_await oneshot.Send(std::make_unique<std::string>("moved"));
    std::optional<std::unique_ptr<std::string>> value = co_await oneshot.Receive();
    log += **value;
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(OneshotTest, ValueNeedsOnlyMove) { EXPECT_EQ(RunQueued<MoveOnly>(), "moved"); }

}  // namespace
}  // namespace fate::test::oneshot_test
