#include "fate/sync/select.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/oneshot.h"
#include "fate/sync/semaphore.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/ticker.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::select_test {
namespace {

std::string Text(const std::optional<int>& value) { return value.has_value() ? std::to_string(*value) : "."; }

// --- branches that are ready
// -----------------------------------------------------------------------

struct AllReady : Logged {
  Channel<int> first{1};
  Channel<int> second{1};
  Event event;
  Task<> Main() {
    first.TrySend(1);
    second.TrySend(2);
    event.SetNow();
    auto taken = co_await Select(first.Receive(), second.Receive(), event.Wait());
    log += std::to_string(taken.index());
    log += std::to_string(first.size()) + std::to_string(second.size());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, TakesTheFirstListedAndLeavesTheOthersAlone) { EXPECT_EQ(RunQueued<AllReady>(), "001"); }

TEST(SelectTest, TieIsAChoiceInTheSearch) {
  EXPECT_EQ(Enumerate<AllReady>(), (Outcomes{{"001", 1}, {"110", 1}, {"211", 1}}));
  EXPECT_EQ(RunSimulated<AllReady>(sim::Interleaving::kOperation), "001");
}

struct Results : Logged {
  Channel<std::string> strings{1};
  Channel<int> numbers{1};
  Oneshot<std::unique_ptr<int>> oneshot;
  Broadcast<int> broadcast{1};
  Mutex mutex;
  Semaphore semaphore{2};
  Event event;
  Task<> Main() {
    // The strings are too long for their own memory: a second destruction would show.
    auto sent = co_await Select(strings.Send(std::string(100, 's')), numbers.Receive());
    log += sent.get<0>() ? "sent " : "refused ";
    auto full = co_await Select(strings.Send(std::string(100, 't')), numbers.Send(4));
    log += std::to_string(full.index()) + " ";
    auto received = co_await Select(event.Wait(), strings.Receive());
    log += std::to_string(received.get<1>()->size()) + " ";
    co_await oneshot.Send(std::make_unique<int>(5));
    auto moved = co_await Select(strings.Receive(), oneshot.Receive());
    log += std::to_string(**moved.get<1>()) + " ";
    Subscription<int> subscription = co_await broadcast.Subscribe();
    co_await broadcast.Send(6);
    auto message = co_await Select(strings.Receive(), subscription.Receive());
    log += std::to_string(*message.get<1>()) + " ";
    {
      auto guard = co_await Select(event.Wait(), mutex.Lock(), semaphore.Acquire(2));
      log += guard.get<1>().holds() && mutex.locked() ? "locked " : "? ";
      auto permit = co_await Select(mutex.Lock(), semaphore.Acquire(2));
      log += std::to_string(permit.get<1>().count()) + " ";
    }
    log += mutex.locked() ? "locked" : "free";
    log += std::to_string(semaphore.available());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, GivesWhatTheBranchGives) { EXPECT_EQ(RunQueued<Results>(), "sent 1 100 5 6 locked 2 free2"); }

struct Trying : Logged {
  Channel<int> channel{1};
  Channel<int> rendezvous;
  Event event;
  Task<> Send() { log += co_await rendezvous.Send(8) ? "sent " : "refused "; }
  Task<> Main() {
    log += TrySelect(channel.Receive(), event.Wait()).has_value() ? "? " : "none ";
    auto sent = TrySelect(channel.Receive(), channel.Send(3));
    log += std::to_string(sent->index()) + " ";
    auto received = TrySelect(event.Wait(), channel.Receive());
    log += Text(received->get<1>()) + " ";
    JoinHandle<> sender = co_await Spawn(Send());
    co_await Yield();
    auto met = TrySelect(rendezvous.Send(9), rendezvous.Receive());
    log += Text(met->get<1>()) + " ";
    co_await sender.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, TrySelectNeverWaits) { EXPECT_EQ(RunQueued<Trying>(), "none 1 3 8 sent "); }

// --- branches that wait
// ----------------------------------------------------------------------------

struct Waiting : Logged {
  Channel<int> channel{1};
  Event event;
  Mutex mutex;
  Task<> Wait() {
    auto taken = co_await Select(event.Wait(), channel.Receive());
    log += std::to_string(taken.index());
    log += Text(taken.get<1>());
  }
  Task<> Main() {
    co_await Yield();
    co_await channel.Send(7);
    co_await event.Set();  // too late: no effect on the select
    co_await channel.Send(8);
    co_await Yield();
    log += std::to_string(channel.size());
  }
  std::vector<Task<>> Tasks() { return List(Wait(), Main()); }
};

TEST(SelectTest, BranchThatIsGrantedFirstIsTaken) { EXPECT_EQ(RunQueued<Waiting>(), "171"); }

struct Leaves : Logged {
  Semaphore semaphore{2};
  Event event;
  Mutex mutex;
  // At the head of the queue of the semaphore, with a request too large, until the event is set.
  Task<> Head() {
    auto taken = co_await Select(semaphore.Acquire(2), mutex.Lock(), event.Wait());
    log += 'h' + std::to_string(taken.index());
  }
  Task<> Behind() {
    SemaphorePermit permit = co_await semaphore.Acquire();
    log += 'b';
  }
  Task<> Main() {
    SemaphorePermit permit = co_await semaphore.Acquire();
    MutexGuard guard = co_await mutex.Lock();
    co_await Yield();
    log += '-';
    co_await event.Set();
    co_await Yield();
    co_await guard.Unlock();
    log += mutex.locked() ? "locked" : "free";
  }
  std::vector<Task<>> Tasks() { return List(Main(), Head(), Behind()); }
};

TEST(SelectTest, BranchesNotTakenLeaveTheirQueues) { EXPECT_EQ(RunQueued<Leaves>(), "-bh2free"); }

struct CancelledSelect : Logged {
  Channel<int> channel;
  Event event;
  Task<> Wait() {
    try {
      co_await Select(channel.Receive(), event.Wait());
      log += "taken ";
    } catch (const Cancelled&) {
      log += "cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Wait());
    co_await Yield();
    co_await waiter.Cancel();
    log += channel.TrySend(1) ? "sent " : "refused ";
    co_await event.Set();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, CancelledSelectTookNoBranch) {
  EXPECT_EQ(RunQueued<CancelledSelect>(), "refused cancelled ");
  EXPECT_EQ(Sample<CancelledSelect>(200), (Outcomes{{"refused cancelled ", 200}}));
}

struct GrantedThenCancelled : Logged {
  Channel<int> channel;
  Event event;
  Task<> Wait() {
    auto taken = co_await Select(event.Wait(), channel.Receive());
    log += Text(taken.get<1>());
    try {
      co_await Yield();
    } catch (const Cancelled&) {
      log += " then cancelled";
    }
  }
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Wait());
    co_await Yield();
    co_await channel.Send(5);
    co_await waiter.Cancel();
    co_await waiter.Wait();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, BranchGrantedBeforeTheCancellationIsTaken) {
  EXPECT_EQ(RunQueued<GrantedThenCancelled>(), "5 then cancelled");
}

struct Joining : Logged {
  Event event;
  Task<int> Answer() {
    co_await Yield();
    co_return 42;
  }
  Task<> Main() {
    JoinHandle<int> answer = co_await Spawn(Answer());
    auto taken = co_await Select(event.Wait(), answer.Join());
    log += std::to_string(taken.get<1>());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, WaitsForTasksToo) {
  EXPECT_EQ(RunQueued<Joining>(), "42");
  EXPECT_EQ(Sample<Joining>(50), (Outcomes{{"42", 50}}));
}

// --- timers
// ----------------------------------------------------------------------------------------

struct Timeout : Logged {
  Channel<int> channel;
  Task<> Wait() {
    for (int i = 0; i < 3; ++i) {
      auto taken = co_await Select(channel.Receive(), After(absl::Seconds(5)));
      log += taken.index() == 0 ? Text(taken.get<0>()) : "late";
      log += "@" + std::to_string(context.runtime->now_ns() / 1'000'000'000) + " ";
    }
  }
  Task<> Main() {
    co_await Sleep(absl::Seconds(7));
    co_await channel.Send(1);
    co_await Sleep(absl::Hours(1));
  }
  std::vector<Task<>> Tasks() { return List(Wait(), Main()); }
};

TEST(SelectTest, TimerIsABranch) {
  EXPECT_EQ(RunQueued<Timeout>(), "late@5 1@7 late@12 ");
  EXPECT_EQ(Enumerate<Timeout>().count("late@5 1@7 late@12 "), 1u);
}

struct TwoTimers : Logged {
  Task<> Main() {
    auto taken = co_await Select(After(absl::Seconds(2)), After(absl::Seconds(1)), After(absl::Seconds(2)));
    log += std::to_string(taken.index());
    co_await Sleep(absl::Seconds(1));
    log += "@" + std::to_string(context.runtime->now_ns() / 1'000'000'000);
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, TimersThatLostNeverFire) {
  EXPECT_EQ(RunQueued<TwoTimers>(), "1@2");
  EXPECT_EQ(Enumerate<TwoTimers>(), (Outcomes{{"1@2", 1}}));
}

struct EqualTimers : Logged {
  Task<> Main() {
    auto taken = co_await Select(After(absl::Seconds(1)), After(absl::Seconds(1)));
    log += std::to_string(taken.index());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, EqualTimersAreAChoiceInTheSearch) {
  EXPECT_EQ(RunQueued<EqualTimers>(), "0");
  EXPECT_EQ(Enumerate<EqualTimers>(), (Outcomes{{"0", 1}, {"1", 1}}));
}

struct WrongBranch : Logged {
  Event event;
  Channel<int> channel;
  Task<> Main() {
    event.SetNow();
    auto taken = co_await Select(event.Wait(), channel.Receive());
    log += Text(taken.get<1>());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, AskingForABranchThatWasNotTakenIsMisuse) {
  EXPECT_NE(MessageOf<WrongBranch>().find("asked a Select for a branch that did not take effect"), std::string::npos);
}

struct TriesTimers : Logged {
  Task<> Main() {
    Ticker ticker(absl::Seconds(1));
    log += TrySelect(ticker.Next(), After(absl::Seconds(1))).has_value() ? "? " : "none ";
    co_await Sleep(absl::Milliseconds(2500));
    auto tick = TrySelect(After(absl::Seconds(1)), ticker.Next());
    log += tick.has_value() && tick->index() == 1 ? std::to_string(tick->get<1>()) : "?";
    log += TrySelect(ticker.Next()).has_value() ? " ?" : " none";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SelectTest, TrySelectTakesATimerThatIsDueInBothWorlds) {
  EXPECT_EQ(RunQueued<TriesTimers>(), "none 1 none");
  EXPECT_EQ(RunSimulated<TriesTimers>(sim::Interleaving::kOperation), "none 1 none");
}

}  // namespace
}  // namespace fate::test::select_test
