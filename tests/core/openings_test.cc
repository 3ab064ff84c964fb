// What objects let through, as an execution whose accesses are recorded keeps it: before each operation on one that
// counts, before what is done inside a step, and where tasks are left.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/task/yield.h"
#include "tests/core/simulated.h"

namespace fate::sim {
namespace {

using test::ProgramOf;
using test::RunQuietly;

template <class World>
Trace TraceOf() {
  Settings settings;
  settings.record_accesses = true;
  return RunQuietly(ProgramOf<World>(), settings).trace;
}

// "-": nobody says; else a letter for each that is open.
std::string Text(Openings open) {
  if (!open.known()) return "-";
  return std::string(open.take() ? "t" : "") + (open.put() ? "p" : "") + ".";
}

std::vector<std::string> BeforeSteps(const Trace& trace) {
  std::vector<std::string> texts;
  for (const Step& step : trace.steps) texts.push_back(Text(step.open));
  return texts;
}

std::vector<std::string> BeforeAccesses(const Trace& trace) {
  std::vector<std::string> texts;
  for (const Access& access : trace.accesses) texts.push_back(Text(access.open));
  return texts;
}

using Texts = std::vector<std::string>;

struct Permits {
  Semaphore semaphore{1};
  Task<> Main() {
    SemaphorePermit permit = co_await semaphore.Acquire();
    co_await permit.Release();
    co_await semaphore.Release();
    {
      SemaphorePermit first = semaphore.TryAcquire();
      SemaphorePermit second = semaphore.TryAcquire();
      SemaphorePermit none = semaphore.TryAcquire();
    }  // the second goes back first, then the first
    co_await Yield();
  }
};

TEST(OpeningsTest, ASemaphoreLetsThroughWhileItHasPermits) {
  const Trace trace = TraceOf<Permits>();
  EXPECT_EQ(BeforeSteps(trace), (Texts{"t.", ".", "t.", "-"}));
  EXPECT_EQ(BeforeAccesses(trace), (Texts{"t.", "t.", ".", ".", "t."}));
}

struct UnevenPermits {
  Semaphore semaphore{2};
  Task<> Main() {
    co_await semaphore.Release();
    SemaphorePermit two = co_await semaphore.Acquire(2);
    co_await semaphore.Release();
  }
};

TEST(OpeningsTest, ASemaphoreOfWhichSeveralPermitsAreTakenAtOnceDoesNotSay) {
  EXPECT_EQ(BeforeSteps(TraceOf<UnevenPermits>()), (Texts{"t.", "-", "-"}));
}

struct Values {
  Channel<int> channel{1};
  Task<> Main() {
    co_await channel.Send(1);
    channel.TrySend(2);
    co_await channel.Receive();
    channel.TrySend(3);
    channel.TryReceive();
    channel.TryReceive();
    channel.CloseNow();
    co_await channel.Receive();
    co_await channel.Send(4);
  }
};

TEST(OpeningsTest, AChannelLetsSendWhileThereIsRoomAndReceiveWhileSomethingIsThere) {
  const Trace trace = TraceOf<Values>();
  // Closed, it lets everybody through.
  EXPECT_EQ(BeforeSteps(trace), (Texts{"p.", "t.", "tp.", "tp."}));
  EXPECT_EQ(BeforeAccesses(trace), (Texts{"t.", "p.", "t.", "p.", "p."}));
}

struct Meeting {
  Channel<int> channel;
  Task<> Send() { co_await channel.Send(1); }
  Task<> Receive() { co_await channel.Receive(); }
  void Begin(Roots& roots) {
    roots.Add(Send());
    roots.Add(Receive());
  }
};

TEST(OpeningsTest, ARendezvousDoesNotSay) {
  for (const std::string& text : BeforeSteps(TraceOf<Meeting>())) EXPECT_EQ(text, "-");
}

struct SelectedValues {
  Channel<int> full{1};
  Channel<int> empty{1};
  Task<> Main() {
    co_await full.Send(1);
    co_await Select(empty.Receive(), full.Receive());
  }
};

TEST(OpeningsTest, ASelectSaysOfEachOfItsBranches) {
  EXPECT_EQ(BeforeAccesses(TraceOf<SelectedValues>()), (Texts{"p.", "t.", "t."}));  // and of the one it takes
}

struct Calls {
  Once once;
  Task<> Nothing() { co_return; }
  Task<> Call() {
    const auto nothing = [this] { return Nothing(); };
    co_await once.Call(nothing);
  }
  Task<> Main() {
    co_await Call();
    co_await Call();
  }
};

TEST(OpeningsTest, AOnceLetsNobodyThroughWhileItsCallableRuns) {
  const Trace trace = TraceOf<Calls>();
  EXPECT_EQ(BeforeSteps(trace), (Texts{"t.", "t."}));
  EXPECT_EQ(BeforeAccesses(trace), Texts{"."});
}

struct Sets {
  Event event;
  Task<> Main() {
    co_await event.Set();
    co_await event.Wait();
    event.ResetNow();
    event.ResetNow();
    event.SetNow();
    co_await event.Reset();
    co_await event.Set();
  }
};

TEST(OpeningsTest, AnEventLetsThroughWhileItIsSet) {
  const Trace trace = TraceOf<Sets>();
  EXPECT_EQ(BeforeSteps(trace), (Texts{".", "t.", "t.", "."}));
  EXPECT_EQ(BeforeAccesses(trace), (Texts{"t.", ".", "."}));
}

struct Tries {
  Mutex mutex;
  Task<> Main() {
    MutexGuard held = mutex.TryLock();
    MutexGuard none = mutex.TryLock();
    co_await held.Unlock();
  }
};

TEST(OpeningsTest, AMutexSaysOnlyWhereItIsTried) {
  const Trace trace = TraceOf<Tries>();
  EXPECT_EQ(BeforeAccesses(trace), (Texts{"t.", "."}));
  EXPECT_EQ(BeforeSteps(trace), (Texts{"-", "-"}));
}

struct LeftBehind {
  Semaphore semaphore{0};
  Task<> Main() { SemaphorePermit permit = co_await semaphore.Acquire(); }
};

TEST(OpeningsTest, SoDoesWhatATaskIsLeftBefore) {
  const Trace trace = TraceOf<LeftBehind>();
  ASSERT_EQ(trace.pending.size(), 1u);
  EXPECT_EQ(Text(trace.pending[0].open), ".");
}

struct Waits {
  Mutex mutex;
  ConditionVariable changed;
  Task<> Wait() {
    MutexGuard guard = co_await mutex.Lock();
    co_await changed.Wait(guard);
  }
  Task<> Notify() {
    co_await changed.NotifyOne();
    co_await changed.NotifyOne();
    co_await changed.NotifyAll();
  }
  void Begin(Roots& roots) {
    roots.Add(Wait());
    roots.Add(Wait());
    roots.Add(Notify());
  }
};

TEST(OpeningsTest, WhoWasNotifiedInWhichStepIsKept) {
  const Trace trace = TraceOf<Waits>();
  std::vector<std::pair<OpKind, uint32_t>> notified;
  for (const Notified& one : trace.notified) notified.emplace_back(trace.steps[one.step].kind, one.task);
  EXPECT_EQ(notified, (std::vector<std::pair<OpKind, uint32_t>>{{OpKind::kNotifyOne, 0}, {OpKind::kNotifyOne, 1}}));
}

TEST(OpeningsTest, NothingIsKeptUnlessAccessesAre) {
  const Trace trace = RunQuietly(ProgramOf<Permits>()).trace;
  for (const std::string& text : BeforeSteps(trace)) EXPECT_EQ(text, "-");
  EXPECT_TRUE(RunQuietly(ProgramOf<Waits>()).trace.notified.empty());
}

}  // namespace
}  // namespace fate::sim
