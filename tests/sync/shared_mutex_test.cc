#include "fate/sync/shared_mutex.h"

#include <string>
#include <utility>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::shared_mutex_test {
namespace {

using testing::ContainsRegex;

// Each logs its name when it has the lock, and "/" and its name before it unlocks.
struct Base : Logged {
  SharedMutex mutex;
  Task<> Read(char name, int yields = 1) {
    SharedGuard guard = co_await mutex.LockShared();
    log += name;
    for (int i = 0; i < yields; ++i) co_await Yield();
    log += {'/', name};
  }
  Task<> Write(char name, int yields = 1) {
    ExclusiveGuard guard = co_await mutex.Lock();
    log += name;
    for (int i = 0; i < yields; ++i) co_await Yield();
    log += {'/', name};
  }
};

struct Batches : Base {
  std::vector<Task<>> Tasks() { return List(Write('W', 2), Read('a'), Read('b'), Write('V'), Read('c'), Read('d')); }
};

TEST(SharedMutexTest, ReadersThatWaitTogetherGoOnTogether) { EXPECT_EQ(RunQueued<Batches>(), "W/Wab/a/bV/Vcd/c/d"); }

struct Fair : Base {
  std::vector<Task<>> Tasks() { return List(Read('a'), Write('W'), Read('b')); }
};

TEST(SharedMutexTest, ReaderWaitsBehindAWaitingWriter) { EXPECT_EQ(RunQueued<Fair>(), "a/aW/Wb/b"); }

struct TryBehindWriter : Base {
  Task<> Main() {
    SharedGuard guard = co_await mutex.LockShared();
    log += mutex.TryLockShared().holds() ? "shared " : "refused ";
    log += mutex.TryLock().holds() ? "exclusive " : "refused ";
    JoinHandle<> writer = co_await Spawn(Write('W', 0));
    co_await Yield();
    log += mutex.TryLockShared().holds() ? "shared " : "refused ";
    co_await guard.Unlock();
    co_await writer.Wait();
    ExclusiveGuard exclusive = mutex.TryLock();
    log += exclusive.holds() && mutex.locked() ? " exclusive " : " refused ";
    log += mutex.TryLockShared().holds() ? "shared" : "refused";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, TryFormsDoNotOvertake) {
  EXPECT_EQ(RunQueued<TryBehindWriter>(), "shared refused refused W/W exclusive refused");
}

struct CancelledWriter : Base {
  Task<> WriteInVain() {
    try {
      ExclusiveGuard guard = co_await mutex.Lock();
      log += 'W';
    } catch (const Cancelled&) {
      log += '!';
    }
  }
  Task<> Main() {
    SharedGuard guard = co_await mutex.LockShared();
    JoinHandle<> writer = co_await Spawn(WriteInVain());
    JoinHandle<> reader = co_await Spawn(Read('a', 0));
    co_await Yield();
    co_await writer.Cancel();
    co_await reader.Wait();
    co_await writer.Wait();
    log += std::to_string(mutex.readers());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, CancelledWriterSetsTheReadersBehindItFree) { EXPECT_EQ(RunQueued<CancelledWriter>(), "a/a!1"); }

struct Misuse : Base {
  Task<> Main() { co_await mutex.Unlock(); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};
struct MisuseShared : Base {
  Task<> Main() {
    ExclusiveGuard guard = co_await mutex.Lock();
    co_await mutex.UnlockShared();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, UnlockingWhatIsNotHeldIsMisuse) {
  EXPECT_EQ(MessageOf<Misuse>(),
            "FATE_CHECK(writing_) failed: your program unlocked a SharedMutex that no writer holds");
  EXPECT_EQ(MessageOf<MisuseShared>(),
            "FATE_CHECK(readers_ > 0) failed: your program unlocked a SharedMutex that no reader holds");
}

struct Guards : Base {
  Task<> Main() {
    SharedGuard first = co_await mutex.LockShared();
    SharedGuard second = co_await mutex.LockShared();
    log += std::to_string(mutex.readers());
    first = std::move(second);
    log += std::to_string(mutex.readers());
    first.Release()->UnlockSharedNow();
    log += std::to_string(mutex.readers());
    ExclusiveGuard writer = co_await mutex.Lock();
    log += mutex.holder() == context.task ? "h" : "?";
    writer.Release()->UnlockNow();
    log += mutex.locked() ? "L" : "l";
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, GuardUnlocksWhatItHolds) { EXPECT_EQ(RunQueued<Guards>(), "210hl"); }

struct BehindTheBack : Base {
  Task<> Main() {
    SharedGuard guard = co_await mutex.LockShared();
    mutex.UnlockSharedNow();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, UnlockingBehindTheBackOfAGuardIsMisuse) {
  EXPECT_EQ(MessageOf<BehindTheBack>(),
            "FATE_CHECK(held) failed: your program unlocked a SharedMutex behind the back of its "
            "guard");
}

// Two readers that would both write wait for each other: the report names both as holders.
struct Upgrades : Base {
  Task<> Upgrade() {
    SharedGuard shared = co_await mutex.LockShared();
    co_await Yield();
    ExclusiveGuard exclusive = co_await mutex.Lock();
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Upgrade(), {.name = "first"});
    JoinHandle<> second = co_await Spawn(Upgrade());
    SharedGuard given_back = co_await mutex.LockShared();
    co_await given_back.Unlock();
    co_await first.Join();
    co_await second.Join();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SharedMutexTest, ADeadlockNamesTheReadersThatHoldIt) {
  const std::string message = MessageOf<Upgrades>();
  const std::string place = "sync/shared_mutex_test.cc:[0-9]+";
  EXPECT_THAT(message, ContainsRegex("task main.2 \\(#2, spawned at " + place +
                                     "\\) waits in Lock on the SharedMutex made at [^,]+, held by task \"first\" "
                                     "\\(#1, spawned at " +
                                     place + "\\) and by task main.2 \\(#2, spawned at " + place + "\\)\n"));
}

// --- the search --------------------------------------------------------------------------------

struct Ordered : Logged {
  SharedMutex mutex;
  Task<> Read() {
    SharedGuard guard = co_await mutex.LockShared();
    log += 'r';
    co_await guard.Unlock();
  }
  Task<> Write() {
    ExclusiveGuard guard = co_await mutex.Lock();
    log += 'W';
    co_await guard.Unlock();
  }
};
struct TwoReaders : Ordered {
  std::vector<Task<>> Tasks() { return List(Read(), Read()); }
};
struct ReaderAndWriter : Ordered {
  std::vector<Task<>> Tasks() { return List(Read(), Write()); }
};

TEST(SharedMutexTest, ReadersDoNotExcludeEachOther) {
  // Two steps each, in any order: 4! / (2! 2!).
  EXPECT_EQ(Enumerate<TwoReaders>(), (Outcomes{{"rr", 6}}));
}

TEST(SharedMutexTest, ReaderAndWriterExcludeEachOther) {
  // The reader locks; then it unlocks and the writer follows, or the writer begins, in vain, and
  // the reader unlocks. The same with the writer first.
  EXPECT_EQ(Enumerate<ReaderAndWriter>(), (Outcomes{{"rW", 2}, {"Wr", 2}}));
}

struct Recursive : Base {
  Task<> ReadTwice() {
    SharedGuard guard = co_await mutex.LockShared();
    co_await Yield();
    SharedGuard again = co_await mutex.LockShared();
    log += "twice";
  }
  std::vector<Task<>> Tasks() { return List(ReadTwice(), Write('W', 0)); }
};

TEST(SharedMutexTest, ReaderThatLocksAgainBehindAWriterDeadlocksWhereQueuesAreReal) {
  EXPECT_EQ(RunSimulated<Recursive>(), " Deadlock");
  EXPECT_EQ(Enumerate<Recursive>(sim::Interleaving::kLoop).count(" Deadlock"), 1u);
  EXPECT_EQ(Enumerate<Recursive>().count(" Deadlock"), 0u);
}

}  // namespace
}  // namespace fate::test::shared_mutex_test
