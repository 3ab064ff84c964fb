#include "tools/bug_programs/bug_programs.h"

namespace fate::bugs {
namespace {

template <Task<> (*program)(Variant), Variant variant>
Task<> Make() {
  return program(variant);
}

template <Task<> (*program)(Variant)>
constexpr BugProgram Row(const char* id, const char* name, const char* what, sim::OutcomeKind outcome) {
  return {id, name, what, outcome, Make<program, Variant::kBuggy>, Make<program, Variant::kFixed>};
}

}  // namespace

std::span<const BugProgram> BugPrograms() {
  constexpr auto kAssertion = sim::OutcomeKind::kAssertionFailed;
  constexpr auto kDeadlock = sim::OutcomeKind::kDeadlock;
  constexpr auto kLeak = sim::OutcomeKind::kLeakedTask;
  static constexpr BugProgram kPrograms[] = {
      Row<NotifyInBatches>("B01", "tokio5396", "one notify_waiters completes two waits in sequence", kAssertion),
      Row<DoneChannel>("B07", "grpc660", "a worker sends to a parent that has returned", kDeadlock),
      Row<JoinedSnapshot>("B09", "sv2_794", "shutdown joins a snapshot of the list of tasks", kLeak),
      Row<RetryBehind>("B11", "librdkafka1092", "a retry queues a failed batch behind later ones", kAssertion),
      Row<StaleReadiness>("B14", "hyperutil297", "what was ready was taken by another clone", kAssertion),
      Row<SequenceCap>("B16", "lucene13571", "a sequence number exceeds the cap of its queue", kAssertion),
      Row<FramedRead>("B18", "iroh2572", "a select cancels a half-finished read of a frame", kAssertion),
      Row<WeightedSemaphore>("B20", "xsync37852", "a cancelled waiter leaves those behind it asleep", kDeadlock),
      Row<CancelledNotified>("B24", "gh112202", "a notified waiter that is cancelled loses the notification",
                             kDeadlock),
      Row<ForgottenVote>("B26", "twopc_mem", "a participant forgets what it voted for", kAssertion),
      Row<AcknowledgedEarly>("B28", "etcd14370", "a write is acknowledged before the log is flushed", kAssertion),
      Row<Broadcaster>("B30", "k8s1321", "a send under the lock that the receiver needs to stop", kDeadlock),
      Row<FutureLock>("B32", "futurelock", "a place in a queue whose owner does not look at it", kDeadlock),
      Row<ReadLockAcrossWait>("B34", "k8s58107", "a read lock is held across a wait", kDeadlock),
      Row<DeposedLeader>("B36", "dengine381", "a leader that was deposed answers a read", kAssertion),
      Row<IgnoredPreVote>("B38", "etcd8243", "terms differ, and who is behind is not told", kAssertion),
      Row<SuspendedAgain>("B40", "pony5037", "a thread suspends again after the last wake-up", kDeadlock),
      Row<SharedBaton>("B42", "tenzir6432", "a reset swallows a second notification", kDeadlock),
      Row<StaleWaker>("B46", "asterinas1261", "a stale waker absorbs a wake-up", kDeadlock),
      Row<OvertakenStart>("B48", "flux2279", "a cancellation overtakes the start", kAssertion),
      Row<StarvedWriter>("B50", "asyncstd705", "readers overtake a writer again and again", kAssertion),
      Row<StopDuringStop>("B54", "unifex445", "a stop callback destroys what still iterates", kAssertion),
      Row<SafeStack>("B57", "safestack", "ABA on the head of an index stack", kAssertion),
      Row<BluetoothDriver>("B60", "bluetooth", "a flag is looked at before the count is raised", kAssertion),
      Row<VoteInMemory>("B62", "akkaraft56", "a restarted node votes twice in one term", kAssertion),
      Row<UnlinkedNode>("B64", "agrona216", "poll finds nothing in a queue that is not empty", kAssertion),
      Row<WrongDeque>("B66", "aiohttp4562", "a waiter removes the newer queue of others", kDeadlock),
      Row<VoteCleared>("B67", "ccf8094", "an append clears the vote of its term", kAssertion),
      Row<OldGrant>("B68", "littleraft44", "a grant of an earlier term counts", kAssertion),
      Row<UnevenTasks>("B72", "surw_uneven", "one step must come after all of a long task", kAssertion),
      Row<TokenAtTimeout>("B74", "lifo179", "a token is given to a waiter that just timed out", kAssertion),
  };
  return kPrograms;
}

}  // namespace fate::bugs
