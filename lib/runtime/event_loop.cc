#include "fate/runtime/event_loop.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <utility>

#include "fate/runtime/check.h"

namespace fate {

namespace {

// While turns are short, the clock is read at every so many of them.
constexpr int kTurnsPerLookMax = 32;
// So many turns together are not short.
constexpr int64_t kLookNs = 2'000;
// How long a busy loop does not poll the port: a system call would be most of a turn.
constexpr int64_t kPollNs = 50'000;

// Work of the program's that is not inside any task: there is nobody to hand an exception to.
void Call(const std::function<void()>& work) noexcept { work(); }

}  // namespace

EventLoop::EventLoop(EventPort& port, uint64_t seed, absl::Duration grace) : Runtime(seed), port_(port), grace_(grace) {
  epoch_ = port.epoch();
}

EventLoop::~EventLoop() = default;

// --- a program -------------------------------------------------------------------------------

Context EventLoop::MakeLoopContext() {
  FATE_CHECK(std::this_thread::get_id() == thread_,
             "your program used a runtime from a thread other than the one that made it: a runtime "
             "is confined to its thread; hand work over with Runtime::Post");
  FATE_CHECK(context.runtime == nullptr,
             "your program started a runtime inside a runtime: co_await the task instead, or "
             "call fate::Run from plain code");
  return MakeContext();
}

EventLoop::Program::Program(EventLoop& loop, const Root& root) : loop_(loop), context_(loop.MakeLoopContext()) {
  loop_.Begin(root);
  loop_.RunToEnd();
}

EventLoop::Program::~Program() { loop_.End(); }

void EventLoop::Begin(const Root& root) {
  if (std::exchange(used_, true)) Restart(seed());
  root_ended_ = root_failed_ = false;
  unhandled_failure_ = root.unhandled_failure;
  alive_ = std::make_shared<bool>(true);
  blocking_ = 0;
  now_ns_ = last_poll_ns_ = port_.now_ns();
  turns_until_look_ = turns_per_look_ = 1;
  TaskRecord* task = NewTask(root.coroutine, &root_scope(), root.place, {.name = root.name});
  task->handled = true;
  task->owner = this;
}

void EventLoop::TaskEnded(TaskRecord& root) {
  root_ended_ = true;
  root_failed_ = root.failed;
}

bool EventLoop::Unfinished() const {
  if (blocking_ > 0 || has_posted_.load(std::memory_order_acquire)) return true;
  for (TaskRecord* task = first_task(); task != nullptr; task = task->next) {
    if (task->lifetime == Lifetime::kProgram && !task->ended) return true;
  }
  return false;
}

void EventLoop::RunToEnd() {
  while (!root_ended_) Turn(TimerQueue::kNever);
  while (!root_failed_ && Unfinished()) Turn(TimerQueue::kNever);
  root_scope().Cancel();
  int64_t end_ns = ToNanoseconds(Now() + grace_);
  while ((live_tasks() > 0 || blocking_ > 0) && now_ns_ < end_ns) Turn(end_ns);
  if (live_tasks() > 0) NameTheLeft();
  // What blocks refers to the frames that wait for it: no task runs any more, but they live until it has ended.
  while (blocking_ > 0) port_.WaitUntil(TimerQueue::kNever);
}

void EventLoop::NameTheLeft() const {
  for (TaskRecord* task = first_task(); task != nullptr; task = task->next) {
    if (task->ended) continue;
    std::string name = task->name == nullptr ? "" : "\"" + std::string(task->name) + "\" ";
    std::fprintf(stderr,
                 "your program: task %s(spawned at %s) has not ended %s after its cancellation and is "
                 "destroyed at %s\n",
                 name.c_str(), ToString(task->spawn_place).c_str(), absl::FormatDuration(grace_).c_str(),
                 ToString(task->frame()->place).c_str());
  }
}

void EventLoop::End() {
  TearDown();
  *alive_ = false;
  timers().Clear();
  std::vector<std::function<void()>> dropped;
  {
    std::lock_guard lock(post_mutex_);
    dropped.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
}

// --- a turn ----------------------------------------------------------------------------------

inline void EventLoop::RunReady() {
  for (TaskRecord* task = TakeAllReady(); task != nullptr;) {
    TaskRecord* next = task->next_ready;
    Resume(task);
    if (task->ended) [[unlikely]] {
      context.task = nullptr;
      Settle(task);
    }
    task = next;
  }
  context.task = nullptr;
}

[[gnu::always_inline]] inline void EventLoop::Turn(int64_t until_ns) {
  if (!any_ready()) [[unlikely]] {
    Wait(until_ns);
  } else if (--turns_until_look_ == 0) [[unlikely]] {
    Look();
  }
  if (timers().NextDeadlineBound() <= now_ns_) [[unlikely]]
    FireTimers();
  if (has_posted_.load(std::memory_order_relaxed)) [[unlikely]]
    RunPosted();
  RunReady();
}

void EventLoop::FireTimers() {
  while (Timer* timer = timers().PopDue(now_ns_)) timer->Fire();
}

void EventLoop::Look() {
  int64_t now_ns = port_.now_ns();
  turns_per_look_ = now_ns - now_ns_ < kLookNs ? std::min(2 * turns_per_look_, kTurnsPerLookMax) : 1;
  turns_until_look_ = turns_per_look_;
  now_ns_ = now_ns;
  if (now_ns - last_poll_ns_ < kPollNs) return;
  last_poll_ns_ = now_ns;
  port_.Poll();
}

void EventLoop::Wait(int64_t until_ns) {
  until_ns = std::min(until_ns, timers().NextDeadlineBound());
  // A Post either sees that the loop waits, and wakes it, or is seen here.
  waiting_.store(true, std::memory_order_seq_cst);
  if (has_posted_.load(std::memory_order_seq_cst)) {
    port_.Poll();
  } else {
    port_.WaitUntil(until_ns);
  }
  waiting_.store(false, std::memory_order_relaxed);
  now_ns_ = last_poll_ns_ = port_.now_ns();
  turns_until_look_ = turns_per_look_ = 1;
}

// --- the outside world -----------------------------------------------------------------------

void EventLoop::Post(std::function<void()> work) {
  {
    std::lock_guard lock(post_mutex_);
    posted_.push_back(std::move(work));
    has_posted_.store(true, std::memory_order_seq_cst);
  }
  if (waiting_.load(std::memory_order_seq_cst)) port_.Wake();
}

void EventLoop::RunPosted() {
  {
    std::lock_guard lock(post_mutex_);
    running_.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  for (std::function<void()>& work : running_) {
    Call(work);
    work = nullptr;
  }
  running_.clear();
}

void EventLoop::RunBlocking(std::function<void()> work, std::function<void()> done) {
  FATE_CHECK(context.runtime == this,
             "your program asked a runtime for blocking work from another thread, or outside of it");
  ++blocking_;
  auto finish = [this, alive = alive_, done = std::move(done)] {
    if (!*alive) return;
    --blocking_;
    if (done) Call(done);
  };
  port_.RunBlocking(std::move(work), std::move(finish));
}

void EventLoop::UnhandledFailure(TaskRecord& task) {
  unhandled_failure_(task);
  std::abort();
}

}  // namespace fate
