// More real bugs of the corpus as programs, each in a buggy and a fixed variant: what is searched
// for when strategies are compared. The six of tools/demo_programs are not repeated here.
//
// Several to a file, by area: each is told in a comment there: what goes wrong, where it was
// reported, the interleaving that fails, and the fix. As in the demo nothing is there to provoke the
// bug: tasks change places only at what the original awaits, or, if the original has threads, at its
// accesses to shared memory, which are operations on an Atomic. A remote call of which only the
// moment matters is a Load of an Atomic: it is one step, and commutes with others of its kind.
//
// Programs of nodes, messages and disks play these with tasks, small_world.h: they show the bug of a
// protocol, not that of a network.
//
// None of the 37 needs weak memory.
#pragma once

#include <span>

#include "fate/sim/core/outcome.h"
#include "fate/task/task.h"
#include "tools/demo_programs/bugs.h"

namespace fate::bugs {

using demo::Variant;

struct BugProgram {
  // The row of the corpus, and its key there.
  const char* id;
  const char* name;
  // What goes wrong, in a line.
  const char* what;
  // Of a failing execution of the buggy variant.
  sim::OutcomeKind outcome;
  // Make the task that an execution begins with; it owns all the state it uses.
  Task<> (*buggy)();
  Task<> (*fixed)();
};

// All, by id.
std::span<const BugProgram> BugPrograms();

// nodes.cc
Task<> ForgottenVote(Variant variant);      // B26
Task<> AcknowledgedEarly(Variant variant);  // B28
Task<> DeposedLeader(Variant variant);      // B36
Task<> IgnoredPreVote(Variant variant);     // B38
// elections.cc
Task<> VoteInMemory(Variant variant);  // B62
Task<> VoteCleared(Variant variant);   // B67
Task<> OldGrant(Variant variant);      // B68
// channels.cc
Task<> DoneChannel(Variant variant);     // B07
Task<> FramedRead(Variant variant);      // B18
Task<> Broadcaster(Variant variant);     // B30
Task<> OvertakenStart(Variant variant);  // B48
// locks.cc
Task<> FutureLock(Variant variant);          // B32
Task<> ReadLockAcrossWait(Variant variant);  // B34
Task<> StaleWaker(Variant variant);          // B46
Task<> StarvedWriter(Variant variant);       // B50
// wakeups.cc
Task<> NotifyInBatches(Variant variant);  // B01
Task<> SharedBaton(Variant variant);      // B42
Task<> WrongDeque(Variant variant);       // B66
Task<> TokenAtTimeout(Variant variant);   // B74
// cancellation.cc
Task<> WeightedSemaphore(Variant variant);  // B20
Task<> CancelledNotified(Variant variant);  // B24
Task<> StopDuringStop(Variant variant);     // B54
// services.cc
Task<> JoinedSnapshot(Variant variant);  // B09
Task<> RetryBehind(Variant variant);     // B11
Task<> StaleReadiness(Variant variant);  // B14
Task<> SequenceCap(Variant variant);     // B16
// threads.cc
Task<> SuspendedAgain(Variant variant);   // B40
Task<> SafeStack(Variant variant);        // B57
Task<> BluetoothDriver(Variant variant);  // B60
Task<> UnlinkedNode(Variant variant);     // B64
Task<> UnevenTasks(Variant variant);      // B72

}  // namespace fate::bugs
