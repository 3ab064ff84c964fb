// TaskRecord: what a runtime keeps of one task: a chain of frames joined by co_await.
//
// A record is at most 128 bytes: with the frame it is all that an idle task costs.
// Tested by tests/runtime/task_record_test.cc.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "fate/base/mix.h"
#include "fate/base/place.h"

namespace fate {

class CancelScope;
class Operation;
class Runtime;
struct TaskRecord;
struct ChildAwaiterBase;

// What every frame of a Task<T> begins with: where it stands, and who awaits it.
struct FrameBase {
  // What goes on when this one has ended: the coroutine that awaits it; null for the root of a task. Here
  // and not in the awaiter, since each pointer that has to be followed there costs a child that is
  // awaited 2 ns.
  std::coroutine_handle<> continuation;
  // Where this frame stands: the co_await it is suspended in.
  Place place;
  // Of the continuation: what waits for this frame, in that one. Not set for the root of a task.
  ChildAwaiterBase* awaiter;

  // Of a coroutine that is a Task. REQUIRES: not null.
  static FrameBase* Of(std::coroutine_handle<> frame) {
    // A promise lies where its alignment lets it, and all of ours have that of a frame at most.
    return &std::coroutine_handle<FrameBase>::from_address(frame.address()).promise();
  }
  // The frame that awaits this one; null for the root of a task.
  FrameBase* parent() const { return continuation ? Of(continuation) : nullptr; }
};

// The part of `co_await child` that lives in the parent's frame.
struct ChildAwaiterBase {
  std::coroutine_handle<> child;  // null once it is moved out or destroyed
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

// The first half is what a step touches, and stays within one cache line.
struct alignas(64) TaskRecord {
  std::coroutine_handle<> resume;    // the innermost frame; null: a timer that stands in a choice
  TaskRecord* next_ready = nullptr;  // in the queue of ready tasks; here, since g++ would gather its
                                     // neighbours, which each suspension writes, in a vector register
  Operation* pending = nullptr;      // what it is suspended in; null before its first step
  Runtime* runtime = nullptr;
  uint32_t id = 0;         // from 0, in order of creation
  uint32_t slot = 0;       // the simulator's: its place among the ready tasks
  bool cancelled = false;  // an await would throw Cancelled
  Lifetime lifetime = Lifetime::kScoped;
  bool ended = false;
  bool in_search = false;         // the simulator's: among the candidates
  bool cancel_requested = false;  // this task was cancelled by itself, not by its scope
  bool failed = false;            // ended with an exception other than Cancelled
  bool handled = false;           // a JoinHandle, a group or another owner exists
  bool path_mixed = false;        // path_hash is what it is called
  TaskOwner* owner = nullptr;     // null: nobody waits yet

  CancelScope* scope = nullptr;  // the innermost it is in
  std::coroutine_handle<> root;  // the outermost frame
  TaskRecord* prev = nullptr;    // all live tasks of the runtime, in order of creation
  TaskRecord* next = nullptr;
  const char* name = nullptr;  // a literal, or null
  Place spawn_place;
  // Of the spawn ordinals from the root: stable over schedules. In production still to be mixed until
  // somebody asks for it (Path); known from the start in a simulator.
  uint64_t path_hash = 0;
  uint32_t spawned = 0;  // children so far
  uint32_t draws = 0;    // random draws so far

  // The start of the await chain. REQUIRES: no timer.
  FrameBase* frame() const { return FrameBase::Of(resume); }
  // path_hash, mixed. Most tasks neither draw nor spawn, and never need it.
  uint64_t Path() {
    if (!path_mixed) {
      path_hash = Mix(path_hash);
      path_mixed = true;
    }
    return path_hash;
  }
};
static_assert(sizeof(TaskRecord) == 128);

// Tasks that were made together: `next` leads from the first to the last, as long as none is given back.
struct TaskRun {
  TaskRecord* first = nullptr;
  TaskRecord* last = nullptr;
};

// The path_hash of a task by that of its parent and which of its children it is, from 1.
inline uint64_t PathOfChild(uint64_t parent, uint32_t ordinal) { return Mix(parent + ordinal); }

// Where records come from: chunks that are kept, the last freed first. Owned by a runtime.
class TaskRecordPool {
 public:
  TaskRecordPool() = default;
  ~TaskRecordPool();
  TaskRecordPool(const TaskRecordPool&) = delete;
  TaskRecordPool& operator=(const TaskRecordPool&) = delete;

  // As new.
  TaskRecord* New() {
    if (empty()) [[unlikely]]
      Refill();
    return new (TakeFirst()) TaskRecord;
  }
  // Memory for several: gives each to `make`.
  template <class Callable>
  void Take(size_t count, Callable make) {
    TaskRecord* next = free_;
    for (; count > 0; --count) {
      if (next == nullptr) [[unlikely]]
        next = CutAnother();
      TaskRecord* memory = next;
      next = memory->next_ready;
      make(memory);
    }
    free_ = next;
  }
  void Free(TaskRecord* record) {
    record->next_ready = free_;
    free_ = record;
  }
  // Whether the next one has to be cut from a chunk; and cuts it.
  bool empty() const { return free_ == nullptr; }
  void Refill() { Free(CutAnother()); }
  // Memory for one. REQUIRES: not empty.
  void* TakeFirst() {
    TaskRecord* memory = free_;
    free_ = memory->next_ready;
    return memory;
  }

 private:
  TaskRecord* CutAnother();

  TaskRecord* free_ = nullptr;
  std::vector<TaskRecord*> chunks_;
  size_t cut_ = 0;  // records of the last chunk that were handed out
};

}  // namespace fate
