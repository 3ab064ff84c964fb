#include "fate/runtime/runtime.h"

#include <new>
#include <utility>

#include "fate/base/mix.h"
#include "fate/runtime/check.h"
#include "fate/runtime/operation.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/wait_list.h"

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

TaskRecord* Runtime::NewTask(std::coroutine_handle<> root, CancelScope* scope, Place place, SpawnOptions options) {
  if (records_.empty()) [[unlikely]]
    return NewTaskRarely(root, scope, place, options);
  TaskRecord* task = MakeTask(root, scope, place, options);
  return context.simulation != nullptr ? context.simulation->Spawned(context.task, task) : task;
}

[[gnu::noinline]] TaskRecord* Runtime::NewTaskRarely(std::coroutine_handle<> root, CancelScope* scope, Place place,
                                                     SpawnOptions options) {
  records_.Refill();
  return NewTask(root, scope, place, options);
}

inline TaskRecord* Runtime::MakeTask(std::coroutine_handle<> root, CancelScope* scope, Place place,
                                     SpawnOptions options) {
  auto* task = new (records_.TakeFirst()) TaskRecord;
  task->resume = task->root = root;
  task->runtime = this;
  task->id = next_id_++;
  task->cancelled = scope->cancelled_;
  task->lifetime = options.lifetime;
  task->scope = scope;
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

TaskRun Runtime::NewTasks(absl::Span<void* const> roots, CancelScope* scope, Place place, TaskOwner* owner) noexcept {
  TaskRecord* const before = tasks_last_;  // the parent, at least
  if (context.simulation != nullptr) [[unlikely]] {
    for (void* root : roots) {
      TaskRecord* task = NewTask(std::coroutine_handle<>::from_address(root), scope, place, SpawnOptions());
      task->handled = true;
      task->owner = owner;
    }
    return {before->next, tasks_last_};
  }
  TaskRecord* const parent = context.task;
  uint64_t path_hash = parent->Path() + parent->spawned;
  uint32_t id = next_id_;
  TaskRecord* last = before;
  TaskRecord** ready = ready_first_ == nullptr ? &ready_first_ : &ready_last_->next_ready;
  void* const* root = roots.data();
  const bool cancelled = scope->cancelled_;
  records_.Take(roots.size(), [&](void* memory) {
    const auto handle = std::coroutine_handle<>::from_address(*root++);
    auto* task = new (memory) TaskRecord{
        .resume = handle,
        .runtime = this,
        .id = id++,
        .cancelled = cancelled,
        .handled = true,
        .owner = owner,
        .scope = scope,
        .root = handle,
        .prev = last,
        .spawn_place = place,
        .path_hash = ++path_hash,
    };
    last->next = task;
    last = task;
    *ready = task;
    ready = &task->next_ready;
  });
  tasks_last_ = ready_last_ = last;
  next_id_ = id;
  parent->spawned += static_cast<uint32_t>(roots.size());
  live_tasks_ += roots.size();
  return {before->next, last};
}

inline void Runtime::Unlist(TaskRun run) {
  (run.first->prev == nullptr ? tasks_first_ : run.first->prev->next) = run.last->next;
  (run.last->next == nullptr ? tasks_last_ : run.last->next->prev) = run.first->prev;
}

void Runtime::SettleUnowned(TaskRecord* task) {
  if (task->handled) return;
  if (task->failed) UnhandledFailure(*task);
  Dispose(task);
}

void Runtime::Dispose(TaskRecord* task) {
  std::coroutine_handle<> root = task->root;
  Unlist({task, task});
  records_.Free(task);
  root.destroy();  // last, so that nothing has to be kept for afterwards
}

void Runtime::Dispose(TaskRun run) {
  Unlist(run);
  for (TaskRecord* task = run.first;;) {
    TaskRecord* next = task->next;
    std::coroutine_handle<> root = task->root;
    records_.Free(task);
    root.destroy();  // which may make tasks, and give others back
    if (task == run.last) return;
    task = next;
  }
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
  FrameBase* frame = task->ended || !task->root ? nullptr : task->frame();
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
  // The frames first, then the records: handles in the frames of older tasks still look at them. What is destroyed may
  // spawn: such tasks never run.
  TaskRecord* last = tasks_last_;
  for (TaskRecord* task = last; task != nullptr;) {
    DestroyFrames(task);
    task = tasks_last_ == last ? task->prev : last = tasks_last_;
  }
  FramesDestroyed();
  while (tasks_last_ != nullptr) {
    TaskRecord* task = tasks_last_;
    Unlist({task, task});
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
