#include "fate/sync/broadcast.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

struct Base : Logged {
  Broadcast<int> broadcast{2};
  // "a3" received, "a." at the end.
  Task<> Read(char name) {
    Subscription<int> subscription = co_await broadcast.Subscribe();
    while (std::optional<int> message = co_await subscription.Receive()) {
      log += name + std::to_string(*message);
    }
    log += {name, '.'};
  }
  Task<> SendAndClose(int first, int last) {
    for (int message = first; message <= last; ++message) {
      co_await broadcast.Send(message);
      co_await Yield();
    }
    co_await broadcast.Close();
  }
};

struct TwoReaders : Base {
  std::vector<Task<>> Tasks() { return List(Read('a'), Read('b'), SendAndClose(1, 2)); }
};

TEST(BroadcastTest, EachSubscriberSeesEachMessage) { EXPECT_EQ(RunQueued<TwoReaders>(), "a1b1a2b2a.b."); }

struct LateReader : Base {
  Task<> Main() {
    co_await broadcast.Send(1);
    Subscription<int> subscription = broadcast.SubscribeNow();
    co_await broadcast.Send(2);
    EXPECT_TRUE(broadcast.SendNow(3));
    co_await broadcast.Close();
    EXPECT_FALSE(co_await broadcast.Send(4));
    EXPECT_TRUE(broadcast.closed());
    while (std::optional<int> message = co_await subscription.Receive()) log += std::to_string(*message);
    log += "/" + std::to_string(subscription.lagged());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BroadcastTest, SubscriberSeesWhatIsSentAfterItSubscribedAndBeforeTheClose) {
  EXPECT_EQ(RunQueued<LateReader>(), "23/0");
}

struct Lagging : Base {
  Task<> Main() {
    Subscription<int> slow = co_await broadcast.Subscribe();
    for (int message = 1; message <= 5; ++message) co_await broadcast.Send(message);
    log += std::to_string(*co_await slow.Receive()) + "(" + std::to_string(slow.lagged()) + ")";
    co_await broadcast.Send(6);
    log += std::to_string(*co_await slow.Receive()) + "(" + std::to_string(slow.lagged()) + ")";
    co_await broadcast.Send(7);
    co_await broadcast.Send(8);
    log += std::to_string(*co_await slow.Receive()) + "(" + std::to_string(slow.lagged()) + ")";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BroadcastTest, SlowSubscriberGoesOnWithTheOldestKeptAndCountsWhatItMissed) {
  // Of 1 to 5 the last two are kept; 6 pushes 4, which it has, out; 7 and 8 push 6 out.
  EXPECT_EQ(RunQueued<Lagging>(), "4(3)5(3)7(4)");
}

struct CancelledReader : Base {
  Task<> Receive(Subscription<int>& subscription) {
    try {
      co_await subscription.Receive();
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    Subscription<int> subscription = co_await broadcast.Subscribe();
    JoinHandle<> reader = co_await Spawn(Receive(subscription));
    co_await Yield();
    co_await reader.Cancel();
    co_await broadcast.Send(1);
    co_await reader.Wait();
    log += std::to_string(*co_await subscription.Receive());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(BroadcastTest, CancelledReceiveLosesNoMessage) {
  EXPECT_EQ(RunQueued<CancelledReader>(), "cancelled 1");
  EXPECT_EQ(Sample<CancelledReader>(100), (Outcomes{{"cancelled 1", 100}}));
}

struct TwoTasks : Base {
  Subscription<int> subscription = broadcast.SubscribeNow();
  Task<> Receive() { co_await subscription.Receive(); }
  std::vector<Task<>> Tasks() { return List(Receive(), Receive()); }
};
struct CloseTwice : Base {
  Task<> Close() { co_await broadcast.Close(); }
  std::vector<Task<>> Tasks() { return List(Close(), Close()); }
};

TEST(BroadcastTest, MisuseIsNamed) {
  EXPECT_NE(MessageOf<TwoTasks>().find("receives through one Subscription in two tasks at once"), std::string::npos);
  EXPECT_NE(MessageOf<CloseTwice>().find("your program closed a Broadcast twice"), std::string::npos);
}

struct Late : Base {
  std::vector<Task<>> Tasks() { return List(Read('a'), Send()); }
  Task<> Send() {
    co_await broadcast.Send(1);
    co_await broadcast.Close();
  }
};

TEST(BroadcastTest, SubscribingIsOrderedWithSending) {
  // S and C are the sender's steps, B the subscription, R1 and R2 the receives.
  // B first: B S R1 C R2, B S C R1 R2. S first: S B C R2, S C B R2. Receiving in vain is no step.
  EXPECT_EQ(Enumerate<Late>(), (Outcomes{{"a1a.", 2}, {"a.", 2}}));
}

struct Fragile {
  Fragile() = default;
  Fragile(Fragile&&) = default;
  Fragile& operator=(Fragile&&) = default;
  Fragile(const Fragile&) { throw std::runtime_error("cannot be copied"); }
};

struct FragileMessages : Logged {
  Broadcast<Fragile> broadcast{2};
  Task<> Hear() {
    Subscription<Fragile> mine = co_await broadcast.Subscribe();
    log += "waits ";
    try {
      co_await mine.Receive();
    } catch (const std::runtime_error&) {
      log += "threw ";
    }
    auto last = co_await mine.Receive();
    log += last.has_value() ? "? " : "closed ";
  }
  Task<> Say() {
    co_await broadcast.Send(Fragile());
    co_await broadcast.Close();
  }
  std::vector<Task<>> Tasks() { return List(Hear(), Say()); }
};

TEST(BroadcastTest, WhatCopyingAMessageThrowsIsThrownToItsReceiver) {
  EXPECT_EQ(RunQueued<FragileMessages>(), "waits threw closed ");
  EXPECT_EQ(RunSimulated<FragileMessages>(sim::Interleaving::kOperation), "waits threw closed ");
}

}  // namespace
}  // namespace fate::test
