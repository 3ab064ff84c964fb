#include "fate/sync/semaphore.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test::semaphore_test {
namespace {

struct Weights : Logged {
  Semaphore semaphore{2};
  Task<> Hold() {
    SemaphorePermit permit = co_await semaphore.Acquire(2);
    log += "2 ";
    co_await Yield();
    log += "release1 ";
    co_await semaphore.Release(1);
    // One is available, but the oldest waiter needs two.
    log += semaphore.TryAcquire().holds() ? "overtook " : "refused ";
    co_await Yield();
    permit.Forget();
    log += "release1 ";
    co_await semaphore.Release(1);
  }
  Task<> Acquire(int64_t n, std::string name) {
    SemaphorePermit permit = co_await semaphore.Acquire(n);
    log += name + " ";
    co_await Yield();
    log += "/" + name + " ";
  }
  std::vector<Task<>> Tasks() { return List(Hold(), Acquire(2, "b2"), Acquire(1, "c1"), Acquire(1, "d1")); }
};

TEST(SemaphoreTest, SmallRequestDoesNotOvertakeTheLargeOneBeforeIt) {
  EXPECT_EQ(RunQueued<Weights>(), "2 release1 refused release1 b2 /b2 c1 d1 /c1 /d1 ");
}

struct CancelledHead : Logged {
  Semaphore semaphore{2};
  Task<> Acquire(int64_t n, char name) {
    try {
      SemaphorePermit permit = co_await semaphore.Acquire(n);
      log += name;
    } catch (const Cancelled&) {
      log += '!';
    }
  }
  Task<> Main() {
    SemaphorePermit permit = co_await semaphore.Acquire(1);
    JoinHandle<> head = co_await Spawn(Acquire(2, 'h'));
    JoinHandle<> behind = co_await Spawn(Acquire(1, 'b'));
    co_await Yield();
    co_await head.Cancel();
    co_await head.Wait();
    co_await behind.Wait();
    log += std::to_string(semaphore.available());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SemaphoreTest, CancelledHeadSetsThoseBehindItFree) { EXPECT_EQ(RunQueued<CancelledHead>(), "b!1"); }

TEST(SemaphoreTest, CancelledAcquireHoldsNothingInAnyExecution) {
  for (const auto& [name, count] : Enumerate<CancelledHead>()) {
    EXPECT_TRUE(name == "!b1" || name == "b!1") << name;
  }
}

struct GrantedThenCancelled : Logged {
  Semaphore semaphore{0};
  Task<> Acquire() {
    SemaphorePermit permit = co_await semaphore.Acquire();
    log += "held ";
    try {
      co_await Yield();
    } catch (const Cancelled&) {
      log += "then cancelled ";
    }
  }
  Task<> Main() {
    JoinHandle<> waiter = co_await Spawn(Acquire());
    co_await Yield();
    co_await semaphore.Release();
    co_await waiter.Cancel();
    co_await waiter.Wait();
    log += std::to_string(semaphore.available());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SemaphoreTest, PermitGrantedBeforeTheCancellationIsHeld) {
  EXPECT_EQ(RunQueued<GrantedThenCancelled>(), "held then cancelled 1");
}

struct Permits : Logged {
  Semaphore semaphore{5};
  void Note() { log += std::to_string(semaphore.available()) + " "; }
  Task<> Main() {
    SemaphorePermit two = co_await semaphore.Acquire(2);
    Note();
    SemaphorePermit moved = std::move(two);
    Note();
    moved = co_await semaphore.Acquire(3);  // gives the two back
    Note();
    co_await moved.Release();
    Note();
    {
      SemaphorePermit tried = semaphore.TryAcquire(5);
      Note();
    }
    Note();
    log += semaphore.TryAcquire(6).holds() ? "held " : "refused ";
    log += std::to_string(semaphore.TryAcquire(4).Forget()) + " ";
    Note();
    semaphore.ReleaseNow(6);
    Note();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SemaphoreTest, PermitGivesBackWhatItHolds) { EXPECT_EQ(RunQueued<Permits>(), "3 3 2 5 0 5 refused 4 1 7 "); }

struct NoPermit : Logged {
  Semaphore semaphore{1};
  Task<> Main() { SemaphorePermit permit = co_await semaphore.Acquire(0); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SemaphoreTest, AcquiringNothingIsMisuse) {
  EXPECT_EQ(MessageOf<NoPermit>(),
            "FATE_CHECK(n > 0) failed: your program acquired fewer than one permit of a Semaphore");
}

struct TooMany : Logged {
  Semaphore semaphore{std::numeric_limits<int64_t>::max()};
  Task<> Main() { co_await semaphore.Release(); }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(SemaphoreTest, ReleasingMoreThanCanBeCountedIsMisuse) {
  EXPECT_NE(MessageOf<TooMany>().find("your program released more permits than a Semaphore can count"),
            std::string::npos);
}

struct Exclusion : Logged {
  Semaphore semaphore{1};
  Task<> Use(char name) {
    SemaphorePermit permit = co_await semaphore.Acquire();
    log += name;
    co_await permit.Release();
  }
  std::vector<Task<>> Tasks() { return List(Use('a'), Use('b')); }
};

TEST(SemaphoreTest, OneOfOneIsAMutex) {
  // a acquires; then a releases and b follows, or b begins, in vain, and a releases. The same with
  // b.
  EXPECT_EQ(Enumerate<Exclusion>(), (Outcomes{{"ab", 2}, {"ba", 2}}));
}

struct Pool : Logged {
  Semaphore semaphore{2};
  int inside = 0;
  int most = 0;
  int left = 4;
  Task<> Use(int64_t n) {
    SemaphorePermit permit = co_await semaphore.Acquire(n);
    inside += static_cast<int>(n);
    most = std::max(most, inside);
    co_await Yield();
    inside -= static_cast<int>(n);
    if (--left == 0) log = std::to_string(most);
  }
  std::vector<Task<>> Tasks() { return List(Use(1), Use(2), Use(1), Use(1)); }
};

TEST(SemaphoreTest, NeverGivesMoreThanThereAre) { EXPECT_EQ(Sample<Pool>(300), (Outcomes{{"2", 300}})); }

}  // namespace
}  // namespace fate::test::semaphore_test
