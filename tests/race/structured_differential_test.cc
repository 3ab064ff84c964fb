// Random programs of structure: each search with reduction sees what plain depth-first search sees, neither less nor
// more, of outcomes and of traces, and what is seen under a coarse setting is seen under the finest.
//
// What can go wrong here is dependence that is in no operation: who of several tasks ends first, whom a join waits for,
// a timer that might have struck, what is left behind at the end, a look in plain code. What did go wrong is in
// tests/race/outcomes_test.cc, made small.
//
// A slice runs always; FATE_LONG_TESTS=1 in the environment runs all of it.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "fate/sim/race/happens_before.h"
#include "fate/sim/race/trace_hash.h"
#include "fate/sim/strategies/bounded_dpor.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "fate/sim/strategies/split_dpor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"
#include "tests/race/last_first.h"
#include "tests/race/structured_program.h"

namespace fate::sim::structured {
namespace {

// What executions of a program came to.
struct Found {
  bool may_miss = false;           // the search says that there may be more
  std::set<std::string> outcomes;  // all that was seen in those that came to their end, or to a deadlock
  std::set<std::string> failures;  // kinds of steps that failed
  std::set<uint64_t> traces;       // of those with an outcome
  std::set<std::string> alike;     // outcomes of a trace that had another
  uint64_t executions = 0;
  bool exhausted = false;
};

template <class Search>
Found Explore(const StructuredProgram& program, uint64_t executions_max,
              Interleaving interleaving = Interleaving::kOperation) {
  Settings settings;
  settings.interleaving = interleaving;
  settings.record_accesses = true;
  Scheduler scheduler(settings);
  Search search;
  TraceHash hash;
  Seen seen;
  Found found;
  std::map<uint64_t, std::string> outcome_of;
  const auto run = [&](Roots& roots) { Add(program, roots, seen); };
  while (!found.exhausted && found.executions < executions_max) {
    const Execution& execution = scheduler.Run(run, search, found.executions++, 1);
    if (execution.outcome.passed() || execution.outcome.kind == OutcomeKind::kDeadlock) {
      std::string outcome = execution.outcome.passed() ? "" : "deadlock: ";
      for (const std::string& what : seen) outcome += what + ";";
      const auto [of, is_new] = outcome_of.try_emplace(hash.Of(execution), outcome);
      if (!is_new && of->second != outcome) found.alike.insert(outcome);
      found.traces.insert(of->first);
      found.outcomes.insert(std::move(outcome));
    } else {
      found.failures.insert(ToString(execution.outcome.kind));
    }
    found.exhausted = !search.EndExecution(execution);
  }
  if constexpr (std::is_base_of_v<ReducedSearch, Search>) found.may_miss = search.caveats().draws;
  return found;
}

template <class T>
std::set<T> Without(const std::set<T>& all, const std::set<T>& some) {
  std::set<T> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(rest, rest.end()));
  return rest;
}

void ExpectWithin(const Found& found, const Found& truth) {
  ASSERT_THAT(Without(found.outcomes, truth.outcomes), testing::IsEmpty()) << "cannot be";
  ASSERT_THAT(Without(found.failures, truth.failures), testing::IsEmpty()) << "cannot be";
}

// Where steps fail, each kind of failure is found, but for what a task that leaks would have come to; what else is seen
// is not looked for once a step has failed.
void ExpectSame(const char* strategy, const Found& found, const Found& truth) {
  SCOPED_TRACE(strategy);
  ASSERT_TRUE(found.exhausted);
  ASSERT_THAT(truth.alike, testing::IsEmpty()) << "two outcomes of one trace";
  ASSERT_NO_FATAL_FAILURE(ExpectWithin(found, truth));
  if (found.may_miss) return;
  if (found.failures.contains(ToString(OutcomeKind::kLeakedTask))) return;
  ASSERT_THAT(Without(truth.failures, found.failures), testing::IsEmpty()) << "missed";
  if (!truth.failures.empty()) return;
  ASSERT_THAT(Without(truth.outcomes, found.outcomes), testing::IsEmpty()) << "missed";
  // Some that differ have the same outcome, in this program.
  ASSERT_THAT(Without(truth.traces, found.traces), testing::IsEmpty()) << "missed";
  ASSERT_THAT(Without(found.traces, truth.traces), testing::IsEmpty()) << "cannot be";
}

// As searches are split for several processes, here in one.
template <class Search, uint32_t kLevels>
struct InOneGo : Search {
  InOneGo() : Search(kLevels, /*walks=*/false) {}
};

void ExpectAllSee(const StructuredProgram& program, const Found& truth) {
  // Where many cancel or fail, traces are run again; a bounded search runs all of them again for each bound.
  const uint64_t max = 20 * truth.executions + 1000;
  ASSERT_NO_FATAL_FAILURE(ExpectSame("optimal_dpor", Explore<OptimalDpor>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("last first", Explore<LastFirst>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("source_dpor", Explore<SourceDpor>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("sleep_sets", Explore<SleepSets>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("bounded_dpor", Explore<BoundedDpor>(program, 20 * max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("split optimal_dpor", Explore<InOneGo<SplitDpor, 3>>(program, max), truth));
  ASSERT_NO_FATAL_FAILURE(ExpectSame("split source_dpor", Explore<InOneGo<SplitSourceDpor, 2>>(program, max), truth));
}

struct Case {
  const char* name;
  PartSet allowed;
  uint64_t programs = 12;
  uint64_t programs_long = 1500;
};

class StructuredProgramsTest : public testing::TestWithParam<Case> {
 protected:
  static uint64_t executions_max() { return test::LongTests() ? 5'000 : 500; }
  static uint64_t programs() { return test::Samples(GetParam().programs, GetParam().programs_long); }
};

TEST_P(StructuredProgramsTest, EachSearchSeesWhatDepthFirstSearchSees) {
  uint64_t compared = 0;
  for (uint64_t seed = 0; compared < programs(); ++seed) {
    StructuredProgram program = Draw(seed, GetParam().allowed);
    // Every fourth where all comes after the events of which sets are words.
    if (seed % 4 == 3) program.loads_before = static_cast<int>(HappensBefore::kEarly) - 2;
    const Found truth = Explore<DepthFirst>(program, executions_max());
    if (!truth.exhausted) continue;
    ++compared;
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    ASSERT_NO_FATAL_FAILURE(ExpectAllSee(program, truth));
  }
}

// With an operation after each that may wait. Without it the finest setting does not show all: there an operation takes
// effect in the step in which its task goes on, under the coarse ones as soon as it is granted, and others may come
// between. They may find a lock held that is given back in plain code, or be the first to end though a task that did
// nothing after its last Yield was granted that before.
TEST_P(StructuredProgramsTest, WhatACoarseSettingShowsTheFinestShows) {
  uint64_t compared = 0;
  // Depth-first search of the finest setting takes most of the time, and says little about searches.
  const uint64_t wanted = test::LongTests() ? programs() / 8 : (programs() + 1) / 2;
  for (uint64_t seed = 0; compared < wanted; ++seed) {
    const StructuredProgram program = Draw(seed, GetParam().allowed);
    StructuredProgram fine = program;
    fine.apart = true;
    const Found truth = Explore<DepthFirst>(fine, 4 * executions_max());
    if (!truth.exhausted) continue;
    ++compared;
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << program.ToText());
    for (const Interleaving coarse : {Interleaving::kFifo, Interleaving::kLoop}) {
      SCOPED_TRACE(ToString(coarse));
      const Found found = Explore<DepthFirst>(program, truth.executions, coarse);
      ASSERT_NO_FATAL_FAILURE(ExpectWithin(found, truth));
    }
  }
}

constexpr PartSet kCells = Parts({Part::kLoad, Part::kStore, Part::kAdd, Part::kExchangeIf, Part::kYield});
constexpr PartSet kSync = Parts(
    {Part::kSet,        Part::kReset,     Part::kWait,      Part::kSend,       Part::kReceive, Part::kTrySend,
     Part::kTryReceive, Part::kClose,     Part::kCountDown, Part::kAwaitLatch, Part::kArrive,  Part::kConditionWait,
     Part::kNotifyOne,  Part::kNotifyAll, Part::kRelease,   Part::kSelect,     Part::kLock,    Part::kTryLock,
     Part::kReadLock,   Part::kWriteLock, Part::kPermit,    Part::kOnce});
constexpr PartSet kGroups = Parts(
    {Part::kNothing, Part::kThrow, Part::kTry, Part::kAll, Part::kAny, Part::kGroup, Part::kSibling, Part::kJoin});
constexpr PartSet kCancellation =
    Parts({Part::kCancelGroup, Part::kCancelScope, Part::kCheckCancelled, Part::kAny, Part::kGroup, Part::kSibling,
           Part::kCancel, Part::kScope, Part::kShield, Part::kFinally});
constexpr PartSet kTimeouts = Parts({Part::kSleep, Part::kTimeout});
constexpr PartSet kLeft = Parts({Part::kLeave, Part::kLeaveRunning, Part::kLeaveDaemon});
constexpr PartSet kLooks = Parts({Part::kLookAtTask, Part::kLookAtGroup, Part::kLookForCancel, Part::kLookAtMutex,
                                  Part::kLookAtEvent, Part::kLookAtChannel, Part::kLookAtSemaphore});
constexpr PartSet kMessages =
    Parts({Part::kBroadcast, Part::kEndBroadcast, Part::kSubscribed, Part::kAnswer, Part::kAwaitAnswer, Part::kHangUp});
constexpr PartSet kCallbacks = Parts({Part::kCallback, Part::kComplete, Part::kForget, Part::kBlocking, Part::kPost});
constexpr PartSet kPromises = Parts({Part::kPromise, Part::kThen, Part::kCatch, Part::kAlways, Part::kDropPromise,
                                     Part::kLookAtPromise, Part::kFollow, Part::kJoinOr, Part::kThrow, Part::kTry});
constexpr PartSet kWithinSteps = Parts({Part::kNow, Part::kCancelNow, Part::kCloseNow, Part::kSiblingNow,
                                        Part::kTrySelect, Part::kTryReadLock, Part::kTryWriteLock, Part::kCancelGroup});
constexpr PartSet kMeetings = Parts({Part::kDropOut, Part::kArrive, Part::kArriveFirst, Part::kWaitUntil, Part::kWrite,
                                     Part::kNotifyOne, Part::kNotifyAll, Part::kOnce});
constexpr PartSet kClock = Parts({Part::kDeadline, Part::kTicking, Part::kSleep, Part::kTimeout});
constexpr PartSet kDraws = Parts({Part::kDraw, Part::kIfDrawn, Part::kRandom});
constexpr PartSet kJoinsOr = Parts({Part::kLoad, Part::kStore, Part::kSet, Part::kNow, Part::kJoinOr, Part::kAll,
                                    Part::kLeaveDaemon, Part::kLookAtTask});
constexpr PartSet kPosts =
    Parts({Part::kLoad, Part::kRead, Part::kWrite, Part::kLock, Part::kPost, Part::kWaitUntil, Part::kNotifyOne});
constexpr PartSet kCloses =
    Parts({Part::kSend, Part::kReceive, Part::kTryReceive, Part::kClose, Part::kCloseNow, Part::kSelect, Part::kAny});
constexpr PartSet kAll = (PartSet{1} << kPartCount) - 1;

constexpr PartSet kTasks = Parts({Part::kAll, Part::kAny, Part::kJoin});
constexpr PartSet kGroupsOfSync = kCells | kSync | kTasks;
constexpr PartSet kWaits = Parts({Part::kWait, Part::kSet, Part::kLock});

INSTANTIATE_TEST_SUITE_P(
    Kinds, StructuredProgramsTest,
    testing::Values(Case{"Groups", kCells | kGroups}, Case{"GroupsOfSync", kGroupsOfSync},
                    Case{"Cancellation", kCells | kCancellation | kWaits},
                    Case{"CancelledSync", kCells | kSync | kCancellation},
                    Case{"Timeouts", kCells | kTimeouts | kWaits | Parts({Part::kAll, Part::kAny, Part::kShield})},
                    Case{"TimedSync", kGroupsOfSync | kTimeouts},
                    Case{"SharedSubscriptions", Parts({Part::kBroadcast, Part::kSubscribed, Part::kEndBroadcast,
                                                       Part::kHear, Part::kYield, Part::kAll, Part::kTry})},
                    Case{"LeftBehind",
                         kCells | kLeft | Parts({Part::kNothing, Part::kJoin, Part::kCancel, Part::kAny, Part::kLock})},
                    Case{"Looks", kCells | kLooks | kGroups | kCancellation | kWaits |
                                      Parts({Part::kReset, Part::kSend, Part::kRelease})},
                    Case{"Messages", kCells | kMessages | kCancellation},
                    Case{"Callbacks", kCells | kCallbacks | kTasks},
                    Case{"CancelledCallbacks", kCells | kCallbacks | kCancellation},
                    Case{"Promises", kCells | kPromises}, Case{"CancelledPromises", kCells | kPromises | kCancellation},
                    Case{"WithinSteps", kCells | kWithinSteps | kGroups | kWaits | Parts({Part::kScope})},
                    Case{"Meetings", kCells | kMeetings | kCancellation | kWaits},
                    Case{"Clock", kCells | kClock | kMessages | kCallbacks | kTasks},
                    Case{"Draws", kCells | kDraws | kTasks}, Case{"DrawsOfSync", kCells | kSync | kDraws | kTasks},
                    Case{"DrawsCancelled", kCells | kDraws | kCancellation | kWaits}, Case{"JoinsOr", kJoinsOr},
                    Case{"Posts", kPosts}, Case{"Closes", kCloses}, Case{"Everything", kAll}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace fate::sim::structured
