#include "fate/runtime/runtime.h"

#include <new>
#include <utility>

#include "fate/base/mix.h"
#include "fate/runtime/check.h"
#include "fate/runtime/operation.h"
#include "fate/runtime/wait_list.h"
#include "fate/runtime/simulation.h"

namespace fate {

Runtime::Runtime(uint64_t seed) : seed_(seed) {}

Runtime::~Runtime() { frames_->Close(); }

int64_t Runtime::ToNanoseconds(absl::Time time) const {
  absl::Duration since = time - epoch_;
  if (since >= absl::Nanoseconds(TimerQueue::kNever)) return TimerQueue::kNever - 1;
  return absl::ToInt64Nanoseconds(since);
}

void Runtime::CancelTimer(Timer& timer) {
  if (timer.armed()) {
    timers_.Cancel(timer);
  } else {
    CancelDue(timer);
  }
}

TaskRecord* Runtime::NewTask(std::coroutine_handle<> root, FrameBase* frame, CancelScope* scope,
                             Place place, const SpawnOptions& options) {
  if (records_.empty() || context.simulation != nullptr) [[unlikely]] {
    return NewTaskRarely(root, frame, scope, place, options);
  }
  return MakeTask(root, frame, scope, place, options);
}

[[gnu::noinline]] TaskRecord* Runtime::NewTaskRarely(std::coroutine_handle<> root, FrameBase* frame,
                                                     CancelScope* scope, Place place,
                                                     const SpawnOptions& options) {
  if (records_.empty()) records_.Refill();
  TaskRecord* task = MakeTask(root, frame, scope, place, options);
  if (context.simulation != nullptr) {
    task->Path();
    context.simulation->Spawned(context.task, *task);
  }
  return task;
}

inline TaskRecord* Runtime::MakeTask(std::coroutine_handle<> root, FrameBase* frame, CancelScope* scope,
                                     Place place, const SpawnOptions& options) {
  TaskRecord* task = records_.TakeFirst();
  task->resume = root;
  task->frame = frame;
  task->runtime = this;
  task->id = next_id_++;
  task->cancelled = scope->cancelled();
  task->lifetime = options.lifetime;
  task->scope = scope;
  task->root = root;
  task->name = options.name;
  task->spawn_place = place;
  TaskRecord* parent = context.task;
  task->path_hash = parent == nullptr ? task->id : parent->Path() + ++parent->spawned;
  task->prev = tasks_last_;
  (tasks_last_ == nullptr ? tasks_first_ : tasks_last_->next) = task;
  tasks_last_ = task;
  ++live_tasks_;
  MakeReady(task);
  return task;
}

inline void Runtime::Unlist(TaskRecord* task) {
  (task->prev == nullptr ? tasks_first_ : task->prev->next) = task->next;
  (task->next == nullptr ? tasks_last_ : task->next->prev) = task->prev;
}

void Runtime::SettleUnowned(TaskRecord* task) {
  if (task->handled) return;
  if (task->failed) UnhandledFailure(*task);
  Dispose(task);
}

void Runtime::Dispose(TaskRecord* task) {
  task->root.destroy();
  Unlist(task);
  records_.Free(task);
}

void Runtime::CancelTask(TaskRecord& task) {
  FATE_CHECK(context.runtime == this,
             "your program cancelled a task from a thread other than that of its runtime; hand the call "
             "over with Runtime::Post");
  if (task.ended || task.cancel_requested) return;
  task.cancel_requested = true;
  // The outermost bracket of the task hears of it, and through it all inside.
  CancelScope* outermost = nullptr;
  CancelScope* scope = task.scope;
  for (; scope->entered_by_ == &task; scope = scope->parent()) outermost = scope;
  if (outermost == nullptr) {
    if (task.cancelled) return;
    task.cancelled = true;
    if (task.pending != nullptr && &task != context.task) task.pending->OnCancel();
  } else if (!outermost->shielded_ && !outermost->cancelled_) {
    outermost->Propagate();
  }
}

void Runtime::DestroyFrames(TaskRecord* task) {
  // Innermost first, and by a loop: a chain of a million frames must not recurse.
  FrameBase* frame = task->ended ? nullptr : task->frame;
  while (frame != nullptr && frame->continuation) {
    ChildAwaiterBase* awaiter = frame->awaiter;
    frame = frame->parent();
    std::exchange(awaiter->child, nullptr).destroy();
  }
  if (task->root) std::exchange(task->root, nullptr).destroy();
}

void Runtime::TearDown() {
  tearing_down_ = true;
  ready_first_ = nullptr;
  resume_next_ = nullptr;
  // The frames first, then the records: handles in the frames of older tasks still look at them.
  for (TaskRecord* task = tasks_last_; task != nullptr; task = task->prev) DestroyFrames(task);
  FramesDestroyed();
  while (tasks_last_ != nullptr) {
    TaskRecord* task = tasks_last_;
    Unlist(task);
    records_.Free(task);
  }
  live_tasks_ = 0;
  ready_first_ = nullptr;
  tearing_down_ = false;
}

void Runtime::Restart(uint64_t seed) {
  FATE_CHECK(tasks_first_ == nullptr, "this is a bug in fate: restarted with tasks left");
  timers_.Clear();
  seed_ = seed;
  drew_ = false;
  next_id_ = 0;
  now_ns_ = 0;
  ready_first_ = nullptr;
  live_tasks_ = 0;
  root_scope_.Reset();
}

}  // namespace fate
