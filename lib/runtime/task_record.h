// TaskRecord: what a runtime keeps of one task: a chain of frames joined by co_await.
//
// A record is at most 128 bytes: with the frame it is all that an idle task costs.
// Tested by tests/runtime/task_record_test.cc.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <new>

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
  // The awaiter, in the parent's frame, that waits for this one; null for the root of a task.
  ChildAwaiterBase* awaiter = nullptr;
  // The coroutine behind it: what goes on when this one has ended. Here and not in the awaiter, since
  // each pointer that has to be followed there costs a child that is awaited 2 ns.
  std::coroutine_handle<> continuation;
  // Where this frame stands: the co_await it is suspended in.
  Place place;
};

// The part of `co_await child` that lives in the parent's frame.
struct ChildAwaiterBase {
  std::coroutine_handle<> child;  // null once it is moved out or destroyed
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

// The first half is what a step touches, and stays within one cache line.
struct alignas(64) TaskRecord {
  std::coroutine_handle<> resume;       // the innermost frame; null: a timer that stands in a choice
  FrameBase* frame = nullptr;           // the same, typed: the start of the await chain
  Operation* pending = nullptr;         // what it is suspended in; null before its first step
  TaskRecord* next_ready = nullptr;     // in the queue of ready tasks
  Runtime* runtime = nullptr;
  uint32_t id = 0;                      // from 0, in order of creation
  uint32_t slot = 0;                    // the simulator's: its place among the ready tasks
  bool cancelled = false;               // an await would throw Cancelled
  bool ended = false;
  bool in_search = false;               // the simulator's: among the candidates
  bool cancel_requested = false;        // this task was cancelled by itself, not by its scope
  bool failed = false;                  // ended with an exception other than Cancelled
  bool handled = false;                 // a JoinHandle, a group or another owner exists
  Lifetime lifetime = Lifetime::kScoped;
  TaskOwner* owner = nullptr;           // null: nobody waits yet

  CancelScope* scope = nullptr;         // the innermost it is in
  std::coroutine_handle<> root;         // the outermost frame
  TaskRecord* prev = nullptr;           // all live tasks of the runtime, in order of creation
  TaskRecord* next = nullptr;
  const char* name = nullptr;           // a literal, or null
  Place spawn_place;
  uint64_t path_hash = 0;               // of the spawn ordinals from the root: stable over schedules
  uint32_t spawned = 0;                 // children so far
  uint32_t draws = 0;                   // random draws so far
};
static_assert(sizeof(TaskRecord) == 128);

// The path_hash of a task by that of its parent and which of its children it is, from 1.
inline uint64_t PathOfChild(uint64_t parent, uint32_t ordinal) { return Mix(parent + ordinal); }

// Where records come from: chunks that are kept, the last freed first. Owned by a runtime.
class TaskRecordPool {
 public:
  TaskRecordPool() = default;
  ~TaskRecordPool();
  TaskRecordPool(const TaskRecordPool&) = delete;
  TaskRecordPool& operator=(const TaskRecordPool&) = delete;

  // With `record` in it: written in place, each field once.
  TaskRecord* New(const TaskRecord& record = {}) {
    TaskRecord* memory = free_;
    if (memory == nullptr) [[unlikely]] memory = Refill();
    free_ = memory->next_ready;
    return new (memory) TaskRecord(record);
  }
  void Free(TaskRecord* record) {
    record->next_ready = free_;
    free_ = record;
  }

 private:
  static constexpr size_t kChunk = 64;  // records
  struct Chunk {
    Chunk* next;
    TaskRecord records[kChunk];
  };
  TaskRecord* Refill();

  TaskRecord* free_ = nullptr;
  Chunk* chunks_ = nullptr;
};

}  // namespace fate
