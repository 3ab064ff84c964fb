// Who was let go on and cancelled in one step may find it taken by another when it goes on: then it throws, also where
// its operation could not have taken effect. In each program the step that comes between conflicts with an earlier one
// of the task.
#include <gtest/gtest.h>

#include <string>

#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/semaphore.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "tests/race/outcomes.h"

namespace fate::sim {
namespace outcomes_of_grants_test {
namespace {

using test::ExpectEachSees;
using test::seen;

// Of whoever is cancelled where it has received its own number, or before; of the other; of main.
struct World {
  Channel<int> channel{1};
  std::string own, other, main;

  // Sends, receives, and goes on with `then`.
  template <class Then>
  Task<> Cancellable(const Then& then) {
    try {
      co_await channel.Send(3);
      co_await channel.Receive();
      own = "r";
      co_await then();
      own += "+";
    } catch (const Cancelled&) {
      own += "!";
    }
  }
  // What it waits for comes from main; then it sends.
  Task<> Sends() {
    other = "s";
    co_await channel.Send(2);
  }
  Task<> End(JoinHandle<> cancelled, JoinHandle<> sender) {
    co_await cancelled.Wait();
    channel.TryReceive();
    co_await sender.Wait();
    seen = own + "," + other + "," + main;
  }
};

TEST(OutcomesOfGrantsTest, AMutexThatAnotherTakes) {
  ExpectEachSees({"!,s,1", "!,s,2", "r!,s,1", "r+,s,1", "r+,s,2"}, []() -> Task<> {
    World world;
    Mutex mutex;
    const auto locks = [&]() -> Task<> { MutexGuard guard = co_await mutex.Lock(); };
    const auto sends = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await world.Sends();
    };
    JoinHandle<> cancelled = co_await Spawn(world.Cancellable(locks));
    JoinHandle<> sender = co_await Spawn(sends());
    {
      MutexGuard guard = co_await mutex.Lock();
      world.main = world.other.empty() ? "1" : "2";
    }
    cancelled.CancelNow();
    co_await world.End(std::move(cancelled), std::move(sender));
  });
}

TEST(OutcomesOfGrantsTest, APermitThatAnotherTakes) {
  ExpectEachSees({"!,s,", "r!,s,", "r+,s,"}, []() -> Task<> {
    World world;
    Semaphore semaphore(0);
    Atomic<int> cell;
    const auto acquires = [&]() -> Task<> { SemaphorePermit permit = co_await semaphore.Acquire(); };
    const auto sends = [&]() -> Task<> {
      SemaphorePermit permit = co_await semaphore.Acquire();
      co_await world.Sends();
    };
    JoinHandle<> cancelled = co_await Spawn(world.Cancellable(acquires));
    JoinHandle<> sender = co_await Spawn(sends());
    co_await cell.Load();
    semaphore.ReleaseNow(1);
    cancelled.CancelNow();
    co_await world.End(std::move(cancelled), std::move(sender));
  });
}

TEST(OutcomesOfGrantsTest, AOnceThatAnotherTries) {
  const test::Outcomes outcomes{"!,s,", "!,s,x", "r!,s,", "r!,s,x", "r+,,", "r+,,x", "r+,s,", "r+,s,x"};
  ExpectEachSees(outcomes, []() -> Task<> {
    World world;
    Once once;
    const auto nothing = []() -> Task<> { co_return; };
    const auto calls = [&]() -> Task<> { co_await once.Call(nothing); };
    const auto body = [&] { return world.Sends(); };
    const auto sends = [&]() -> Task<> { co_await once.Call(body); };
    const auto fails = []() -> Task<> {
      throw 7;
      co_return;
    };
    JoinHandle<> cancelled = co_await Spawn(world.Cancellable(calls));
    JoinHandle<> sender = co_await Spawn(sends());
    try {
      co_await once.Call(fails);
    } catch (int) {
      world.main = "x";
    }
    cancelled.CancelNow();
    co_await world.End(std::move(cancelled), std::move(sender));
  });
}

}  // namespace
}  // namespace outcomes_of_grants_test
}  // namespace fate::sim
