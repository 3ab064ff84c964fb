// Whatever a task waits for: what comes of it where another opens it, takes it first, or cancels the task, also in the
// step that opens it. Each search with reduction sees the outcomes and the traces of plain depth-first search.
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "fate/task/when_any.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "tests/race/outcomes.h"

namespace fate::sim {
namespace every_wait_test {
namespace {

using test::Outcomes;
using test::seen;

// --- what is waited for: closed at first, and opened once ----------------------------------------

struct HeldMutex {
  Mutex mutex;
  MutexGuard held = mutex.TryLock();
  auto Wait() { return mutex.Lock(); }
  void OpenNow() { held.UnlockNow(); }
  Task<> Open() { co_await held.Unlock(); }
  Task<> Take() { MutexGuard guard = co_await mutex.Lock(); }
};

struct EmptySemaphore {
  Semaphore semaphore{0};
  auto Wait() { return semaphore.Acquire(); }
  void OpenNow() { semaphore.ReleaseNow(); }
  Task<> Open() { co_await semaphore.Release(); }
  Task<> Take() { SemaphorePermit permit = co_await semaphore.Acquire(); }
};

struct ClearEvent {
  Event event;
  auto Wait() { return event.Wait(); }
  void OpenNow() { event.SetNow(); }
  Task<> Open() { co_await event.Set(); }
  Task<> Take() { co_await event.Reset(); }
};

struct ClosedLatch {
  Latch latch{1};
  auto Wait() { return latch.Wait(); }
  void OpenNow() { latch.CountDownNow(); }
  Task<> Open() { co_await latch.CountDown(); }
  Task<> Take() { co_await latch.Wait(); }
};

struct EmptyChannel {
  Channel<int> channel{1};
  auto Wait() { return channel.Receive(); }
  void OpenNow() { channel.TrySend(1); }
  Task<> Open() { co_await channel.Send(2); }
  Task<> Take() { co_await channel.Receive(); }
};

struct ChannelThatEnds : EmptyChannel {
  void OpenNow() { channel.CloseNow(); }
};

struct FullChannel {
  FullChannel() { channel.TrySend(1); }
  Channel<int> channel{1};
  auto Wait() { return channel.Send(2); }
  void OpenNow() { channel.TryReceive(); }
  Task<> Open() { co_await channel.Receive(); }
  Task<> Take() { co_await channel.Send(3); }
};

struct SenderToMeet {
  Channel<int> channel{0};
  auto Wait() { return channel.Receive(); }
  void OpenNow() { channel.CloseNow(); }
  Task<> Open() { co_await channel.Send(2); }
  Task<> Take() { co_await channel.Receive(); }
};

struct ReceiverToMeet {
  Channel<int> channel{0};
  auto Wait() { return channel.Send(1); }
  void OpenNow() { channel.CloseNow(); }
  Task<> Open() { co_await channel.Receive(); }
  Task<> Take() { co_await channel.Send(3); }
};

struct WrittenMutex {
  SharedMutex mutex;
  ExclusiveGuard held = mutex.TryLock();
  auto Wait() { return mutex.LockShared(); }
  void OpenNow() { const ExclusiveGuard unlocked = std::move(held); }
  Task<> Open() { co_await held.Unlock(); }
  Task<> Take() { ExclusiveGuard guard = co_await mutex.Lock(); }
};

struct ReadMutex {
  SharedMutex mutex;
  SharedGuard held = mutex.TryLockShared();
  auto Wait() { return mutex.Lock(); }
  void OpenNow() { const SharedGuard unlocked = std::move(held); }
  Task<> Open() { co_await held.Unlock(); }
  Task<> Take() { SharedGuard guard = co_await mutex.LockShared(); }
};

// --- who waits, opens and takes ---------------------------------------------------------------------

template <class Kind>
struct World {
  Kind kind;
  Atomic<int> cell{0};
  std::string first, second, taker;

