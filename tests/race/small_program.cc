#include "tests/race/small_program.h"

#include <deque>
#include <memory>

#include "absl/strings/str_cat.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/prng.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/semaphore.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"

namespace fate::sim::small {

namespace {

// --- drawing ---------------------------------------------------------------------------------

class Drawer {
 public:
  Drawer(uint64_t seed, uint32_t allowed) : prng_(seed), allowed_(allowed) {}

  SmallProgram Draw() {
    bool spawns = Allowed(Do::kSpawn) && Chance(2);
    int tasks = 2 + Below(3);
    int budget = tasks == 4 ? 9 : 10;
    program_.roots = spawns ? std::max(1, tasks - 1 - Below(2)) : tasks;
    for (int i = 0; i < 2; ++i) program_.permits.push_back(Below(3));
    for (int i = 0; i < 2; ++i) program_.capacities.push_back(Chance(3) ? 100 : 1 + Below(2));
    program_.tasks.resize(static_cast<size_t>(tasks));
    for (int task = 0; task < tasks; ++task) {
      int actions = std::min(1 + Below(5), budget - (tasks - 1 - task));
      budget -= actions;
      Fill(task, actions);
    }
    for (int child = program_.roots; child < tasks; ++child) Adopt(child);
    return program_;
  }

 private:
  int Below(int bound) { return static_cast<int>(prng_.Below(static_cast<uint32_t>(bound))); }
  bool Chance(int one_in) { return Below(one_in) == 0; }
  bool Allowed(Do what) const { return (allowed_ >> static_cast<int>(what) & 1) != 0; }

  // Locks nest like brackets; some are never unlocked.
  void Fill(int task, int count) {
    std::vector<Action>& actions = program_.tasks[static_cast<size_t>(task)];
    std::vector<int> held;
    while (static_cast<int>(actions.size()) < count) {
      Do what = static_cast<Do>(Below(kDoCount));
      if (!Allowed(what) || what == Do::kSpawn || what == Do::kJoin) continue;
      Action action{what};
      switch (what) {
        case Do::kLoad:
        case Do::kStore:
        case Do::kExchangeIf:
          action.object = Below(kCells - 1);
          action.a = Below(3);
          action.b = Below(3);
          break;
        case Do::kLock:
          action.object = Below(kLocks);
          if (!held.empty() && (held.size() > 1 || held[0] == action.object)) continue;
          held.push_back(action.object);
          break;
        case Do::kUnlock:
          if (held.empty()) continue;
          action.object = held.back();
          held.pop_back();
          break;
        case Do::kSleep:
          action.object = Below(3);
          break;
        default:
          action.object = Below(2);
      }
      if ((allowed_ & kInside) != 0 && Chance(3)) action.inside = 1 + Below(15);
      bool simple = what == Do::kStore || what == Do::kLoad || what == Do::kSet || what == Do::kRelease;
      if (simple && !actions.empty() && Chance(2)) {
        Action& before = actions.back();
        if (before.what == Do::kLoad || before.what == Do::kExchangeIf) before.skip = 1;
      }
      actions.push_back(action);
    }
    while (!held.empty() && !Chance(6)) {
      actions.push_back({Do::kUnlock, held.back()});
      held.pop_back();
    }
  }
  // Some task before `child` spawns it, and may join it.
  void Adopt(int child) {
    std::vector<Action>& actions = program_.tasks[static_cast<size_t>(Below(child))];
    size_t at = static_cast<size_t>(Below(static_cast<int>(actions.size()) + 1));
    if (at > 0 && actions[at - 1].skip > 0) actions[at - 1].skip = 0;
    actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(at), {Do::kSpawn, child});
    if (Allowed(Do::kJoin) && Chance(2)) {
      if (actions.back().skip > 0) actions.back().skip = 0;
      actions.push_back({Do::kJoin, child});
    }
  }

  Prng prng_;
  uint32_t allowed_;
  SmallProgram program_;
};

// --- running ---------------------------------------------------------------------------------

struct World {
  World(const SmallProgram& the_program, std::vector<Happened>& the_log) : program(the_program), log(the_log) {
    for (int i = 0; i < kCells; ++i) cells.emplace_back(0);
    for (int i = 0; i < kLocks; ++i) locks.emplace_back();
    for (int i = 0; i < kEvents; ++i) events.emplace_back();
    for (int i = 0; i < kShared; ++i) shared.emplace_back(0);
    for (int permits : program.permits) semaphores.emplace_back(permits);
    for (int capacity : program.capacities) channels.emplace_back(static_cast<size_t>(capacity));
    handles.resize(program.tasks.size());
  }

  const SmallProgram& program;
  std::vector<Happened>& log;
  std::deque<Atomic<int>> cells;
  std::deque<Mutex> locks;
  std::deque<Event> events;
  std::deque<Shared<int>> shared;
  std::deque<Semaphore> semaphores;
  std::deque<Channel<int>> channels;
  std::vector<JoinHandle<>> handles;
};

Task<> RunTask(std::shared_ptr<World> world, int task) {
  const std::vector<Action>& actions = world->program.tasks[static_cast<size_t>(task)];
  for (size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    size_t object = static_cast<size_t>(action.object);
    bool found = true;
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
        (co_await world->locks[object].Lock()).Release();
        break;
      case Do::kUnlock:
        co_await world->locks[object].Unlock();
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
        world->handles[object] = co_await Spawn(std::move(child), options);
        break;
      }
      case Do::kJoin:
        co_await world->handles[object].Join();
        break;
    }
    world->log.push_back({task, static_cast<int>(i)});
    for (size_t k = 0; found && k < kShared; ++k) {
      if ((action.inside >> (2 * k) & 1) != 0) world->shared[k].Read();
      if ((action.inside >> (2 * k) & 2) != 0) world->shared[k].Write(task);
    }
    if (!found) i += static_cast<size_t>(action.skip);
  }
}

}  // namespace

SmallProgram Draw(uint64_t seed, uint32_t allowed) { return Drawer(seed, allowed).Draw(); }

void Add(const SmallProgram& program, Roots& roots, std::vector<Happened>& log) {
  log.clear();
  auto world = std::make_shared<World>(program, log);
  for (int task = 0; task < program.roots; ++task) roots.Add(RunTask(world, task));
}

std::string SmallProgram::ToText() const {
  static constexpr const char* kNames[] = {"load",    "store", "cas", "lock",  "unlock", "acquire", "release", "send",
                                           "receive", "set",   "reset", "wait", "sleep",  "spawn",   "join"};
  std::string text = absl::StrCat("roots ", roots, "; permits");
  for (int permit : permits) absl::StrAppend(&text, " ", permit);
  absl::StrAppend(&text, "; capacities");
  for (int capacity : capacities) absl::StrAppend(&text, " ", capacity);
  for (const auto& actions : tasks) {
    absl::StrAppend(&text, "\n  {");
    for (const Action& action : actions) {
      absl::StrAppend(&text, kNames[static_cast<int>(action.what)], " ", action.object);
      if (action.what == Do::kStore) absl::StrAppend(&text, "=", action.a);
      if (action.what == Do::kExchangeIf) absl::StrAppend(&text, " ", action.a, "->", action.b);
      if (action.inside > 0) absl::StrAppend(&text, " inside ", action.inside);
      if (action.skip > 0) absl::StrAppend(&text, " ?skip");
      absl::StrAppend(&text, "; ");
    }
    absl::StrAppend(&text, "}");
  }
  return text;
}

}  // namespace fate::sim::small
