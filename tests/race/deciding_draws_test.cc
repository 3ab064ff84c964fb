// Random programs in which a number that is drawn, or the branch that a select takes, decides what its task does next:
// every search with reduction finds what plain depth-first search does.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fate/base/mix.h"
#include "fate/runtime/random.h"
#include "fate/runtime/shared.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/core/scheduler.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/bounded_dpor.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "fate/sim/strategies/split_dpor.h"
#include "fate/sync/atomic.h"
#include "fate/sync/channel.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"

namespace fate::sim {
namespace deciding {

enum class Do : uint8_t {
  kLoad,
  kStore,
  kLock,
  kUnlock,    // of what the task holds
  kDropLock,  // the same at once, in the step before
  kSend,
  kReceive,
  kTryReceive,  // at once
  kSelect,      // receives from one of the two channels
  kLoop,        // loads a cell until it is not zero, yielding, at most three times
};

constexpr int kObjects = 2;

struct Action {
  Do what = Do::kLoad;
  size_t object = 0;
  int draws = 0;        // so many numbers, in the step of the action after it
  int options = 2;      // of each
  bool writes = false;  // a Shared<int>, in the step, if the numbers' sum is 1
  int skip[3] = {};     // so many actions are skipped if the sum is 0, 1, or more; of a select: by its branch
};

// Of each task: what it draws before it does anything, and what it does.
struct Program {
  bool meets = false;  // the channels have no capacity
  std::vector<std::vector<Action>> tasks;

  std::string ToText() const {
    static constexpr const char* kWords[] = {"load", "store",   "lock",        "unlock", "drop_lock",
                                             "send", "receive", "try_receive", "select", "loop"};
    std::string text = meets ? "meets" : "";
    for (const auto& actions : tasks) {
      absl::StrAppend(&text, "\n  {");
      for (const Action& action : actions) {
        absl::StrAppend(&text, kWords[static_cast<int>(action.what)], " ", action.object);
        if (action.draws > 0) absl::StrAppend(&text, " draws ", action.draws, " of ", action.options);
        if (action.writes) absl::StrAppend(&text, " writes");
        absl::StrAppend(&text, " skip ", action.skip[0], action.skip[1], action.skip[2], "; ");
      }
      text += "}";
    }
    return text;
  }
};

struct World {
  explicit World(const Program& program) {
    for (int i = 0; i < kObjects; ++i) {
      cells.emplace_back(0);
      locks.emplace_back();
      channels.emplace_back(program.meets ? 0 : 1);
    }
  }
  std::deque<Atomic<int>> cells;
  std::deque<Mutex> locks;
  std::deque<Channel<int>> channels;
  Shared<int> shared{0};
  uint64_t seen = 0;  // a number of what was drawn, and of what a select or a try form took, by whom and where

