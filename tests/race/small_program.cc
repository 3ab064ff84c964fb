#include "tests/race/small_program.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/barrier.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"

namespace fate::sim::small {

namespace {

constexpr const char* kNames[] = {"0", "1", "2", "3", "4", "5", "6", "7"};

struct World {
  explicit World(const SmallProgram& the_program)
      : program(the_program), latch(the_program.latch), barrier(static_cast<size_t>(the_program.participants)) {
    for (int i = 0; i < kCells; ++i) cells.emplace_back(0);
    for (int i = 0; i < kLocks; ++i) locks.emplace_back();
    for (int i = 0; i < kEvents; ++i) events.emplace_back();
    for (int i = 0; i < kShared; ++i) shared.emplace_back(0);
    for (int permits : program.permits) semaphores.emplace_back(permits);
    for (int capacity : program.capacities) channels.emplace_back(static_cast<size_t>(capacity));
    handles.resize(program.tasks.size());
  }

  const SmallProgram& program;
  std::deque<Atomic<int>> cells;
  std::deque<Mutex> locks;
  std::deque<Event> events;
  std::deque<Shared<int>> shared;
  std::deque<Semaphore> semaphores;
  std::deque<Channel<int>> channels;
  SharedMutex shared_mutex;
  Latch latch;
  Barrier barrier;
  Once once;
  ConditionVariable condition;
  std::vector<JoinHandle<>> handles;
};

// What a task holds: given back if it is cancelled, kept for good if it comes to its end.
struct Held {
  std::array<MutexGuard, kLocks> locks;
  SharedGuard shared;
  ExclusiveGuard exclusive;
  void Keep() {
    for (MutexGuard& lock : locks) lock.Release();
    shared.Release();
    exclusive.Release();
  }
};

Task<> WaitOn(Event& event) { co_await event.Wait(); }
Task<> WaitAt(ConditionVariable& condition, MutexGuard& guard) { co_await condition.Wait(guard); }
Task<> ArriveAt(Barrier& barrier) { co_await barrier.ArriveAndWait(); }

template <class First>
Task<> SelectWith(World& world, int task, const Branch& second, First first) {
  const size_t object = static_cast<size_t>(second.object);
  if (second.what == Do::kSend) {
    co_await Select(first(), world.channels[object].Send(task));
  } else if (second.what == Do::kReceive) {
    co_await Select(first(), world.channels[object].Receive());
  } else if (second.what == Do::kWait) {
    co_await Select(first(), world.events[object].Wait());
  } else {
    co_await Select(first(), After(absl::Milliseconds(second.object)));
  }
}

Task<> RunSelect(World& world, int task, const Action& action) {
  const Branch& first = action.first;
  const size_t object = static_cast<size_t>(first.object);
  auto send = [&] { return world.channels[object].Send(task); };
  auto receive = [&] { return world.channels[object].Receive(); };
  auto wait = [&] { return world.events[object].Wait(); };
  auto sleep = [&] { return After(absl::Milliseconds(first.object)); };
  if (first.what == Do::kSend) {
    co_await SelectWith(world, task, action.second, send);
  } else if (first.what == Do::kReceive) {
    co_await SelectWith(world, task, action.second, receive);
  } else if (first.what == Do::kWait) {
    co_await SelectWith(world, task, action.second, wait);
  } else {
    co_await SelectWith(world, task, action.second, sleep);
  }
}

Task<> RunTask(std::shared_ptr<World> world, int task) {
  const std::vector<Action>& actions = world->program.tasks[static_cast<size_t>(task)];
  Held held;
  for (size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    size_t object = static_cast<size_t>(action.object);
    bool found = true;
    bool idle = false;
    switch (action.what) {
      case Do::kLoad: {
        int value = co_await world->cells[object].Load();
        found = value != 0;
        break;
      }
      case Do::kStore:
        co_await world->cells[object].Store(action.a);
        break;
      case Do::kExchangeIf: {
        int expected = action.a;
        found = co_await world->cells[object].CompareExchange(expected, action.b);
        break;
      }
      case Do::kLock:
        held.locks[object] = co_await world->locks[object].Lock();
        break;
      case Do::kUnlock:
        if (held.locks[object].holds()) {
          co_await held.locks[object].Unlock();
        } else {
          idle = true;
        }
        break;
      case Do::kAcquire:
        (co_await world->semaphores[object].Acquire()).Forget();
        break;
      case Do::kRelease:
        co_await world->semaphores[object].Release();
        break;
      case Do::kSend:
        co_await world->channels[object].Send(task);
        break;
      case Do::kReceive:
        co_await world->channels[object].Receive();
        break;
      case Do::kSet:
        co_await world->events[object].Set();
        break;
      case Do::kReset:
        co_await world->events[object].Reset();
        break;
      case Do::kWait:
        co_await world->events[object].Wait();
        break;
      case Do::kSleep:
        co_await Sleep(absl::Milliseconds(action.object));
        break;
      case Do::kSpawn: {
        Task<> child = RunTask(world, action.object);
        SpawnOptions options;
        options.lifetime = Lifetime::kProgram;
        options.name = kNames[action.object];
        world->handles[object] = co_await Spawn(std::move(child), options);
        break;
      }
      case Do::kJoin:
        co_await world->handles[object].Wait();
        break;
      case Do::kReadLock:
        if (!held.shared.holds() && !held.exclusive.holds()) {
          held.shared = co_await world->shared_mutex.LockShared();
        } else {
          idle = true;
        }
        break;
      case Do::kWriteLock:
        if (!held.shared.holds() && !held.exclusive.holds()) {
          held.exclusive = co_await world->shared_mutex.Lock();
        } else {
          idle = true;
        }
        break;
      case Do::kGiveBack:
        if (held.shared.holds()) {
          co_await held.shared.Unlock();
        } else if (held.exclusive.holds()) {
          co_await held.exclusive.Unlock();
        } else {
          idle = true;
        }
        break;
      case Do::kCountDown:
        co_await world->latch.CountDown();
        break;
      case Do::kAwaitLatch:
        co_await world->latch.Wait();
        break;
      case Do::kArriveAndWait:
        co_await world->barrier.ArriveAndWait();
        break;
      case Do::kCall: {
        auto load = [&]() -> Task<> { co_await world->cells[kCells - 1].Load(); };
        co_await world->once.Call(load);
        break;
      }
      case Do::kConditionWait:
        if (held.locks[0].holds()) {
          co_await world->condition.Wait(held.locks[0]);
        } else {
          idle = true;
        }
        break;
      case Do::kNotifyOne:
        co_await world->condition.NotifyOne();
        break;
      case Do::kNotifyAll:
        co_await world->condition.NotifyAll();
        break;
      case Do::kClose:
        co_await world->channels[object].Close();
        break;
      case Do::kTryLock:
        idle = held.locks[object].holds();
        if (!idle) held.locks[object] = world->locks[object].TryLock();
        break;
      case Do::kTryAcquire:
        world->semaphores[object].TryAcquire().Forget();
        break;
      case Do::kTrySend:
        world->channels[object].TrySend(task);
        break;
      case Do::kTryReceive:
        world->channels[object].TryReceive();
        break;
      case Do::kCancel:
        co_await world->handles[object].Cancel();
        break;
      case Do::kWaitFor: {
        absl::Status status = co_await WithTimeout(absl::Milliseconds(action.a), WaitOn(world->events[object]));
        break;
      }
      case Do::kConditionWaitFor:
        idle = !held.locks[0].holds();
        if (!idle) {
          absl::Status status =
              co_await WithTimeout(absl::Milliseconds(action.a), WaitAt(world->condition, held.locks[0]));
        }
        break;
      case Do::kArriveFor: {
        absl::Status status = co_await WithTimeout(absl::Milliseconds(action.a), ArriveAt(world->barrier));
        break;
      }
      case Do::kSelect:
        co_await RunSelect(*world, task, action);
        break;
      case Do::kMeet:
        std::abort();
    }
    for (size_t k = 0; found && !idle && k < kShared; ++k) {
      if ((action.inside >> (2 * k) & 1) != 0) world->shared[k].Read();
      if ((action.inside >> (2 * k) & 2) != 0) world->shared[k].Write(task);
    }
    if (!found) i += static_cast<size_t>(action.skip);
  }
  held.Keep();
}

}  // namespace

void Add(const SmallProgram& program, Roots& roots) {
  auto world = std::make_shared<World>(program);
  for (int task = 0; task < program.roots; ++task) roots.Add(RunTask(world, task), kNames[task]);
}

namespace {

std::vector<int> ByPath(const Trace& trace) {
  std::vector<const Birth*> births;
  for (const Birth& birth : trace.births) births.push_back(&birth);
  std::ranges::sort(births, {}, &Birth::path_hash);
  std::vector<int> tasks;
  for (const Birth* birth : births) tasks.push_back(std::atoi(birth->name));
  return tasks;
}

}  // namespace

std::vector<Happened> StepsOf(const Execution& execution) {
  const Trace& trace = execution.trace;
  std::vector<Happened> steps;
  size_t access = 0;
  for (size_t i = 0; i < trace.steps.size(); ++i) {
    const Step& step = trace.steps[i];
    bool touches = false;
    for (; access < trace.accesses.size() && trace.accesses[access].step == i; ++access) {
      touches = touches || !trace.accesses[access].may;
    }
    if (step.task == Step::kTimerTask) {
      steps.push_back({Happened::kTimer, static_cast<int>(step.outcome), ByPath(trace)});
      continue;
    }
    const int task = std::atoi(trace.births[step.task].name);
    const int branch = step.kind == OpKind::kSelect ? static_cast<int>(step.branch) : -1;
    if (step.joined) {
      steps.back().met.push_back({task, branch});
    } else {
      steps.push_back({task, -1, {}, step.kind == OpKind::kStart && !touches, branch});
    }
  }
  return steps;
}

std::string SmallProgram::ToText() const {
  static constexpr const char* kWords[] = {
      "load",      "store",          "cas",        "lock",       "unlock",   "acquire",     "release",
      "send",      "receive",        "set",        "reset",      "wait",     "sleep",       "spawn",
      "join",      "read_lock",      "write_lock", "give_back",  "count",    "await_latch", "arrive",
      "call",      "condition_wait", "notify_one", "notify_all", "close",    "try_lock",    "try_acquire",
      "try_send",  "try_receive",    "meet",       "cancel",     "wait_for", "select",      "condition_wait_for",
      "arrive_for"};
  std::string text = absl::StrCat("roots ", roots, "; permits");
  for (int permit : permits) absl::StrAppend(&text, " ", permit);
  absl::StrAppend(&text, "; capacities");
  for (int capacity : capacities) absl::StrAppend(&text, " ", capacity);
  absl::StrAppend(&text, "; latch ", latch, "; participants ", participants);
  for (const auto& actions : tasks) {
    absl::StrAppend(&text, "\n  {");
    for (const Action& action : actions) {
      absl::StrAppend(&text, kWords[static_cast<int>(action.what)], " ", action.object);
      if (action.what == Do::kStore) absl::StrAppend(&text, "=", action.a);
      if (action.what == Do::kExchangeIf) absl::StrAppend(&text, " ", action.a, "->", action.b);
      if (HasTimeout(action.what)) absl::StrAppend(&text, " ", action.a, " ms");
      for (const Branch& branch : {action.first, action.second}) {
        if (action.what != Do::kSelect) break;
        absl::StrAppend(&text, " (", kWords[static_cast<int>(branch.what)], " ", branch.object, ")");
      }
      if (action.inside > 0) absl::StrAppend(&text, " inside ", action.inside);
      if (action.skip > 0) absl::StrAppend(&text, " ?skip");
      absl::StrAppend(&text, "; ");
    }
    absl::StrAppend(&text, "}");
  }
  return text;
}

}  // namespace fate::sim::small
