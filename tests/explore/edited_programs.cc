#include "tests/explore/edited_programs.h"

#include <utility>

#include "fate/runtime/check.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/semaphore.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"

namespace fate::sim::test {
namespace {

using Cell = Atomic<int>;

// What the edits do to every program: what comes first in a task, and how a cell is read and written.
struct World {
  explicit World(Edit edit) : edit(edit) {}

  Task<> Begin() {
    Cell own;
    if (edit == Edit::kAwaitAdded) co_await Yield();
    if (edit != Edit::kOperationInserted) co_return;
    co_await own.Load();
    co_await own.Store(1);
  }
  Task<int> Load(Cell& cell) {
    int value = 0;
    if (edit == Edit::kLineMoved) {
      value = co_await cell.Load();
    } else if (edit == Edit::kPrimitiveReplaced) {
      value = co_await cell.FetchAdd(0);
    } else {
      value = co_await cell.Load();
    }
    co_return value;
  }
  Task<> Store(Cell& cell, int value) {
    if (edit == Edit::kLineMoved) {
      co_await cell.Store(value);
    } else if (edit == Edit::kPrimitiveReplaced) {
      co_await cell.Exchange(value);
    } else {
      co_await cell.Store(value);
    }
  }
  SpawnOptions Named(const char* name) const { return {.name = edit == Edit::kTaskRenamed ? "renamed" : name}; }

