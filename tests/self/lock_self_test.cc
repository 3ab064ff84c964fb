// Locks, in every order of their tasks, with tasks cancelled at every moment: never more inside than may be,
// and nobody kept out for ever.
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/runtime/random.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/yield.h"
#include "fate/time/timeout.h"
#include "tests/self/under_search.h"

namespace fate::self {
namespace {

// How many are inside, and that they may be.
struct Room {
  int64_t inside = 0;
  int64_t most;
  explicit Room(int64_t at_most) : most(at_most) {}
  Task<> Stay() {
    ++inside;
    FATE_CHECK(inside <= most, "more tasks are inside than the lock lets in");
    struct Leaver {
      Room& room;
      ~Leaver() { --room.inside; }
    } leaver{*this};
    co_await Yield();
  }
};

struct MutexKeepsOut {
  Mutex mutex;
  Room room{1};
  int visits = 0;

  Task<> Visit() {
    MutexGuard guard = co_await mutex.Lock();
    co_await room.Stay();
    ++visits;
    co_await guard.Unlock();
  }
  Task<> VisitInTime() {
    absl::Status status = co_await WithTimeout(absl::Seconds(1), Visit());
    (void)status;
  }
  Task<> Main() {
    JoinHandle<bool> first = co_await Spawn(Ends(Visit()));
    JoinHandle<bool> second = co_await Spawn(Ends(Visit()));
    JoinHandle<> third = co_await Spawn(VisitInTime());
    co_await SomeTurns();
    co_await first.Cancel();
    co_await first.Join();
    bool ended = co_await second.Join();
    co_await third.Join();
    FATE_CHECK(ended && visits >= 2, "a task was kept out for ever");
    FATE_CHECK(!mutex.locked(), "a mutex stayed locked");
  }
};

struct SemaphoreCounts {
  Semaphore semaphore{2};
  Room room{2};

  Task<> Visit(int64_t permits) {
    SemaphorePermit permit = co_await semaphore.Acquire(permits);
    for (int64_t i = 1; i < permits; ++i) ++room.inside;
    struct Leaver {
      Room& room;
      int64_t extra;
      ~Leaver() { room.inside -= extra; }
    } leaver{room, permits - 1};
    co_await room.Stay();
  }
  Task<> Main() {
    JoinHandle<bool> one = co_await Spawn(Ends(Visit(1)));
    JoinHandle<bool> two = co_await Spawn(Ends(Visit(2)));
    JoinHandle<bool> other = co_await Spawn(Ends(Visit(1)));
    co_await SomeTurns();
    co_await two.Cancel();
    bool first_ended = co_await one.Join();
    co_await two.Join();
    bool other_ended = co_await other.Join();
    FATE_CHECK(first_ended && other_ended, "a task that nobody cancelled was kept out");
    FATE_CHECK(semaphore.available() == 2, "a permit was lost or made");
  }
};

struct ReadersAndWriters {
  SharedMutex mutex;
  int readers = 0;
  int writers = 0;

  struct Count {
    int& count;
    explicit Count(int& c) : count(c) { ++count; }
    ~Count() { --count; }
  };
  void Look() { FATE_CHECK(writers == 0 || (writers == 1 && readers == 0), "a writer was not alone"); }
  Task<> Read() {
    SharedGuard guard = co_await mutex.LockShared();
    Count count(readers);
    Look();
    co_await Yield();
    Look();
  }
  Task<> Write() {
    ExclusiveGuard guard = co_await mutex.Lock();
    Count count(writers);
    Look();
    co_await Yield();
    Look();
  }
  Task<> Main() {
    JoinHandle<bool> first = co_await Spawn(Ends(Read()));
    JoinHandle<bool> writer = co_await Spawn(Ends(Write()));
    JoinHandle<bool> second = co_await Spawn(Ends(Read()));
    co_await SomeTurns();
    co_await writer.Cancel();
    bool first_ended = co_await first.Join();
    co_await writer.Join();
    bool second_ended = co_await second.Join();
    FATE_CHECK(first_ended && second_ended, "a reader that nobody cancelled was kept out");
    FATE_CHECK(!mutex.locked() && mutex.readers() == 0, "a lock was not given back");
  }
};

// One who gives up at the head of the queue sets free those behind it that fit beside the holder. The holder
// stays until one of them is in.
struct GivingUpSetsPermitsFree {
  Semaphore semaphore{2};
  Event inside;
  Task<> Hold() {
    SemaphorePermit permit = co_await semaphore.Acquire(1);
    co_await inside.Wait();
  }
  Task<> TakeBoth() { SemaphorePermit permit = co_await semaphore.Acquire(2); }
  Task<> Enter() {
    SemaphorePermit permit = co_await semaphore.Acquire(1);
    co_await inside.Set();
  }
  Task<> Main() {
    JoinHandle<> holder = co_await Spawn(Hold());
    JoinHandle<bool> large = co_await Spawn(Ends(TakeBoth()));
    JoinHandle<> small = co_await Spawn(Enter());
    co_await SomeTurns();
    co_await large.Cancel();
    co_await small.Join();
    co_await holder.Join();
    co_await large.Join();
  }
};
struct GivingUpSetsReadersFree {
  SharedMutex mutex;
  Event inside;
  Task<> Hold() {
    SharedGuard guard = co_await mutex.LockShared();
    co_await inside.Wait();
  }
  Task<> Write() { ExclusiveGuard guard = co_await mutex.Lock(); }
  Task<> Enter() {
    SharedGuard guard = co_await mutex.LockShared();
    co_await inside.Set();
  }
  Task<> Main() {
    JoinHandle<> holder = co_await Spawn(Hold());
    JoinHandle<bool> writer = co_await Spawn(Ends(Write()));
    JoinHandle<> reader = co_await Spawn(Enter());
    co_await SomeTurns();
    co_await writer.Cancel();
    co_await reader.Join();
    co_await holder.Join();
    co_await writer.Join();
  }
};

// A queue under a mutex: a notification reaches somebody who waits, or is not needed.
struct NoWakeupIsLost {
  Mutex mutex;
  ConditionVariable changed;
  int items = 0;
  int taken = 0;

