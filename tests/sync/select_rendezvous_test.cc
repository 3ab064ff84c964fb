// Selects that meet at channels of capacity 0.
#include <optional>
#include <string>
#include <vector>

#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/select.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

std::string Text(const std::optional<int>& value) { return value.has_value() ? std::to_string(*value) : "."; }

// Two selects that meet: the one sends, the other receives, at a rendezvous.
struct TwoSelects : Logged {
  Channel<int> channel;
  Event never;
  Task<> Send() {
    auto taken = co_await Select(never.Wait(), channel.Send(7));
    log += taken.get<1>() ? "sent " : "refused ";
  }
  Task<> Receive() {
    auto taken = co_await Select(channel.Receive(), never.Wait());
    log += Text(taken.get<0>()) + " ";
  }
};
struct SenderFirst : TwoSelects {
  std::vector<Task<>> Tasks() { return List(Send(), Receive()); }
};
struct ReceiverFirst : TwoSelects {
  std::vector<Task<>> Tasks() { return List(Receive(), Send()); }
};

TEST(SelectRendezvousTest, TwoSelectsMeetAtARendezvous) {
  EXPECT_EQ(RunQueued<SenderFirst>(), "7 sent ");
  EXPECT_EQ(RunQueued<ReceiverFirst>(), "sent 7 ");
  // Either begins first, in vain; then they meet, in the sender's step.
  EXPECT_EQ(Enumerate<SenderFirst>(), (Outcomes{{"sent 7 ", 2}}));
}

// Each of two tasks offers to send and to receive.
struct Exchange : Logged {
  Channel<int> channel;
  Task<> Meet(int value) {
    auto taken = co_await Select(channel.Send(value), channel.Receive());
    log += taken.index() == 0 ? "s" + std::to_string(value) : "r" + Text(taken.get<1>());
  }
  std::vector<Task<>> Tasks() { return List(Meet(1), Meet(2)); }
};

TEST(SelectRendezvousTest, TaskThatSendsAndReceivesMeetsAnother) {
  // The second, the newcomer, finds a partner for its first branch, and goes on.
  EXPECT_EQ(RunQueued<Exchange>(), "s2r2");
  // Both begin, in either order, and stand. Then either is chosen, and sends. No choice of branches: to
  // receive, another must be chosen.
  EXPECT_EQ(Enumerate<Exchange>(), (Outcomes{{"s2r2", 2}, {"s1r1", 2}}));
}

struct Alone : Exchange {
  std::vector<Task<>> Tasks() { return List(Meet(1)); }
};

TEST(SelectRendezvousTest, DoesNotMeetItself) {
  EXPECT_EQ(RunSimulated<Alone>(), " Deadlock");
  EXPECT_EQ(Enumerate<Alone>(), (Outcomes{{" Deadlock", 1}}));
}

struct ReadyAndPartner : Logged {
  Channel<int> channel;
  Event event;
  Task<> Select2() {
    auto taken = co_await Select(event.Wait(), channel.Receive());
    log += taken.index() == 0 ? "event " : "value ";
    if (taken.index() == 0) log += Text(co_await channel.Receive());
  }
  Task<> Main() {
    co_await event.Set();
    co_await channel.Send(1);
  }
  std::vector<Task<>> Tasks() { return List(Select2(), Main()); }
};

TEST(SelectRendezvousTest, PartnerAndReadyBranchAreBothFound) {
  // The select begins before the event is set or after, and stands before a rendezvous either way. Then it may
  // take the event, and Main sends to the Receive after it; or Main sends to the select.
  EXPECT_EQ(Enumerate<ReadyAndPartner>(), (Outcomes{{"event 1", 2}, {"value ", 2}}));
}

struct Crowd : Logged {
  Channel<int> left;
  Channel<int> right;
  int sum = 0;
  int done = 0;
  Task<> Send(int value) {
    co_await Select(left.Send(value), right.Send(10 * value));
    Done();
  }
  Task<> Receive() {
    auto taken = co_await Select(right.Receive(), left.Receive());
    sum += taken.index() == 0 ? *taken.get<0>() / 10 : *taken.get<1>();
    Done();
  }
  void Done() {
    if (++done == 6) log = std::to_string(sum);
  }
  std::vector<Task<>> Tasks() { return List(Send(1), Receive(), Send(2), Receive(), Send(4), Receive()); }
};

TEST(SelectRendezvousTest, EachOfferIsTakenOnceInAnyExecution) {
  EXPECT_EQ(RunQueued<Crowd>(), "7");
  EXPECT_EQ(Sample<Crowd>(500), (Outcomes{{"7", 500}}));
}

}  // namespace
}  // namespace fate::test