  Task<> Wait(std::string& told) {
    told = "!";
    if constexpr (std::is_void_v<decltype(kind.Wait().Result())>) {
      co_await kind.Wait();
      told = "+";
    } else {
      [[maybe_unused]] const auto result = co_await kind.Wait();
      told = "+";
    }
  }
  // Or for something in `channel`.
  Task<> WaitOr(Channel<int>& channel) {
    first = "!";
    auto result = co_await Select(kind.Wait(), channel.Receive());
    first = std::to_string(result.index());
  }
  Task<> Open() { co_await kind.Open(); }
  Task<> OpenLater() {
    co_await cell.Store(1);
    kind.OpenNow();
  }
  Task<> Take() {
    taker = "!";
    co_await kind.Take();
    taker = "t";
  }
  void Tell(const std::string& more = "") const { seen = first + "," + second + "," + taker + "," + more; }
};

Task<> Stop(JoinHandle<>& handle) {
  co_await handle.Cancel();
  co_await handle.Wait();
}

template <class Kind>
class EveryWaitTest : public testing::Test {
 protected:
  template <class Program>
  static void ExpectEachSeesWhatDepthFirstSees(const Program& program) {
    const Outcomes expected = test::OutcomesOf("depth_first", program);
    ASSERT_TRUE(expected.begin()->find(',') != std::string::npos) << *expected.begin();  // it does not fail
    test::ExpectEachSees(expected, program);
  }
  // One that waits in a select, opened and cancelled in one step, and a sender of what the other branch waits for.
  static Task<> SelectOpenedAndCancelled(size_t capacity) {
    World<Kind> world;
    Channel<int> channel(capacity);
    const auto sends = [&]() -> Task<> {
      world.second = "!";
      co_await channel.Send(1);
      world.second = "+";
    };
    JoinHandle<> waits = co_await Spawn(world.WaitOr(channel));
    JoinHandle<> sender = co_await Spawn(sends());
    JoinHandle<> taker = co_await Spawn(world.Take());
    world.kind.OpenNow();
    waits.CancelNow();
    co_await waits.Wait();
    co_await Stop(sender);
    co_await Stop(taker);
    world.Tell();
  }
};

using Kinds = testing::Types<HeldMutex, EmptySemaphore, ClearEvent, ClosedLatch, EmptyChannel, ChannelThatEnds,
                             FullChannel, SenderToMeet, ReceiverToMeet, WrittenMutex, ReadMutex>;
TYPED_TEST_SUITE(EveryWaitTest, Kinds);

TYPED_TEST(EveryWaitTest, TheFirstOfTwoEndsTheOther) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    std::string index;
    const auto either = [&]() -> Task<> {
      const auto result = co_await WhenAny(world.Wait(world.first), world.Wait(world.second));
      index = std::to_string(result.index());
    };
    JoinHandle<> opener = co_await Spawn(world.OpenLater());
    JoinHandle<> waits = co_await Spawn(either());
    co_await opener.Join();
    co_await Stop(waits);
    world.Tell(index);
  });
}

TYPED_TEST(EveryWaitTest, WhoOpensItMayEndTheWait) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    JoinHandle<> taker = co_await Spawn(world.Take());
    const auto result = co_await WhenAny(world.Wait(world.first), world.Open());
    co_await Stop(taker);
    world.Tell(std::to_string(result.index()));
  });
}

TYPED_TEST(EveryWaitTest, AGroupIsCancelledAsItIsOpened) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    JoinHandle<> opener = co_await Spawn(world.Open());
    const auto body = [&](TaskGroup& group) -> Task<> {
      co_await group.Spawn(world.Wait(world.first));
      co_await group.Spawn(world.Wait(world.second));
      co_await world.cell.Load();
      co_await group.Cancel();
    };
    co_await WithTaskGroup(body);
    co_await Stop(opener);
    world.Tell();
  });
}

TYPED_TEST(EveryWaitTest, TheTimeIsOverAsItIsOpened) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    const auto opens = [&]() -> Task<> {
      co_await Sleep(absl::Milliseconds(1));
      world.kind.OpenNow();
    };
    JoinHandle<> opener = co_await Spawn(opens());
    JoinHandle<> taker = co_await Spawn(world.Take());
    const absl::Status status = co_await WithTimeout(absl::Milliseconds(1), world.Wait(world.first));
    co_await Stop(opener);
    co_await Stop(taker);
    world.Tell(status.ok() ? "in time" : "late");
  });
}

TYPED_TEST(EveryWaitTest, ItIsOpenedAndOneOfTwoCancelledInOneStep) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    JoinHandle<> first = co_await Spawn(world.Wait(world.first));
    JoinHandle<> second = co_await Spawn(world.Wait(world.second));
    JoinHandle<> taker = co_await Spawn(world.Take());
    world.kind.OpenNow();
    first.CancelNow();
    co_await second.Cancel();
    co_await first.Wait();
    co_await second.Wait();
    co_await Stop(taker);
    world.Tell();
  });
}

TYPED_TEST(EveryWaitTest, WhoOpensItOrWhoTakesItEndsTheOther) {
  this->ExpectEachSeesWhatDepthFirstSees([]() -> Task<> {
    World<TypeParam> world;
    JoinHandle<> waits = co_await Spawn(world.Wait(world.first));
    const auto result = co_await WhenAny(world.Open(), world.Take());
    co_await Stop(waits);
    world.Tell(std::to_string(result.index()));
  });
}

TYPED_TEST(EveryWaitTest, ASelectIsOpenedAndCancelledInOneStep) {
  this->ExpectEachSeesWhatDepthFirstSees([] { return TestFixture::SelectOpenedAndCancelled(1); });
  this->ExpectEachSeesWhatDepthFirstSees([] { return TestFixture::SelectOpenedAndCancelled(0); });
}

}  // namespace
}  // namespace every_wait_test
}  // namespace fate::sim
