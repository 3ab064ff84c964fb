// Context: the one thread-local of fate: which task runs on this thread, and on what.
//
// Everything else a runtime knows hangs off these pointers, so two runtimes on two threads share
// nothing. All but `frames` are null outside a runtime. Tested by tests/runtime/context_test.cc.
#pragma once

#include <cstdint>

namespace fate {

class FramePool;
class Runtime;
class Simulation;
struct TaskRecord;

// What a step left for the loop of a simulator to look at, in bits. A step that left nothing, as most do,
// pays one test.
struct Attention {
  static constexpr uint8_t kNothing = 0;
  static constexpr uint8_t kGaveWay = 1;  // the task stands before what lets others go first: a yield, or what
                                          // production would queue
  static constexpr uint8_t kBlocked = 2;  // it stands before what cannot proceed
  static constexpr uint8_t kEnded = 4;    // it has ended
  static constexpr uint8_t kMore = 8;     // tasks became ready, an outcome was found, a transfer was cut
};

// The pool for frames that are made outside a runtime (frame_pool.h).
extern FramePool heap_frames;

// How many symmetric transfers in a row may each take a piece of stack.
inline constexpr unsigned kTransfersMax = 256;

struct Context {
  // The task that is running now; null between steps.
  TaskRecord* task = nullptr;
  // The runtime this thread is turning.
  Runtime* runtime = nullptr;
  // Where frames come from; outside a runtime: the heap.
  FramePool* frames = &heap_frames;
  // Non-null if the runtime is a simulator, which is then told of every access.
  Simulation* simulation = nullptr;
  // Non-null if, besides, a scheduling point stands before each visible operation: an operation
  // then waits to be chosen, even if it could proceed. This is the check that production pays.
  Simulation* search = nullptr;
  // Symmetric transfers until the next one goes through the loop; see fate/task/task.h.
  unsigned transfers_left = kTransfersMax;
  // What the operation of the running step found (the branch of a Select, the success of a try), for
  // the trace of a simulator.
  unsigned outcome = 0;
  // Objects made outside any task since the last execution of a simulator; for their names.
  unsigned objects_made = 0;
  // Of the running step.
  uint8_t attention = Attention::kNothing;
};

inline constinit thread_local Context context;

// Swaps the context for the time of a scope: a runtime does so while it turns.
class ContextScope {
 public:
  explicit ContextScope(const Context& inner) : outer_(context) { context = inner; }
  ~ContextScope() { context = outer_; }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  Context outer_;
};

}  // namespace fate
