// Size: what each part does, a few lines each, of many.
#include "tests/race/structured_program.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "fate/sync/select.h"
#include "fate/task/finally.h"
#include "fate/task/when_all.h"
#include "fate/task/when_any.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "tests/race/structured_world.h"

namespace fate::sim::structured {

namespace {

// --- leaves ----------------------------------------------------------------------------------

Task<> RunAccess(World& world, const Node& node) {
  Atomic<int>& cell = world.cells[node.object];
  switch (node.part) {
    case Part::kLoad: {
      const int value = co_await cell.Load();
      world.See(node, value);
      break;
    }
    case Part::kStore:
      co_await cell.Store(node.number + 10 * node.id);
      break;
    case Part::kAdd: {
      const int before = co_await cell.FetchAdd(1);
      world.See(node, before);
      break;
    }
    case Part::kExchangeIf: {
      int expected = node.number % 2;
      const bool exchanged = co_await cell.CompareExchange(expected, node.number + 1);
      world.See(node, exchanged, expected);
      break;
    }
    case Part::kRead:
      world.See(node, world.watched[node.object].Read());
      break;
    case Part::kWrite:
      world.watched[node.object].Write(node.id);
      break;
    case Part::kYield:
      co_await Yield();
      break;
    case Part::kSleep:
      co_await Sleep(absl::Milliseconds(node.number));
      world.See(node, "slept");
      break;
    case Part::kThrow:
      throw std::runtime_error(absl::StrCat("x", node.id));
    default:
      break;
  }
}

Task<> RunSelect(World& world, const Node& node) {
  Channel<int>& channel = world.channels[node.object];
  if (node.number == 0) {
    auto result = co_await Select(channel.Receive(), world.events[node.object].Wait(), After(absl::Milliseconds(1)));
    world.See(node, result.index());
    if (result.index() == 0) world.See(node, result.template get<0>().value_or(-1));
  } else if (node.number == 1) {
    auto result = co_await Select(world.channels[0].Send(node.id), world.channels[1].Receive());
    world.See(node, result.index());
  } else {
    auto result =
        co_await Select(world.mutexes[node.object].Lock(), world.semaphore.Acquire(), world.channels[1].Send(node.id));
    co_await StepApart(world);
    world.See(node, result.index());
  }
}

Task<> RunSync(World& world, const Node& node) {
  Channel<int>& channel = world.channels[node.object];
  Event& event = world.events[node.object];
  switch (node.part) {
    case Part::kSet:
      co_await event.Set();
      break;
    case Part::kReset:
      co_await event.Reset();
      break;
    case Part::kWait:
      co_await event.Wait();
      world.See(node, "set");
      break;
    case Part::kSend: {
      const bool sent = co_await channel.Send(node.id);
      world.See(node, sent);
      break;
    }
    case Part::kReceive: {
      const std::optional<int> value = co_await channel.Receive();
      world.See(node, value.value_or(-1));
      break;
    }
    case Part::kTrySend:
      world.See(node, channel.TrySend(node.id));
      break;
    case Part::kTryReceive:
      world.See(node, channel.TryReceive().value_or(-1));
      break;
    case Part::kClose:
      co_await channel.Close();
      break;
    case Part::kCountDown:
      co_await world.latch.CountDown();
      break;
    case Part::kAwaitLatch:
      co_await world.latch.Wait();
      world.See(node, "zero");
      break;
    case Part::kArrive:
      co_await world.barrier.ArriveAndWait();
      world.See(node, "met");
      break;
    case Part::kConditionWait: {
      MutexGuard guard = co_await world.mutexes[0].Lock();
      co_await world.condition.Wait(guard);
      co_await StepApart(world);
      world.See(node, "notified");
      break;
    }
    case Part::kNotifyOne:
      co_await world.condition.NotifyOne();
      break;
    case Part::kNotifyAll:
      co_await world.condition.NotifyAll();
      break;
    case Part::kRelease:
      co_await world.semaphore.Release(1 + node.number % 2);
      break;
    default:
      co_await RunSelect(world, node);
  }
}

Task<> RunCancel(const Node& node, Around around) {
  if (node.part == Part::kCheckCancelled) co_await CheckCancelled();
  if (node.part == Part::kCancelGroup && around.group != nullptr) co_await around.group->Cancel();
  if (node.part == Part::kCancelScope && around.scope != nullptr) co_await Cancel(*around.scope);
}

Task<> RunLook(World& world, const Node& node, Around around) {
  switch (node.part) {
    case Part::kLookAtTask:
      if (around.task != nullptr) world.See(node, around.task->ended());
      break;
    case Part::kLookAtGroup:
      if (around.group != nullptr) world.See(node, around.group->running());
      break;
    case Part::kLookForCancel:
      world.See(node, CancelRequested());
      break;
    case Part::kLookAtMutex:
      world.See(node, world.mutexes[node.object].locked());
      break;
    case Part::kLookAtEvent:
      world.See(node, world.events[node.object].is_set());
      break;
    case Part::kLookAtChannel:
      world.See(node, world.channels[node.object].size());
      break;
    default:
      world.See(node, world.semaphore.available());
  }
  co_return;
}

// --- with bodies, in the same task -----------------------------------------------------------

Task<> RunHolding(World& world, const Node& node, Around around) {
  const Body& body = node.bodies[0];
  switch (node.part) {
    case Part::kLock: {
      MutexGuard guard = co_await world.mutexes[node.object].Lock();
      co_await Run(world, body, around);
      if (node.number == 0) co_await guard.Unlock();
      break;
    }
    case Part::kTryLock: {
      MutexGuard guard = world.mutexes[node.object].TryLock();
      world.See(node, guard.holds());
      if (guard.holds()) co_await Run(world, body, around);
      break;
    }
    case Part::kReadLock: {
      SharedGuard guard = co_await world.shared_mutex.LockShared();
      co_await Run(world, body, around);
      break;
    }
    case Part::kWriteLock: {
      ExclusiveGuard guard = co_await world.shared_mutex.Lock();
      co_await Run(world, body, around);
      if (node.number == 0) co_await guard.Unlock();
      break;
    }
    case Part::kPermit: {
      SemaphorePermit permit = co_await world.semaphore.Acquire();
      co_await Run(world, body, around);
      if (node.number == 0) co_await permit.Release();
      break;
    }
    default: {
      const auto call = [&]() -> Task<> { co_await Run(world, body, around); };
      co_await world.onces[node.object].Call(call);
      world.See(node, "done");
    }
  }
}

Task<> RunBlock(World& world, const Node& node, Around around) {
  const Body& body = node.bodies[0];
  switch (node.part) {
    case Part::kIf: {
      const int value = co_await world.cells[node.object].Load();
      world.See(node, value);
      if (value != 0) co_await Run(world, body, around);
      break;
    }
    case Part::kTwice:
      for (int i = 0; i < 2; ++i) co_await Run(world, body, around);
      break;
    case Part::kTry:
      try {
        co_await Run(world, body, around);
      } catch (const std::runtime_error& error) {
        world.See(node, error.what());
      }
      break;
    case Part::kScope: {
      const auto run = [&](CancelScope& scope) -> Task<> {
        Around inside = around;
        inside.scope = &scope;
        co_await Run(world, body, inside);
      };
      const bool cut_short = co_await WithCancelScope(run);
      world.See(node, cut_short);
      break;
    }
    case Part::kShield:
      co_await Shield(Run(world, body, around));
      break;
    case Part::kFinally: {
      const auto cleanup = [&]() -> Task<> { co_await Run(world, node.bodies[1], around); };
      co_await Finally(Run(world, body, around), cleanup);
      break;
    }
    default: {
      const absl::Status status = co_await WithTimeout(absl::Milliseconds(node.number), Run(world, body, around));
      world.See(node, status.ok() ? "in time" : "late");
    }
  }
}

// --- with bodies, in tasks of their own ------------------------------------------------------

Task<> RunGroup(World& world, const Node& node, Around around) {
  const auto run = [&](TaskGroup& group) -> Task<> {
    Around inside = around;
    inside.group = &group;
    for (size_t i = 1; i < node.bodies.size(); ++i) co_await group.Spawn(Run(world, node.bodies[i], inside));
    co_await Run(world, node.bodies[0], inside);
    if (node.number == 0) co_await group.Cancel();
  };
  std::vector<TaskFailure> later;
  co_await WithTaskGroup(run, &later);
  world.See(node, later.size(), " later");
}

// The spawned task may outlive what is around: it may be left behind where it is joined.
Task<> RunSpawn(World& world, const Node& node, Around around) {
  SpawnOptions options;
  options.lifetime = Lifetime::kProgram;
  if (node.part == Part::kLeave) options.lifetime = Lifetime::kScoped;
  if (node.part == Part::kLeaveDaemon) options.lifetime = Lifetime::kDaemon;
  Task<> child = Run(world, node.bodies[0], {});
  JoinHandle<> handle = co_await Spawn(std::move(child), options);
  if (node.part != Part::kJoin && node.part != Part::kCancel) co_return;
  around.task = &handle;
  co_await Run(world, node.bodies[1], around);
  if (node.part == Part::kJoin) {
    co_await handle.Join();
    co_await StepApart(world);
    world.See(node, "joined");
  } else {
    co_await handle.Cancel();
    co_await handle.Wait();
    world.See(node, handle.cancelled(), handle.failed());
  }
}

Task<> RunTasks(World& world, const Node& node, Around around) {
  switch (node.part) {
    case Part::kAll:
      co_await WhenAll(Run(world, node.bodies[0], around), Run(world, node.bodies[1], around));
      world.See(node, "all");
      break;
    case Part::kAny: {
      auto result = co_await WhenAny(Run(world, node.bodies[0], around), Run(world, node.bodies[1], around));
      world.See(node, result.index(), result.template get<0>().has_value(), result.template get<1>().has_value());
      break;
    }
    case Part::kGroup:
      co_await RunGroup(world, node, around);
      break;
    case Part::kSibling:
      // It may outlive what else is around.
      if (around.group != nullptr) co_await around.group->Spawn(Run(world, node.bodies[0], Around(around.group)));
      break;
    default:
      co_await RunSpawn(world, node, around);
  }
}

Task<> RunNode(World& world, const Node& node, Around around) {
  if (node.part >= Part::kFirstHandle) return RunHandle(world, node, around);
  if (node.part <= Part::kThrow) return RunAccess(world, node);
  if (node.part <= Part::kSelect) return RunSync(world, node);
  if (node.part <= Part::kCheckCancelled) return RunCancel(node, around);
  if (node.part <= Part::kLookAtSemaphore) return RunLook(world, node, around);
  if (node.part <= Part::kOnce) return RunHolding(world, node, around);
  if (node.part <= Part::kTimeout) return RunBlock(world, node, around);
  return RunTasks(world, node, around);
}

}  // namespace

Task<> Run(World& world, const Body& body, Around around) {
  co_await StepApart(world);
  for (const Node& node : body) {
    try {
      co_await RunNode(world, node, around);
      co_await StepApart(world);
    } catch (const Cancelled&) {
      world.See(node, "cancelled");
      throw;
    }
  }
}

namespace {

Task<> RunLate(World& world) {
  Atomic<int> own(0);
  for (int i = 0; i < world.program.loads_before; ++i) co_await own.Load();
  std::vector<Task<>> tasks;
  for (const Body& root : world.program.roots) tasks.push_back(Run(world, root, {}));
  co_await WhenAll(std::move(tasks));
}

}  // namespace

void Add(const StructuredProgram& program, Roots& roots, Seen& seen) {
  seen.assign(static_cast<size_t>(program.nodes) + 1, "");
  auto owned = std::make_unique<World>(program, seen);
  World& world = *owned;
  roots.Keep(std::move(owned));
  if (program.loads_before > 0) {
    roots.Add(RunLate(world));
  } else {
    for (const Body& root : program.roots) roots.Add(Run(world, root, {}));
  }
}

}  // namespace fate::sim::structured