  Task<> Take() {
    MutexGuard guard = co_await mutex.Lock();
    auto has_items = [this] { return items > 0; };
    co_await changed.Wait(guard, has_items);
    FATE_CHECK(guard.holds(), "Wait ended without its mutex");
    --items;
    ++taken;
  }
  Task<> Put() {
    MutexGuard guard = co_await mutex.Lock();
    ++items;
    co_await changed.NotifyOne();
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Take());
    JoinHandle<> second = co_await Spawn(Take());
    JoinHandle<> third = co_await Spawn(Put());
    co_await Put();
    co_await first.Join();
    co_await second.Join();
    co_await third.Join();
    FATE_CHECK(items == 0 && taken == 2, "an item was lost or taken twice");
  }
};

// One that is cancelled while it waits takes no notification from the other.
struct ACancelledWaiterTakesNoNotification {
  Mutex mutex;
  ConditionVariable changed;
  bool open = false;

  Task<> WaitUntilOpen() {
    MutexGuard guard = co_await mutex.Lock();
    auto is_open = [this] { return open; };
    bool threw = true;
    struct Check {
      MutexGuard& guard;
      bool& threw;
      ~Check() { FATE_CHECK_IN_DESTRUCTOR(!threw || guard.holds(), "Wait threw without its mutex"); }
    } check{guard, threw};
    co_await changed.Wait(guard, is_open);
    threw = false;
  }
  Task<> Main() {
    JoinHandle<bool> victim = co_await Spawn(Ends(WaitUntilOpen()));
    JoinHandle<bool> other = co_await Spawn(Ends(WaitUntilOpen()));
    co_await SomeTurns();
    co_await victim.Cancel();
    {
      MutexGuard guard = co_await mutex.Lock();
      open = true;
      co_await changed.NotifyOne();
      co_await changed.NotifyOne();
    }
    co_await victim.Join();
    bool ended = co_await other.Join();
    FATE_CHECK(ended, "the other waiter was cancelled too");
    FATE_CHECK(!mutex.locked(), "a mutex stayed locked");
  }
};

// Who was notified returns, though it is cancelled before it has the mutex; who was not throws.
struct AWaitEndsAsItWasWoken {
  Mutex mutex;
  ConditionVariable changed;
  bool began = false;

  Task<> Wait() {
    MutexGuard guard = co_await mutex.Lock();
    began = true;
    co_await changed.Wait(guard);
  }
  Task<> Main() {
    Random random;
    JoinHandle<bool> victim = co_await Spawn(Ends(Wait()));
    co_await SomeTurns();
    bool notified = began && !mutex.locked() && random.Uniform(0, 1, kExplorable) == 1;
    if (notified) changed.NotifyOneNow();
    co_await victim.Cancel();
    bool ended = co_await victim.Join();
    FATE_CHECK(ended == notified, "a wait ended as if somebody else had woken it");
  }
};

// What these tests would say of a lock that does not lock.
struct NoLock {
  Room room{1};
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(room.Stay());
    JoinHandle<> second = co_await Spawn(room.Stay());
    co_await first.Join();
    co_await second.Join();
  }
};

TEST(LockSelfTest, TasksMeetInTheRoomIfNothingKeepsThemOut) {
  for (auto interleaving : {sim::Interleaving::kFifo, sim::Interleaving::kLoop, sim::Interleaving::kOperation}) {
    EXPECT_EQ(Search<NoLock>(interleaving, "random", 100).outcome.kind, sim::OutcomeKind::kAssertionFailed);
  }
}

TEST(LockSelfTest, AMutexLetsOneInAndNobodyStaysOut) { HoldsEverywhere<MutexKeepsOut>(); }
TEST(LockSelfTest, ASemaphoreLosesNoPermit) { HoldsEverywhere<SemaphoreCounts>(); }
TEST(LockSelfTest, AWriterIsAlone) { HoldsEverywhere<ReadersAndWriters>(); }
TEST(LockSelfTest, WhoGivesUpAtTheHeadOfTheQueueSetsFreeWhatFits) {
  HoldsEverywhere<GivingUpSetsPermitsFree>();
  HoldsEverywhere<GivingUpSetsReadersFree>();
}
TEST(LockSelfTest, NoNotificationIsLost) { HoldsEverywhere<NoWakeupIsLost>(); }
TEST(LockSelfTest, ACancelledWaiterTakesNoNotificationFromOthers) {
  HoldsEverywhere<ACancelledWaiterTakesNoNotification>();
}
TEST(LockSelfTest, AWaitEndsAsItWasWoken) { HoldsEverywhere<AWaitEndsAsItWasWoken>(); }

}  // namespace
}  // namespace fate::self