  // The first action of a task is none: only its draws are.
  Task<> Run(const std::vector<Action>& actions, uint64_t task) {
    MutexGuard held[kObjects];
    uint64_t at = 0;
    for (size_t i = 0; i < actions.size(); ++i) {
      const Action& action = actions[i];
      int sum = 0;
      if (i > 0) {
        switch (action.what) {
          case Do::kLoad:
            co_await cells[action.object].Load();
            break;
          case Do::kStore:
            co_await cells[action.object].Store(1);
            break;
          case Do::kLock:
            if (!held[action.object].holds()) held[action.object] = co_await locks[action.object].Lock();
            break;
          case Do::kUnlock:
            if (held[action.object].holds()) co_await held[action.object].Unlock();
            break;
          case Do::kDropLock:
            held[action.object] = MutexGuard();
            break;
          case Do::kSend:
            co_await channels[action.object].Send(1);
            break;
          case Do::kReceive:
            co_await channels[action.object].Receive();
            break;
          case Do::kTryReceive:
            sum = channels[action.object].TryReceive().has_value() ? 1 : 0;
            break;
          case Do::kSelect: {
            const auto taken = co_await Select(channels[0].Receive(), channels[1].Receive());
            sum = static_cast<int>(taken.index());
            break;
          }
          case Do::kLoop:
            for (int round = 0; round < 3; ++round) {
              const int value = co_await cells[action.object].Load();
              if (value != 0) break;
              if (action.draws > 0 && Draw(action, task, at) == 1) break;
              co_await Yield();
            }
            break;
        }
      }
      for (int draw = 0; draw < action.draws && action.what != Do::kLoop; ++draw) sum += Draw(action, task, at);
      if (action.writes && sum == 1) shared.Write(1);
      i += static_cast<size_t>(action.skip[sum > 2 ? 2 : sum]);
    }
    for (MutexGuard& lock : held) lock.Release();
  }
  int Draw(const Action& action, uint64_t task, uint64_t& at) {
    const int drawn = Random().Uniform(0, action.options - 1, kExplorable);
    seen += Mix(Mix(task + 1, ++at), static_cast<uint64_t>(drawn) + 1);
    return drawn;
  }
};

struct Found {
  std::set<uint64_t> traces;  // with what was drawn
  uint64_t completed = 0;     // executions that were new, as the search has it
  uint64_t redundant = 0;
  bool exhausted = false;
  bool may_miss = false;  // as its claim says
};

template <class Search>
Found Explore(const Program& program, uint64_t limit) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  Search search;
  TraceHash hash;
  Found found;
  for (uint64_t runs = 0; runs < limit && !found.exhausted; ++runs) {
    std::optional<World> world;
    auto run = [&](Roots& roots) {
      world.emplace(program);
      for (size_t task = 0; task < program.tasks.size(); ++task) roots.Add(world->Run(program.tasks[task], task));
    };
    const Execution& execution = scheduler.Run(run, search, runs, 1);
    found.traces.insert(Mix(hash.Of(execution), world->seen));
    found.exhausted = !search.EndExecution(execution);
  }
  if constexpr (std::derived_from<Search, ReducedSearch>) {
    found.completed = search.traces();
    found.redundant = search.redundant();
    found.may_miss = search.caveats().draws;
  }
  return found;
}

struct SplitInOneGo : SplitDpor {
  SplitInOneGo() : SplitDpor(3, false) {}
};

struct Kinds {
  const char* name;
  std::vector<Do> kinds;  // each as likely
  bool meets;
  bool exact;  // none is redundant, and what is inside steps is the same whatever is drawn
  uint64_t programs;
  uint64_t programs_long;
};

// Two to four tasks of up to four actions, up to four of which draw.
Program Draw(uint64_t seed, const Kinds& kinds) {
  Prng prng(Mix(seed, 77));
  auto below = [&](int bound) { return static_cast<int>(prng.Below(static_cast<uint32_t>(bound))); };
  Program program;
  program.meets = kinds.meets;
  program.tasks.resize(static_cast<size_t>(2 + below(3)));
  int draws = 1 + below(3);
  int left = 8;
  for (std::vector<Action>& actions : program.tasks) {
    const int count = 1 + below(std::min(4, std::max(1, left - 2)));
    left -= count;
    actions.resize(static_cast<size_t>(count) + 1);
    for (size_t i = 0; i < actions.size(); ++i) {
      Action& action = actions[i];
      action.what = i == 0 ? Do::kLoad : kinds.kinds[static_cast<size_t>(below(static_cast<int>(kinds.kinds.size())))];
      action.object = static_cast<size_t>(below(kObjects));
      if (draws > 0 && below(i == 0 ? 6 : 3) == 0) {
        action.draws = below(4) == 0 ? 2 : 1;
        action.options = below(4) == 0 ? 3 : 2;
        draws -= action.draws;
      }
      // Else it only waits, and is held back.
      if (action.what == Do::kLoop) action.draws = 1;
      const bool decides = action.draws > 0 || action.what == Do::kSelect || action.what == Do::kTryReceive;
      action.writes = decides && !kinds.exact && below(5) == 0;
      if (!decides) continue;
      for (int& skip : action.skip) skip = below(3) == 0 ? 0 : below(3);
    }
  }
  return program;
}

class DecidingDrawsTest : public testing::TestWithParam<Kinds> {};

void ExpectSame(const Found& found, const Found& truth, const char* search) {
  EXPECT_TRUE(found.exhausted) << search;
  if (found.may_miss) return;
  EXPECT_EQ(found.traces.size(), truth.traces.size()) << search;
  EXPECT_EQ(found.traces, truth.traces) << search;
}

TEST_P(DecidingDrawsTest, EveryTraceIsFoundWithEveryNumber) {
  const Kinds& kinds = GetParam();
  const uint64_t programs = test::Samples(kinds.programs, kinds.programs_long);
  uint64_t compared = 0;
  uint64_t traces = 0;
  uint64_t redundant = 0;
  uint64_t plain_runs = 0;
  for (uint64_t seed = 0; compared < programs && !HasFailure(); ++seed) {
    const Program program = Draw(seed, kinds);
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    // Plain depth-first search takes long; sleep sets, which leave nothing to races, are held against it where it
    // does not.
    const Found truth = Explore<SleepSets>(program, 3000);
    if (!truth.exhausted || truth.traces.size() < 2) continue;
    if (++compared % 4 == 0) {
      const Found plain = Explore<DepthFirst>(program, 20'000);
      plain_runs += plain.exhausted;
      if (plain.exhausted) ExpectSame(truth, plain, "sleep sets");
    }
    const Found optimal = Explore<OptimalDpor>(program, 100'000);
    ExpectSame(optimal, truth, "optimal DPOR");
    if (kinds.exact) {
      EXPECT_EQ(optimal.completed, truth.traces.size());
      EXPECT_EQ(optimal.redundant, 0u);
    }
    traces += truth.traces.size();
    redundant += optimal.redundant;
    if (compared % 4 != 0) continue;
    ExpectSame(Explore<SourceDpor>(program, 100'000), truth, "source DPOR");
    ExpectSame(Explore<SplitInOneGo>(program, 100'000), truth, "split DPOR");
    ExpectSame(Explore<BoundedDpor>(program, 1'000'000), truth, "bounded DPOR");
  }
  EXPECT_GT(plain_runs, 0u);
  RecordProperty("traces", std::to_string(traces));
  RecordProperty("redundant", std::to_string(redundant));
}

constexpr Do kLoad = Do::kLoad, kStore = Do::kStore, kSend = Do::kSend, kReceive = Do::kReceive;

INSTANTIATE_TEST_SUITE_P(
    Kinds, DecidingDrawsTest,
    testing::Values(
        Kinds{"Cells", {kLoad, kLoad, kStore}, false, true, 80, 6000},
        Kinds{"Mutexes", {kLoad, kStore, Do::kLock, Do::kLock, Do::kUnlock}, false, true, 80, 6000},
        Kinds{"Guards", {kLoad, kStore, Do::kLock, Do::kLock, Do::kUnlock, Do::kDropLock}, false, false, 80, 6000},
        Kinds{"Inside", {kLoad, kLoad, kStore}, false, false, 80, 6000},
        Kinds{"Loops", {kLoad, kStore, kStore, Do::kLoop}, false, true, 40, 4000},
        Kinds{"Channels", {kLoad, kStore, kSend, kReceive}, false, false, 80, 6000},
        Kinds{"Tries", {kLoad, kStore, kSend, kReceive, Do::kTryReceive}, false, false, 80, 6000},
        Kinds{"Selects", {kLoad, kStore, kSend, kSend, Do::kSelect}, false, false, 80, 6000},
        Kinds{"Rendezvous", {kLoad, kStore, kSend, kReceive}, true, true, 80, 6000},
        Kinds{"RendezvousTries", {kLoad, kStore, kSend, kReceive, Do::kTryReceive}, true, false, 80, 6000},
        Kinds{"RendezvousSelects", {kLoad, kStore, kSend, kSend, Do::kSelect}, true, false, 80, 6000}),
    [](const testing::TestParamInfo<Kinds>& info) { return std::string(info.param.name); });

}  // namespace deciding
}  // namespace fate::sim
