// Random programs in which a number that is drawn, or the branch that a select takes, decides what its task does next:
// every search with reduction finds what plain depth-first search does.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
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

namespace fate::sim {
namespace deciding {

enum class Do : uint8_t {
  kLoad,
  kStore,
  kLock,
  kUnlock,     // of what the task holds
  kDropLock,   // the same at once, in the step before
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
  int draws = 0;    // so many numbers, in the step of the action after it
  int options = 2;  // of each
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
  std::map<uint64_t, int> executions;  // by trace and what was drawn
  uint64_t runs = 0;
  bool exhausted = false;
  uint64_t redundant = 0, traces = 0, restarts = 0, infeasible = 0;
};

template <class Search>
Found Explore(const Program& program, uint64_t limit) {
  Settings settings;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  Search search;
  TraceHash hash;
  Found found;
  for (bool more = true; more && found.runs < limit; ++found.runs) {
    std::optional<World> world;
    auto run = [&](Roots& roots) {
      world.emplace(program);
      for (size_t task = 0; task < program.tasks.size(); ++task) roots.Add(world->Run(program.tasks[task], task));
    };
    const Execution& execution = scheduler.Run(run, search, found.runs, 1);
    ++found.executions[Mix(hash.Of(execution), world->seen)];
    more = search.EndExecution(execution);
    found.exhausted = !more;
  }
  if constexpr (requires { search.redundant(); }) {
    found.redundant = search.redundant();
    found.traces = search.traces();
    found.restarts = search.restarts();
    found.infeasible = search.infeasible();
  }
  return found;
}

struct SplitInOneGo : SplitDpor {
  SplitInOneGo() : SplitDpor(3, false) {}
};

// Of which kinds: each stands for one in so many of the actions drawn.
struct Kinds {
  const char* name;
  std::vector<Do> kinds;
  bool meets = false;
  uint64_t programs;
  uint64_t programs_long;
};

Program Draw(uint64_t seed, const Kinds& kinds) {
  Prng prng(Mix(seed, 77));
  auto below = [&](int bound) { return static_cast<int>(prng.Below(static_cast<uint32_t>(bound))); };
  Program program;
  program.meets = kinds.meets;
  program.tasks.resize(static_cast<size_t>(2 + below(3)));
  int draws = 1 + below(3);
  int left = getenv("LEFT") ? atoi(getenv("LEFT")) : 8;
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
      action.writes = decides && below(5) == 0;
      if (!decides) continue;
      for (int& skip : action.skip) skip = below(3) == 0 ? 0 : below(3);
    }
  }
  return program;
}

class DecidingDrawsTest : public testing::TestWithParam<Kinds> {};

TEST_P(DecidingDrawsTest, EveryTraceIsFoundWithEveryNumber) {
  const Kinds& kinds = GetParam();
  const uint64_t programs = std::getenv("FATE_LONG_TESTS") != nullptr ? kinds.programs_long : kinds.programs;
  const char* from = std::getenv("FROM");
  uint64_t compared = 0, missed = 0, more = 0, missed_source = 0, missed_split = 0, missed_bounded = 0;
  uint64_t traces = 0;
  uint64_t executions = 0;
  uint64_t programs_with_redundancy = 0, all_redundant = 0, twice = 0;
  for (uint64_t seed = from ? atoi(from) : 0; compared < programs; ++seed) {
    const Program program = Draw(seed, kinds);
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    const Found truth = Explore<SleepSets>(program, 5'000);
    if (!truth.exhausted || truth.executions.size() < 2) continue;
    if (compared % 8 == 0) {
      const Found plain = Explore<DepthFirst>(program, 200'000);
      if (plain.exhausted) {
        EXPECT_EQ(truth.executions.size(), plain.executions.size()) << "sleep sets";
      }
    }
    ++compared;
    const Found optimal = Explore<OptimalDpor>(program, 100'000);
    EXPECT_TRUE(optimal.exhausted);
    if (optimal.executions.size() < truth.executions.size()) {
      if (++missed <= 3) ADD_FAILURE() << optimal.executions.size() << " of " << truth.executions.size();
    }
    more += optimal.executions.size() > truth.executions.size();
    traces += truth.executions.size();
    executions += optimal.runs;
    programs_with_redundancy += optimal.traces + optimal.redundant > truth.executions.size(); all_redundant += optimal.redundant; twice += optimal.traces - optimal.executions.size();
    if (optimal.traces + optimal.redundant > truth.executions.size() && getenv("SHOW")) {
      std::printf("%s: seed %d: %d redundant, %d infeasible, %d traces for %d%s\n", kinds.name, int(seed), int(optimal.redundant), int(optimal.infeasible), int(optimal.traces), int(truth.executions.size()), program.ToText().c_str());
    }
    if (compared % 4 != 0) continue;
    const auto check = [&](const Found& found, uint64_t& count, const char* name) {
      EXPECT_TRUE(found.exhausted) << name;
      if (found.executions.size() != truth.executions.size()) {
        if (++count <= 3) ADD_FAILURE() << name << ": " << found.executions.size() << " of " << truth.executions.size();
      }
    };
    check(Explore<SourceDpor>(program, 100'000), missed_source, "source");
    check(Explore<SplitInOneGo>(program, 100'000), missed_split, "split");
    check(Explore<BoundedDpor>(program, 1'000'000), missed_bounded, "bounded");
  }
  std::printf("%s: %d programs, missed %d (source %d, split %d, bounded %d), more %d, traces %d, executions %d, redundant programs %d, redundant %d, twice %d\n", kinds.name,
              int(compared), int(missed), int(missed_source), int(missed_split), int(missed_bounded), int(more), int(traces), int(executions), int(programs_with_redundancy), int(all_redundant), int(twice));
}

uint64_t N() { return getenv("N") ? uint64_t(atoi(getenv("N"))) : 100; }
INSTANTIATE_TEST_SUITE_P(
    Kinds, DecidingDrawsTest,
    testing::Values(Kinds{"Cells", {Do::kLoad, Do::kLoad, Do::kStore}, false, N(), 4000},
                    Kinds{"Mutexes", {Do::kLoad, Do::kStore, Do::kLock, Do::kLock, Do::kUnlock, Do::kDropLock}, false, N(), 4000},
                    Kinds{"Channels", {Do::kLoad, Do::kStore, Do::kSend, Do::kReceive}, false, N(), 4000},
                    Kinds{"Loops", {Do::kLoad, Do::kStore, Do::kStore, Do::kLoop}, false, N(), 4000},
                    Kinds{"Tries", {Do::kLoad, Do::kStore, Do::kSend, Do::kReceive, Do::kTryReceive}, false, N(), 4000},
                    Kinds{"Selects", {Do::kLoad, Do::kStore, Do::kSend, Do::kSend, Do::kSelect}, false, N(), 4000},
                    Kinds{"Rendezvous", {Do::kLoad, Do::kStore, Do::kSend, Do::kReceive}, true, N(), 4000},
                    Kinds{"RendezvousTries", {Do::kLoad, Do::kStore, Do::kSend, Do::kReceive, Do::kTryReceive}, true, N(), 4000},
                    Kinds{"RendezvousSelects", {Do::kLoad, Do::kStore, Do::kSend, Do::kSend, Do::kSelect}, true, N(), 4000}),
    [](const testing::TestParamInfo<Kinds>& info) { return std::string(info.param.name); });

}  // namespace deciding
}  // namespace fate::sim
