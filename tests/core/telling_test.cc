#include "fate/sim/core/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/channel.h"
#include "fate/sync/mutex.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::ProgramOf;
using test::RunQuietly;
using test::With;

template <class World>
Execution Told(Interleaving interleaving = Interleaving::kOperation) {
  Settings settings = With(interleaving);
  settings.record_accesses = true;
  settings.tell = true;
  return RunQuietly(ProgramOf<World>(), settings);
}

// "3: = 1": what the operation of each step, counted from 1, told.
std::vector<std::string> Values(const Execution& execution) {
  std::vector<std::string> values;
  for (const ToldValue& value : execution.trace.telling.values) {
    values.push_back(absl::StrCat(value.index + 1, ": ", value.text));
  }
  return values;
}

struct EveryAtomic {
  Atomic<int> cell{1};
  Task<> Main() {
    co_await cell.Load();
    co_await cell.Store(2);
    co_await cell.Exchange(3);
    co_await cell.FetchAdd(4);
    int expected = 7;
    co_await cell.CompareExchange(expected, 8);
    co_await cell.CompareExchange(expected, 9);
  }
};

TEST(TellingTest, OperationsTellTheValuesTheyReadAndWrite) {
  EXPECT_EQ(Values(Told<EveryAtomic>()),
            (std::vector<std::string>{"1: = 1", "2: := 2", "3: 2 -> 3", "4: 3 -> 7", "5: 7 -> 8", "6: = 8, not 7"}));
}

struct Passing {
  Channel<int> rendezvous{0};
  Channel<int> buffered{1};
  Task<> Main() {
    JoinHandle<> receiver = co_await Spawn(Receive());
    co_await rendezvous.Send(5);
    co_await buffered.Send(6);
    co_await buffered.Close();
    co_await receiver.Join();
    co_await buffered.Send(7);
  }
  Task<> Receive() {
    co_await rendezvous.Receive();
    co_await buffered.Receive();
    co_await buffered.Receive();
  }
};

TEST(TellingTest, ChannelsTellWhatIsSentAndReceived) {
  const Execution execution = Told<Passing>();
  // Spawn; the receiver starts and waits; the rendezvous is a step of both; the receiver takes 6, then the end.
  EXPECT_EQ(Values(execution), (std::vector<std::string>{"3: := 5", "4: = 5", "5: := 6", "7: = 6", "8: finds it closed",
                                                         "10: finds it closed"}));
  EXPECT_TRUE(execution.trace.steps[3].joined);
}

// Whose Send waits while the channel is closed did not send either.
struct ClosedOnASender {
  Channel<int> channel{0};
  Task<> Main() {
    JoinHandle<> closer = co_await Spawn(Close());
    co_await channel.Send(5);
    co_await closer.Join();
  }
  Task<> Close() { co_await channel.Close(); }
};

TEST(TellingTest, ASendThatWaitedForAChannelThatWasClosedTellsIt) {
  for (const Interleaving interleaving : {Interleaving::kFifo, Interleaving::kOperation}) {
    EXPECT_THAT(Values(Told<ClosedOnASender>(interleaving)), testing::ElementsAre(testing::EndsWith("finds it closed")))
        << ToString(interleaving);
  }
}

struct Broadcasting {
  Broadcast<int> prices{1};
  Task<> Main() {
    Subscription<int> mine = co_await prices.Subscribe();
    co_await prices.Send(5);
    co_await prices.Send(6);
    co_await mine.Receive();
    co_await prices.Close();
    co_await mine.Receive();
    co_await prices.Send(7);
  }
};

TEST(TellingTest, BroadcastsTellWhatIsSentAndReceived) {
  EXPECT_EQ(Values(Told<Broadcasting>()),
            (std::vector<std::string>{"2: := 5", "3: := 6", "4: = 6", "6: finds it closed", "7: finds it closed"}));
}

struct Watched {
  Shared<int> cell{1};
  Task<> Main() {
    co_await Yield();
    cell.Write(cell.Read() + 1);
    cell.Update([](int& value) { value *= 10; });
    try {
      cell.Update([](int& value) {
        ++value;
        throw 1;
      });
    } catch (int) {
    }
  }
};