  Edit edit;
};

// Runs them together, to their ends.
Task<> Together(World& world, std::vector<Task<>> tasks) {
  std::vector<JoinHandle<>> handles;
  for (Task<>& task : tasks) handles.push_back(co_await Spawn(std::move(task), world.Named("one")));
  for (JoinHandle<>& handle : handles) co_await handle.Join();
}
template <class... Tasks>
Task<> Together(World& world, Tasks... some) {
  std::vector<Task<>> tasks;
  (tasks.push_back(std::move(some)), ...);
  return Together(world, std::move(tasks));
}

// A lost update.
Task<> Increment(World& world, Cell& counter) {
  co_await world.Begin();
  int before = co_await world.Load(counter);
  co_await world.Store(counter, before + 1);
}
Task<> LostUpdate(Edit edit) {
  World world(edit);
  Cell counter;
  co_await Together(world, Increment(world, counter), Increment(world, counter));
  FATE_CHECK(counter.Peek() == 2, "an update was lost");
}

// Three buyers of two things, each of whom looks before he takes.
Task<> Buy(World& world, Cell& stock) {
  co_await world.Begin();
  int left = co_await world.Load(stock);
  if (left == 0) co_return;
  co_await stock.FetchAdd(-1);
  FATE_CHECK(stock.Peek() >= 0, "sold too many");
}
Task<> Oversold(Edit edit) {
  World world(edit);
  Cell stock(2);
  co_await Together(world, Buy(world, stock), Buy(world, stock), Buy(world, stock));
}

// Two locks in two orders.
Task<> LockBoth(World& world, Mutex& first, Mutex& second) {
  co_await world.Begin();
  MutexGuard one = co_await first.Lock();
  MutexGuard two = co_await second.Lock();
}
Task<> AcquireBoth(World& world, Semaphore& first, Semaphore& second) {
  co_await world.Begin();
  SemaphorePermit one = co_await first.Acquire();
  SemaphorePermit two = co_await second.Acquire();
}
Task<> TwoOrders(Edit edit) {
  World world(edit);
  Mutex a, b;
  Semaphore c(1), d(1);
  if (edit == Edit::kPrimitiveReplaced) {
    co_await Together(world, AcquireBoth(world, c, d), AcquireBoth(world, d, c));
  } else {
    co_await Together(world, LockBoth(world, a, b), LockBoth(world, b, a));
  }
}

// Who waits looks first, and the signal comes in between and is gone.
Task<> WaitUnlessDone(World& world, Cell& done, Event& signal) {
  co_await world.Begin();
  int seen = co_await world.Load(done);
  if (seen == 1) co_return;
  co_await signal.Wait();
}
Task<> Signal(World& world, Cell& done, Event& signal) {
  co_await world.Begin();
  co_await world.Store(done, 1);
  co_await signal.Set();
  co_await signal.Reset();
}
Task<> LostWakeup(Edit edit) {
  World world(edit);
  Cell done;
  Event signal;
  co_await Together(world, Signal(world, done, signal), WaitUnlessDone(world, done, signal));
}

// A flag is set before what it stands for.
Task<> Publish(World& world, Cell& ready, Cell& value) {
  co_await world.Begin();
  co_await world.Store(ready, 1);
  co_await world.Store(value, 7);
}
Task<> Consume(World& world, Cell& ready, Cell& value) {
  co_await world.Begin();
  int is_ready = co_await world.Load(ready);
  if (is_ready == 0) co_return;
  int seen = co_await world.Load(value);
  FATE_CHECK(seen == 7, "not yet written");
}
Task<> PublishedTooEarly(Edit edit) {
  World world(edit);
  Cell ready, value;
  co_await Together(world, Publish(world, ready, value), Consume(world, ready, value));
}

// Lazy initialisation, by each of three who find nothing.
Task<> Initialise(World& world, Cell& made, Cell& count) {
  co_await world.Begin();
  int seen = co_await world.Load(made);
  if (seen == 1) co_return;
  co_await count.FetchAdd(1);
  co_await world.Store(made, 1);
  FATE_CHECK(count.Peek() == 1, "made twice");
}
Task<> MadeTwice(Edit edit) {
  World world(edit);
  Cell made, count;
  co_await Together(world, Initialise(world, made, count), Initialise(world, made, count),
                    Initialise(world, made, count));
}

// Two who need two permits each, of two, and take them one by one.
Task<> TakeTwo(World& world, Semaphore& permits) {
  co_await world.Begin();
  SemaphorePermit one = co_await permits.Acquire();
  SemaphorePermit two = co_await permits.Acquire();
}
Task<> TakeTwoTokens(World& world, Channel<int>& tokens) {
  co_await world.Begin();
  co_await tokens.Receive();
  co_await tokens.Receive();
  co_await tokens.Send(1);
  co_await tokens.Send(1);
}
Task<> OneByOne(Edit edit) {
  World world(edit);
  Semaphore permits(2);
  Channel<int> tokens(2);
  if (edit == Edit::kPrimitiveReplaced) {
    co_await tokens.Send(1);
    co_await tokens.Send(1);
    co_await Together(world, TakeTwoTokens(world, tokens), TakeTwoTokens(world, tokens));
  } else {
    co_await Together(world, TakeTwo(world, permits), TakeTwo(world, permits));
  }
}

// A balance that is read under the lock, and written under it later.
Task<> Withdraw(World& world, Mutex& mutex, Cell& balance, int amount) {
  co_await world.Begin();
  int before = 0;
  {
    MutexGuard guard = co_await mutex.Lock();
    before = co_await world.Load(balance);
  }
  if (before < amount) co_return;
  MutexGuard guard = co_await mutex.Lock();
  co_await world.Store(balance, before - amount);
}
Task<> LockedTwice(Edit edit) {
  World world(edit);
  Mutex mutex;
  Cell balance(100);
  co_await Together(world, Withdraw(world, mutex, balance, 30), Withdraw(world, mutex, balance, 20));
  FATE_CHECK(balance.Peek() == 50, "a withdrawal was lost");
}

// A channel is closed while somebody still sends.
Task<> SendTwo(World& world, Channel<int>& channel) {
  co_await world.Begin();
  for (int i = 0; i < 2; ++i) {
    bool sent = false;
    if (world.edit == Edit::kPrimitiveReplaced) {
      co_await Yield();
      sent = channel.TrySend(i);
    } else {
      sent = co_await channel.Send(i);
    }
    FATE_CHECK(sent, "sent into a closed channel");
  }
}
Task<> CloseIt(World& world, Channel<int>& channel) {
  co_await world.Begin();
  co_await channel.Close();
}
Task<> ClosedTooEarly(Edit edit) {
  World world(edit);
  Channel<int> channel(4);
  co_await Together(world, SendTwo(world, channel), CloseIt(world, channel));
}

// A value that comes back unchanged is taken for one that never changed.
Task<> Exchange(World& world, Cell& head, Cell& version) {
  co_await world.Begin();
  int seen = co_await world.Load(head);
  int at = co_await world.Load(version);
  int expected = seen;
  const bool done = co_await head.CompareExchange(expected, 9);
  FATE_CHECK(!done || version.Peek() == at, "another with the same value");
}
Task<> TurnRound(World& world, Cell& head, Cell& version) {
  co_await world.Begin();
  co_await world.Store(head, 2);
  co_await version.FetchAdd(1);
  co_await world.Store(head, 1);
}
Task<> SameValue(Edit edit) {
  World world(edit);
  Cell head(1), version;
  co_await Together(world, Exchange(world, head, version), TurnRound(world, head, version));
}

}  // namespace

const std::vector<EditedProgram>& EditedPrograms() {
  static const auto* programs = new std::vector<EditedProgram>{
      {"LostUpdate", LostUpdate}, {"Oversold", Oversold},       {"TwoOrders", TwoOrders},
      {"LostWakeup", LostWakeup}, {"MadeTwice", MadeTwice},     {"PublishedTooEarly", PublishedTooEarly},
      {"OneByOne", OneByOne},     {"LockedTwice", LockedTwice}, {"ClosedTooEarly", ClosedTooEarly},
      {"SameValue", SameValue},
  };
  return *programs;
}

}  // namespace fate::sim::test
