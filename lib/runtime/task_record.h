// TaskRecord: what a runtime keeps of one task: a chain of frames joined by co_await.
//
// A record is at most 128 bytes: with the frame it is all that an idle task costs.
// Tested by tests/runtime/task_record_test.cc.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "fate/base/place.h"

namespace fate {

class CancelScope;
class Operation;
class Runtime;
struct TaskRecord;
struct ChildAwaiterBase;

// What every frame of a Task<T> begins with: where it stands, and who awaits it.
struct FrameBase {
  // The awaiter, in the parent's frame, that waits for this one; null for the root of a task.
  ChildAwaiterBase* awaiter = nullptr;
  // Where this frame stands: the co_await it is suspended in.
  Place place;
};

// The part of `co_await child` that lives in the parent's frame.
struct ChildAwaiterBase {
  std::coroutine_handle<> child;         // null once it is moved out or destroyed
  std::coroutine_handle<> continuation;  // the parent
  FrameBase* parent = nullptr;
};

// Who is told of a task's end: the JoinHandle that waits, the group it belongs to.
class TaskOwner {
 public:
  // The task has ended; its root frame, with the result, is still there and is now the owner's.
  virtual void TaskEnded(TaskRecord& task) = 0;

 protected:
  ~TaskOwner() = default;
};

// When a program may end, as far as a spawned task is concerned.
enum class Lifetime : uint8_t {
  kScoped,   // has to end before the root does: outliving it is a leak
  kProgram,  // keeps the program going until it ends
  kDaemon,   // may be left behind; it is cancelled at the end
};

struct TaskRecord {
  std::coroutine_handle<> resume;       // the innermost frame; null: a timer that stands in a choice
  FrameBase* frame = nullptr;           // the same, typed: the start of the await chain
  Operation* pending = nullptr;         // what it is suspended in; null before its first step
  TaskRecord* next_ready = nullptr;     // in the queue of ready tasks
  Runtime* runtime = nullptr;
  CancelScope* scope = nullptr;         // the innermost it is in
  TaskOwner* owner = nullptr;           // null: nobody waits yet
  std::coroutine_handle<> root;         // the outermost frame
  TaskRecord* prev = nullptr;           // all live tasks of the runtime, in order of creation
  TaskRecord* next = nullptr;
  const char* name = nullptr;           // a literal, or null
  Place spawn_place;
  uint64_t path_hash = 0;               // of the spawn ordinals from the root: stable over schedules
  uint32_t id = 0;                      // from 0, in order of creation
  uint32_t slot = 0;                    // the simulator's: its place among the ready tasks
  uint32_t spawned = 0;                 // children so far
  uint32_t draws = 0;                   // random draws so far
  bool cancelled = false;               // an await would throw Cancelled
  bool cancel_requested : 1 = false;    // this task was cancelled by itself, not by its scope
  bool ended : 1 = false;
  bool failed : 1 = false;              // ended with an exception nobody has seen yet
  bool handled : 1 = false;             // a JoinHandle, a group or another owner exists
  bool in_search : 1 = false;           // the simulator's: among the candidates
  bool gated : 1 = false;               // the simulator's: disabled by its operation
  Lifetime lifetime = Lifetime::kScoped;
};
static_assert(sizeof(TaskRecord) <= 128);

}  // namespace fate
