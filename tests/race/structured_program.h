// Programs of structure as data: tasks within tasks, which wait for each other, are cancelled, timed, looked at and
// left behind. What the structured differential test draws, runs as coroutines, and compares by what they have seen.
// There is no enumeration to compare with: plain depth-first search, which knows of no dependence, tells what can be
// seen.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "fate/sim/core/scheduler.h"

namespace fate::sim::structured {

enum class Part : uint8_t {
  kLoad,
  kStore,
  kAdd,
  kExchangeIf,  // compare-and-exchange
  kRead,        // of a Shared<int>
  kWrite,
  kNothing,
  kYield,
  kSleep,
  kThrow,
  kSet,
  kReset,
  kWait,
  kSend,
  kReceive,
  kTrySend,
  kTryReceive,
  kClose,
  kCountDown,
  kAwaitLatch,
  kArrive,
  kConditionWait,
  kNotifyOne,
  kNotifyAll,
  kRelease,
  kSelect,
  kCancelGroup,  // that of the part around it; nothing if there is none
  kCancelScope,
  kCheckCancelled,
  kLookAtTask,  // in plain code; of the part around it, else nothing
  kLookAtGroup,
  kLookForCancel,
  kLookAtMutex,
  kLookAtEvent,
  kLookAtChannel,
  kLookAtSemaphore,
  // With bodies, in the same task.
  kLock,
  kTryLock,
  kReadLock,
  kWriteLock,
  kPermit,
  kOnce,
  kIf,  // a load finds no zero
  kTwice,
  kTry,  // catches what kThrow throws
  kScope,
  kShield,
  kFinally,
  kTimeout,
  // With bodies that are tasks of their own.
  kAll,
  kAny,
  kGroup,         // of the first body and its children, the others
  kSibling,       // into the group around it; nothing if there is none
  kJoin,          // spawns the first body, runs the second, joins
  kCancel,        // the same, and cancels before it joins
  kLeave,         // spawns and goes on: a leak, if it ends too late
  kLeaveRunning,  // the program goes on as long as it does
  kLeaveDaemon,
  // What runs by itself, or is called back, or is on its own clock: without bodies.
  kFirstHandle,
  kBroadcast = kFirstHandle,
  kEndBroadcast,
  kHear,    // through the subscription of this number
  kAnswer,  // through a Oneshot
  kAwaitAnswer,
  kHangUp,
  kDraw,  // explorable
  kRandom,
  kNow,        // sets, releases, notifies within the step
  kCancelNow,  // group or scope around
  kCloseNow,
  kCallback,  // awaits a callback: one that cannot be aborted, that can, that is completed all the same
  kComplete,  // calls it: with a value, an exception, Abort
  kForget,    // drops it
  kBlocking,
  kPost,
  kLookAtPromise,
  kFollow,     // the promise around
  kDropOut,    // of the barrier
  kWaitUntil,  // a condition, with a predicate
  kTrySelect,
  // With bodies, in the same task.
  kSubscribed,
  kIfDrawn,
  kDeadline,
  kTicking,
  kArriveFirst,  // runs the body between arrival and wait
  kTryReadLock,
  kTryWriteLock,
  // With bodies that are tasks of their own.
  kSiblingNow,
  kPromise,  // the first body; awaited after the second
  kThen,
  kCatch,
  kAlways,  // Promise::Finally
  kDropPromise,
  kJoinOr,  // as kJoin, but it joins or sees an event
};
constexpr int kPartCount = static_cast<int>(Part::kJoinOr) + 1;

struct Node {
  Part part;
  int id = 0;      // counts the nodes of the program
  int object = 0;  // which cell, mutex, event, channel
  int number = 0;  // what is stored, the milliseconds, which variant
  std::vector<std::vector<Node>> bodies = {};
};
using Body = std::vector<Node>;

struct StructuredProgram {
  std::vector<Body> roots;
  int nodes = 0;
  int permits = 0;
  int latch = 1;
  std::vector<int> capacities;  // of the two channels
  int loads_before = 0;         // if any: one root makes them, on a cell of its own, and runs the others as its tasks
  bool apart = false;           // what may wait is followed by an operation that changes nothing, before any plain code

  std::string ToText() const;
};

constexpr int kObjects = 2;  // of each kind of which a part names one

int BodiesOf(Part part);

// Bit i: Part i.
using PartSet = unsigned __int128;
constexpr PartSet Parts(std::initializer_list<Part> parts) {
  PartSet set = 0;
  for (const Part part : parts) set |= PartSet{1} << static_cast<int>(part);
  return set;
}

// What `seed` draws of the parts in `allowed`, and of accesses of cells.
StructuredProgram Draw(uint64_t seed, PartSet allowed);

// What was seen in an execution: by each node, and the values at the end. What nodes of different tasks see is not
// ordered, since nothing but the operations they are at orders it.
using Seen = std::vector<std::string>;

// Adds its tasks to `roots`; they begin `seen` anew. Both must outlive the execution.
void Add(const StructuredProgram& program, Roots& roots, Seen& seen);

}  // namespace fate::sim::structured
