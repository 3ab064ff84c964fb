// What parts of structured programs do that run by themselves, are called back, or are on their own clock.
// Size: what each part does, a few lines each, of many.
#include <exception>
#include <stdexcept>
#include <utility>

#include "fate/runtime/random.h"
#include "fate/sync/select.h"
#include "fate/task/run_blocking.h"
#include "fate/time/now.h"
#include "fate/time/sleep.h"
#include "fate/time/ticker.h"
#include "fate/time/timeout.h"
#include "tests/race/structured_world.h"

namespace fate::sim::structured {

namespace {

// --- leaves ----------------------------------------------------------------------------------

Task<> RunMessage(World& world, const Node& node) {
  Oneshot<int>& answer = world.answers[node.object];
  switch (node.part) {
    case Part::kBroadcast: {
      const bool sent = co_await world.broadcast.Send(node.id);
      world.See(node, sent);
      break;
    }
    case Part::kEndBroadcast:
      co_await world.broadcast.Close();
      break;
    case Part::kHear: {
      const std::optional<int> message = co_await world.subscriptions[node.object].Receive();
      world.See(node, message.value_or(-1));
      break;
    }
    case Part::kAnswer: {
      const bool sent = co_await answer.Send(node.id);
      world.See(node, sent);
      break;
    }
    case Part::kAwaitAnswer:
      if (node.number < 2) {
        const std::optional<int> value = co_await answer.Receive();
        world.See(node, value.value_or(-1));
      } else {
        auto result = co_await Select(answer.Receive(), After(absl::Milliseconds(1)));
        world.See(node, result.index());
      }
      break;
    case Part::kHangUp:
      co_await answer.Close();
      break;
    default: {
      if (auto tried = TrySelect(world.channels[node.object].Receive(), world.events[node.object].Wait())) {
        world.See(node, tried->index());
      } else {
        world.See(node, "none");
      }
    }
  }
}

void RunNow(World& world, const Node& node, Around around) {
  if (node.part == Part::kCancelNow) {
    if (around.scope != nullptr && node.number > 0) {
      CancelNow(*around.scope);
    } else if (around.group != nullptr) {
      around.group->CancelNow();
    }
  } else if (node.number == 0) {
    world.events[node.object].SetNow();
  } else if (node.number == 1) {
    world.semaphore.ReleaseNow();
  } else {
    node.object == 0 ? world.condition.NotifyOneNow() : world.condition.NotifyAllNow();
  }
}

// Takes it from those that are awaited.
std::optional<Completion<int>> TakeCompletion(World& world, int object) {
  if (!world.awaited[object].Read()) return std::nullopt;
  world.awaited[object].Write(false);
  return std::exchange(world.completions[object], std::nullopt);
}

void RunCompletion(World& world, const Node& node) {
  const std::optional<Completion<int>> done = TakeCompletion(world, node.object);
  if (!done || node.part == Part::kForget) return;
  if (node.number == 0) (*done)(node.id);
  if (node.number == 1) done->Fail(std::make_exception_ptr(std::runtime_error("failed")));
  if (node.number == 2) done->Abort();
}

Task<> RunCallback(World& world, const Node& node) {
  const auto start = [&](Completion<int> done) {
    const std::optional<Completion<int>> before = TakeCompletion(world, node.object);  // dropped at the end
    world.completions[node.object] = std::move(done);
    world.awaited[node.object].Write(true);
  };
  int value = 0;
  if (node.number == 0) {
    value = co_await FromCallback<int>(start);
  } else if (node.number == 1) {
    const auto abort = [&] { world.See(node, "aborted"); };
    value = co_await FromCallback<int>(start, abort);
  } else {
    const auto abort = [&] { return AbortResult::kWillComplete; };
    value = co_await FromCallback<int>(start, abort);
  }
  world.See(node, value);
}

Task<> RunLeaf(World& world, const Node& node, Around around) {
  switch (node.part) {
    case Part::kDraw:
      world.See(node, Random().Uniform(0, 1, kExplorable));
      break;
    case Part::kRandom:
      world.See(node, Random().Uniform(0, 9));
      break;
    case Part::kNow:
    case Part::kCancelNow:
      RunNow(world, node, around);
      break;
    case Part::kCloseNow:
      world.channels[node.object].CloseNow();
      break;
    case Part::kComplete:
    case Part::kForget:
      RunCompletion(world, node);
      break;
    case Part::kCallback:
      co_await RunCallback(world, node);
      break;
    case Part::kBlocking: {
      const int value = co_await RunBlocking([&world, &node] { return world.watched[node.object].Read(); });
      world.See(node, value);
      break;
    }
    case Part::kPost:
      context.runtime->Post([&world, &node] { world.watched[node.object].Write(node.id); });
      break;
    case Part::kLookAtPromise:
      if (around.promise != nullptr) world.See(node, around.promise->settled());
      break;
    case Part::kFollow:
      if (around.promise != nullptr) {
        co_await *around.promise;
        world.See(node, "followed");
      }
      break;
    case Part::kDropOut:
      co_await world.barrier.ArriveAndDrop();
      break;
    case Part::kWaitUntil: {
      MutexGuard guard = co_await world.mutexes[0].Lock();
      const auto written = [&] { return world.watched[node.object].Read() != 0; };
      co_await world.condition.Wait(guard, written);
      co_await StepApart(world);
      world.See(node, "written");
      break;
    }
    default:
      co_await RunMessage(world, node);
  }
}

// --- with bodies, in the same task -----------------------------------------------------------

Task<> RunAroundBody(World& world, const Node& node, Around around) {
  const Body& body = node.bodies[0];
  switch (node.part) {
    case Part::kSubscribed: {
      Subscription<int> mine = co_await world.broadcast.Subscribe();
      co_await Run(world, body, around);
      const std::optional<int> message = co_await mine.Receive();
      world.See(node, message.value_or(-1), mine.lagged());
      break;
    }
    case Part::kIfDrawn: {
      const int drawn = Random().Uniform(0, 1, kExplorable);
      world.See(node, drawn);
      if (drawn == 1) co_await Run(world, body, around);
      break;
    }
    case Part::kDeadline: {
      const absl::Time deadline = Now() + absl::Milliseconds(node.number);
      const absl::Status status = co_await WithDeadline(deadline, Run(world, body, around));
      world.See(node, status.ok() ? "in time" : "late");
      break;
    }
    case Part::kTicking: {
      Ticker ticker(absl::Milliseconds(1));
      world.See(node, co_await ticker.Next());
      co_await Run(world, body, around);
      world.See(node, co_await ticker.Next());
      break;
    }
    case Part::kArriveFirst: {
      const Barrier::Token token = co_await world.barrier.Arrive();
      co_await Run(world, body, around);
      co_await world.barrier.Wait(token);
      world.See(node, "met");
      break;
    }
    case Part::kTryReadLock: {
      SharedGuard guard = world.shared_mutex.TryLockShared();
      world.See(node, guard.holds());
      if (guard.holds()) co_await Run(world, body, around);
      break;
    }
    default: {
      ExclusiveGuard guard = world.shared_mutex.TryLock();
      world.See(node, guard.holds());
      if (guard.holds()) co_await Run(world, body, around);
    }
  }
}

// --- with bodies, in tasks of their own ------------------------------------------------------

Task<> RunPromise(World& world, const Node& node, Around around) {
  const auto other = [&world, &node]() -> Task<> { co_await Run(world, node.bodies[1], {}); };
  Promise<> promise = StartPromise(Run(world, node.bodies[0], {}));
  switch (node.part) {
    case Part::kDropPromise:
      co_return;
    case Part::kPromise:
      around.promise = &promise;
      co_await Run(world, node.bodies[1], around);
      break;
    case Part::kThen:
      promise = promise.Then(other);
      break;
    case Part::kCatch: {
      const auto caught = [other](std::exception_ptr) { return other(); };
      promise = promise.Catch(caught);
      break;
    }
    default:
      promise = promise.Finally(other);
  }
  co_await promise;
  co_await StepApart(world);
  world.See(node, "settled");
}

Task<> RunJoinOr(World& world, const Node& node, Around around) {
  SpawnOptions options;
  options.lifetime = Lifetime::kProgram;
  Task<> child = Run(world, node.bodies[0], {});
  JoinHandle<> handle = co_await Spawn(std::move(child), options);
  around.task = &handle;
  co_await Run(world, node.bodies[1], around);
  auto result = co_await Select(handle.Wait(), world.events[node.object].Wait());
  co_await StepApart(world);
  world.See(node, result.index());
}

}  // namespace

Task<> RunHandle(World& world, const Node& node, Around around) {
  if (node.part < Part::kSubscribed) return RunLeaf(world, node, around);
  if (node.part < Part::kSiblingNow) return RunAroundBody(world, node, around);
  if (node.part == Part::kJoinOr) return RunJoinOr(world, node, around);
  if (node.part != Part::kSiblingNow) return RunPromise(world, node, around);
  const auto spawn = [](World& the_world, const Node& its_node, TaskGroup* group) -> Task<> {
    if (group != nullptr) group->SpawnNow(Run(the_world, its_node.bodies[0], Around(group)));
    co_return;
  };
  return spawn(world, node, around.group);
}

}  // namespace fate::sim::structured