TEST(TellingTest, AccessesTellTheirValuesTooAndAChangeWhatItLeaves) {
  const Execution execution = Told<Watched>();
  std::vector<std::string> values;
  for (const ToldValue& value : execution.trace.telling.access_values) {
    values.push_back(absl::StrCat(ToString(execution.trace.accesses[value.index].kind), " ", value.text));
  }
  EXPECT_EQ(values, (std::vector<std::string>{"Read = 1", "Write := 2", "Read = 2", "Write := 20", "Read = 20",
                                              "Write := 21"}));
}

struct Cancels {
  Task<> Waits() { co_await Sleep(absl::InfiniteDuration()); }
  Task<> Main() {
    JoinHandle<> waits = co_await Spawn(Waits());
    co_await Yield();
    co_await waits.Cancel();
    try {
      co_await waits.Join();
    } catch (const Cancelled&) {
    }
  }
};

TEST(TellingTest, TheStepsThatThrowCancelledAreMarked) {
  for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kOperation}) {
    const Execution execution = Told<Cancels>(interleaving);
    ASSERT_EQ(execution.trace.telling.cancelled.size(), 1u) << ToString(interleaving);
    const Step& step = execution.trace.steps[execution.trace.telling.cancelled[0]];
    EXPECT_EQ(step.kind, OpKind::kSleep);
    EXPECT_EQ(step.task, 1u);
  }
}

struct Stopping {
  Mutex mutex;
  Task<> Child() {
    MutexGuard guard = co_await mutex.Lock();
    co_await Sleep(absl::Milliseconds(3));
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Child());
    JoinHandle<> second = co_await Spawn(Child());
    co_await Yield();
    co_await first.Join();
    co_await second.Join();
  }
};

TEST(TellingTest, WhoStoppedWhyAndWhoWasWokenByWhomIsKept) {
  const Execution execution = Told<Stopping>();
  std::vector<std::string> stops;
  for (const Stop& stop : execution.trace.telling.stops) {
    static constexpr const char* kWords[] = {"ended", "blocked", "yielded", "queued"};
    stops.push_back(absl::StrCat(stop.step + 1, ": ", stop.task, " ", kWords[static_cast<int>(stop.reason)]));
  }
  // 1 2 main spawns; 3 the first locks, and sleeps; 4 main has yielded, and joins; 5 the second starts, and waits
  // for the lock; 6 the first wakes, unlocks and ends; 7 the second locks, and sleeps; 8 main has joined the first;
  // 9 the second ends; 10 main has joined it.
  EXPECT_EQ(stops,
            (std::vector<std::string>{"2: 0 yielded", "3: 1 blocked", "4: 0 blocked", "5: 2 blocked", "6: 1 ended",
                                      "7: 2 blocked", "8: 0 blocked", "9: 2 ended", "10: 0 ended"}));
  std::vector<std::string> wakes;
  for (const Wake& wake : execution.trace.telling.wakes) {
    wakes.push_back(absl::StrCat(wake.step + 1, ": ", wake.task, wake.by_time ? " by time" : ""));
  }
  EXPECT_EQ(wakes, (std::vector<std::string>{"5: 1 by time", "6: 2", "6: 0", "8: 2 by time", "9: 0"}));
}

// An execution that nobody tells keeps none of it.
TEST(TellingTest, IsOnlyRecordedWhenItIsAskedFor) {
  const Execution execution = RunQuietly(ProgramOf<Stopping>());
  EXPECT_FALSE(execution.trace.telling.told);
  EXPECT_TRUE(execution.trace.telling.stops.empty());
  EXPECT_TRUE(execution.trace.telling.wakes.empty());
  EXPECT_TRUE(RunQuietly(ProgramOf<EveryAtomic>()).trace.telling.values.empty());
}

// To be told changes nothing of the run.
TEST(TellingTest, TheTraceIsThatOfTheExecutionThatIsNotTold) {
  EXPECT_EQ(Told<Stopping>().trace.Hash(), RunQuietly(ProgramOf<Stopping>()).trace.Hash());
  EXPECT_EQ(Told<EveryAtomic>().trace.Hash(), RunQuietly(ProgramOf<EveryAtomic>()).trace.Hash());
  EXPECT_EQ(Told<Passing>().trace.Hash(), RunQuietly(ProgramOf<Passing>()).trace.Hash());
}

}  // namespace
}  // namespace fate::sim
