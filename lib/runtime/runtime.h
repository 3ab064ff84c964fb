// Runtime: what both worlds share: task records, ready queue, timers, scopes, the end of tasks.
//
// The production loop (runtime/event_loop.h) and the simulator (sim/core/scheduler.h) derive from
// it and differ in how they turn: which ready task runs, and who moves the clock. A program reaches
// its runtime through fate::context and never names one.
// Confined to one thread; Post is the one thread-safe entry. Tested by tests/runtime/runtime_test.cc.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "fate/runtime/cancel_scope.h"
#include "fate/runtime/context.h"
#include "fate/runtime/frame_pool.h"
#include "fate/runtime/task_record.h"
#include "fate/runtime/timer_queue.h"

namespace fate {

struct SpawnOptions {
  // A literal, or any string that outlives the task; null: the place of the spawn stands for it.
  const char* name = nullptr;
  Lifetime lifetime = Lifetime::kScoped;
};

class Runtime {
 public:
  explicit Runtime(uint64_t seed);
  virtual ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // --- time -------------------------------------------------------------------------------------
  // Nanoseconds on this runtime's clock; constant within a step.
  int64_t now_ns() const { return now_ns_; }
  // The same as a point in time, and back. The clock's zero is `epoch()`.
  absl::Time Now() const { return epoch_ + absl::Nanoseconds(now_ns_); }
  absl::Time epoch() const { return epoch_; }
  int64_t ToNanoseconds(absl::Time time) const;
  TimerQueue& timers() { return timers_; }
  // A timer that is due but still stands in a choice was cancelled (simulator only).
  virtual void CancelDue(Timer&) {}
  void CancelTimer(Timer& timer);

  // --- tasks ------------------------------------------------------------------------------------
  // Makes a task of the coroutine `root` and appends it to the ready queue. `scope` must outlive it.
  TaskRecord* NewTask(std::coroutine_handle<> root, CancelScope* scope, Place place, SpawnOptions options);
  // The same for several, spawned by the running task: in one go, since most of it is the same for all.
  // `roots` are addresses of handles. REQUIRES: at least one.
  TaskRun NewTasks(absl::Span<void* const> roots, CancelScope* scope, Place place, TaskOwner* owner) noexcept;
  // Frees the frame and the record of a task that has ended.
  void Dispose(TaskRecord* task);
  // The same for what NewTasks made, the first one first.
  void Dispose(TaskRun run);
  // Appends to the ready queue. REQUIRES: not in it.
  void MakeReady(TaskRecord* task) {
    context.attention |= Attention::kMore;
    task->next_ready = nullptr;
    (ready_first_ == nullptr ? ready_first_ : ready_last_->next_ready) = task;
    ready_last_ = task;
  }
  // A task ended with an exception that nobody is there to see.
  virtual void UnhandledFailure(TaskRecord& task) = 0;
  // Cancels one task, with what it awaits and the scopes it is in. Idempotent.
  void CancelTask(TaskRecord& task);
  // Live tasks, oldest first: context for reports.
  TaskRecord* first_task() const { return tasks_first_; }
  size_t live_tasks() const { return live_tasks_; }
  CancelScope& root_scope() { return root_scope_; }
  uint64_t seed() const { return seed_; }
  // Whether a program drew numbers that depend on the seed, since the start or Restart.
  bool drew() const { return drew_; }
  void set_drew(bool drew) { drew_ = drew; }
  FramePool& frames() { return *frames_; }

  TaskRecordPool& records() { return records_; }

  // A handle that the loop resumes next, in the same step: how a chain of transfers is cut where the
  // compiler does not guarantee tail calls.
  void ResumeNext(std::coroutine_handle<> handle) {
    context.attention |= Attention::kMore;
    resume_next_ = handle;
  }

  // --- the outside world --------------------------------------------------------------------------
  // Runs `work` on the runtime's thread, in a turn to come. The one thread-safe entry.
  virtual void Post(std::function<void()> work) = 0;
  // Runs `work` off the runtime's thread and then `done` on it.
  virtual void RunBlocking(std::function<void()> work, std::function<void()> done) = 0;

  // While true, nothing becomes ready any more: what is left is being destroyed.
  bool tearing_down() const { return tearing_down_; }
  // Destroys the frames of all tasks, innermost first, in reverse order of creation, iteratively.
  void TearDown();

 protected:
  // Of TearDown: all frames are gone, the records, which handles still look at, are not.
  virtual void FramesDestroyed() {}
  // Resumes `task` for one step. Afterwards the task, still in the context, is suspended in task->pending, or has
  // ended. The context must be this runtime's.
  void Resume(TaskRecord* task) {
    context.task = task;
    task->resume.resume();
    while (resume_next_) [[unlikely]]
      ResumeCut();
  }
  // Goes on where a chain of transfers was cut.
  void ResumeCut() { std::exchange(resume_next_, nullptr).resume(); }
  bool transfer_cut() const { return static_cast<bool>(resume_next_); }
  // Tells the owner of a task that ended, or frees it.
  void Settle(TaskRecord* task) {
    --live_tasks_;
    if (task->owner == nullptr) return SettleUnowned(task);
    task->owner->TaskEnded(*task);
  }
  // Takes the first of the ready queue, or null.
  TaskRecord* TakeReady() {
    TaskRecord* task = ready_first_;
    if (task != nullptr) ready_first_ = task->next_ready;
    return task;
  }
  // Takes all of them, oldest first, chained by next_ready.
  TaskRecord* TakeAllReady() { return std::exchange(ready_first_, nullptr); }
  bool any_ready() const { return ready_first_ != nullptr; }
  // Begins a new life with the memory of the old one: ids from 0, time 0. REQUIRES: torn down.
  void Restart(uint64_t seed);
  Context MakeContext() { return {.task = nullptr, .runtime = this, .frames = frames_}; }

  int64_t now_ns_ = 0;
  absl::Time epoch_ = absl::UnixEpoch();

 private:
  // What NewTask does; without calls, so that it needs no stack. REQUIRES: a record is free.
  TaskRecord* MakeTask(std::coroutine_handle<> root, CancelScope* scope, Place place, SpawnOptions options);
  // The same when there is more to do: a chunk of records to get, a simulator to tell.
  TaskRecord* NewTaskRarely(std::coroutine_handle<> root, CancelScope* scope, Place place, SpawnOptions options);
  void SettleUnowned(TaskRecord* task);
  // Out of the list of all tasks.
  void Unlist(TaskRun run);
  void DestroyFrames(TaskRecord* task);

  FramePool* frames_ = new FramePool;
  TaskRecordPool records_;
  TimerQueue timers_;
  CancelScope root_scope_{nullptr};
  TaskRecord* ready_first_ = nullptr;
  TaskRecord* ready_last_ = nullptr;
  TaskRecord* tasks_first_ = nullptr;  // all that have a record, in order of creation
  TaskRecord* tasks_last_ = nullptr;
  std::coroutine_handle<> resume_next_;
  size_t live_tasks_ = 0;  // not ended
  uint64_t seed_;
  bool drew_ = false;
  uint32_t next_id_ = 0;
  bool tearing_down_ = false;

  friend class CancelScope;
};

namespace internal {
[[noreturn]] void AwaitedOutsideRuntime();
}  // namespace internal

// What the current task stands on: "your program awaited outside a runtime" if there is none.
inline Runtime& CurrentRuntime() {
  if (context.runtime == nullptr) [[unlikely]]
    internal::AwaitedOutsideRuntime();
  return *context.runtime;
}

}  // namespace fate
