// How random small programs are drawn.
#include <algorithm>
#include <array>
#include <cstddef>

#include "fate/sim/core/prng.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {

namespace {

class Drawer {
 public:
  Drawer(uint64_t seed, uint64_t allowed) : prng_(seed), allowed_(allowed) {
    for (int i = 0; i < kDoCount; ++i) {
      Do what = static_cast<Do>(i);
      if (Allowed(what) && what != Do::kSpawn && what != Do::kJoin && what != Do::kMeet && what != Do::kCancel) {
        drawn_.push_back(what);
      }
    }
  }

  SmallProgram Draw() {
    bool spawns = Allowed(Do::kSpawn) && (Allowed(Do::kCancel) || Chance(2));
    int tasks = 2 + Below(3);
    int budget = tasks == 4 ? 9 : 10;
    program_.roots = spawns ? std::max(1, tasks - 1 - Below(2)) : tasks;
    for (int i = 0; i < 2; ++i) program_.permits.push_back(Below(3));
    for (int i = 0; i < 2; ++i) program_.capacities.push_back(Chance(3) ? 100 : 1 + Below(2));
    if (Allowed(Do::kMeet)) {
      program_.capacities[0] = 0;
      if (Chance(3)) program_.capacities[1] = 0;
    }
    program_.participants = 2 + Below(2);
    program_.tasks.resize(static_cast<size_t>(tasks));
    for (int task = 0; task < tasks; ++task) {
      int actions = std::min(1 + Below(5), budget - (tasks - 1 - task));
      budget -= actions;
      Fill(task, actions);
    }
    for (int child = program_.roots; child < tasks; ++child) Adopt(child);
    program_.latch += Chance(3) ? 1 : 0;
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
      Do what = drawn_[prng_.Below(static_cast<uint32_t>(drawn_.size()))];
      if ((AtOnce(what) || what == Do::kGiveBack) && actions.empty()) what = Do::kLoad;
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
        case Do::kConditionWait:
        case Do::kConditionWaitFor:
          action.a = 1 + Below(2);
          if (held != std::vector<int>{0}) {
            if (!held.empty()) continue;
            actions.push_back({Do::kLock, 0});
            held.push_back(0);
          }
          break;
        case Do::kCountDown:
          ++program_.latch;
          break;
        case Do::kClose:
          action.object = Below(2);
          if (closed_[static_cast<size_t>(action.object)]) continue;
          closed_[static_cast<size_t>(action.object)] = true;
          break;
        case Do::kTryLock:
          // Held at most until the end of the task's next action but one.
          action.object = Below(kLocks);
          actions.push_back(action);
          actions.push_back({Do::kLoad, 0});
          action = {Do::kUnlock, action.object};
          break;
        case Do::kSelect:
          for (Branch* branch : {&action.first, &action.second}) {
            constexpr Do kBranches[] = {Do::kSend, Do::kReceive, Do::kWait, Do::kSleep};
            do {
              *branch = {kBranches[Below(4)], Below(2)};
            } while (!Allowed(branch->what));
          }
          break;
        case Do::kArriveFor:
          action.a = 1 + Below(2);
          break;
        case Do::kWaitFor:
          action.object = Below(2);
          action.a = 1 + Below(2);
          break;
        default:
          action.object = Below(2);
      }
      if ((allowed_ & kInside) != 0 && !AtOnce(what) && Chance(3)) action.inside = 1 + Below(15);
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
  // Some task before `child` spawns it, and may cancel it and join it.
  void Adopt(int child) {
    std::vector<Action>& actions = program_.tasks[static_cast<size_t>(Below(child))];
    size_t at = static_cast<size_t>(Below(static_cast<int>(actions.size()) + 1));
    if (at < actions.size() && AtOnce(actions[at].what)) ++at;
    if (at > 0 && actions[at - 1].skip > 0) actions[at - 1].skip = 0;
    actions.insert(actions.begin() + static_cast<std::ptrdiff_t>(at), {Do::kSpawn, child});
    if (actions.back().skip > 0) actions.back().skip = 0;
    if (Allowed(Do::kCancel) && !Chance(4)) actions.push_back({Do::kCancel, child});
    if (Allowed(Do::kJoin) && Chance(2)) actions.push_back({Do::kJoin, child});
  }

  Prng prng_;
  uint64_t allowed_;
  std::vector<Do> drawn_;
  std::array<bool, 2> closed_{};
  SmallProgram program_;
};

}  // namespace

SmallProgram Draw(uint64_t seed, uint64_t allowed) { return Drawer(seed, allowed).Draw(); }

}  // namespace fate::sim::small
