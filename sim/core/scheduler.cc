#include "fate/sim/core/scheduler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"
#include "fate/sim/core/describe.h"

namespace fate::sim {

void Roots::Add(Task<> root, const char* name, Place place) {
  scheduler_.AddRoot(std::move(root), name, place);
}

Scheduler* CurrentScheduler() {
  // The one implementation of Simulation, so the cast is safe.
  return static_cast<Scheduler*>(context.simulation);
}

Scheduler::Scheduler(Settings settings) : Runtime(0) { set_settings(settings); }
Scheduler::~Scheduler() = default;

void Scheduler::AddRoot(Task<> root, const char* name, Place place) {
  auto handle = root.Release();
  TaskRecord* task = NewTask(handle, &handle.promise(), &root_scope(), place, {.name = name});
  task->handled = true;
  task->owner = this;
  ++roots_left_;
}

void Scheduler::set_settings(const Settings& settings) {
  settings_ = settings;
  configured_horizon_ns_ = ToNanoseconds(epoch() + settings.horizon);
}

const Execution& Scheduler::Run(Program program, Strategy& strategy, uint64_t number, uint64_t seed) {
  FATE_CHECK(context.runtime == nullptr,
             "your program started a simulation inside a runtime: call Explore from plain code");
  Restart(seed);
  execution_.number = number;
  execution_.seed = seed;
  execution_.interleaving = settings_.interleaving;
  execution_.choices.clear();
  execution_.trace.Clear();
  execution_.steps = 0;
  execution_.contested = false;
  execution_.hit_horizon = false;
  if (!execution_.outcome.passed()) execution_.outcome = Outcome();
  execution_.tasks_at_end.clear();
  numbers_.Restart();
  ready_.Clear();
  roots_left_ = 0;
  horizon_ns_ = configured_horizon_ns_;
  stop_at_ = settings_.max_steps;
  frozen_ = false;
  foreign_post_.store(false, std::memory_order_relaxed);
  footprints_ = strategy.wants_footprints();
  strategy_ = &strategy;
  {
    Context inner = MakeContext();
    inner.simulation = this;
    inner.search = search() ? this : nullptr;
    ContextScope scope(inner);
    strategy.BeginExecution(number);
    Roots roots(*this);
    program(roots);
    search() ? RunSearch() : RunQueued();
    context.task = nullptr;
    execution_.end_ns = now_ns();
    if (!execution_.outcome.passed()) execution_.tasks_at_end = DescribeTasks(*this);
    frozen_ = true;
    context.search = nullptr;
    ready_.Clear();
    TearDown();
    while (!due_.empty()) CancelDue(*due_.back().timer);
  }
  return execution_;
}

void Scheduler::Fail(OutcomeKind kind, std::string message, Place place) {
  if (std::exchange(frozen_, true)) return;
  stop_at_ = 0;
  execution_.outcome = Outcome{kind, std::move(message), place};
}

// --- the loops -------------------------------------------------------------------------------

inline Step* Scheduler::RecordStep(const TaskRecord* task, const Operation* operation, bool joined) {
  Step* step = execution_.trace.steps.Append();
  step->outcome = 0;
  step->task = task->id;
  step->joined = joined;
  step->object = 0;
  step->object_kind = 0;
  if (operation == nullptr) [[unlikely]] {
    step->place = Place();
    step->kind = OpKind::kStart;
    return step;
  }
  step->place = task->frame->place;
  step->kind = operation->kind();
  if (const Object* object = operation->object(); object != nullptr) {
    step->object = numbers_.NumberOf(*object);
    step->object_kind = static_cast<uint16_t>(object->kind());
  }
  return step;
}

// The hot loop: everything a step needs and nothing else; whatever is rare stands behind one branch.
void Scheduler::RunSearch() {
  ChoicePoint& point = task_choice_;
  point = {ChoiceKind::kTask, 0, nullptr, &ready_, &execution_};
  TaskRecord* preferred = nullptr;
  AdmitArrivals();
  for (;;) {
    if (execution_.steps >= stop_at_) [[unlikely]] {
      if (Over()) return;
    }
    uint32_t options = ready_.size();
    const ReadySet::Slot* slot;
    if (options >= 2) {
      point.options = options;
      point.preferred = preferred;
      uint32_t option = strategy_->Choose(point);
      if (option >= options) [[unlikely]] {
        Stop(option);
        continue;
      }
      Choice* choice = execution_.choices.Append();
      choice->option = option;
      choice->options = options;
      choice->kind = static_cast<uint32_t>(ChoiceKind::kTask);
      slot = &ready_.Option(option, preferred);
    } else if (options == 1) {
      slot = &ready_.at(0);
    } else {
      if (!AdvanceClock()) return DecideStuck();
      AdmitArrivals();
      continue;
    }
    ++execution_.steps;
    TaskRecord* task = slot->task;
    if (slot->pending == nullptr) [[unlikely]] {
      preferred = Begin(task);
      continue;
    }
    std::coroutine_handle<> resume = slot->resume;
    Step* step = RecordStep(task, slot->pending, false);
    context.task = task;
    resume.resume();
    if (context.attention) [[unlikely]] {
      preferred = Attend(task, step);
    } else {
      ready_.Update(task);
      preferred = task;
    }
  }
}

void Scheduler::RunQueued() {
  for (;;) {
    while (TaskRecord* arrived = TakeReady()) ready_.Add(arrived);
    if (execution_.steps >= stop_at_) [[unlikely]] {
      if (Over()) return;
    }
    if (ready_.empty()) {
      if (!AdvanceClock()) return DecideStuck();
      continue;
    }
    TaskRecord* task = ready_.oldest();
    if (settings_.interleaving == Interleaving::kLoop && ready_.size() >= 2) {
      task_choice_ = {ChoiceKind::kTask, ready_.size(), nullptr, &ready_, &execution_};
      uint32_t option = Decide(task_choice_);
      task = ready_.Option(option, nullptr).task;
    }
    ++execution_.steps;
    if (!task->resume) {
      FireDue(task);
      continue;
    }
    ready_.Remove(task);
    Step* step = RecordStep(task, task->pending, false);
    Resume(task);
    step->outcome = std::exchange(context.outcome, 0);
    if (task->ended) Settle(task);
  }
}

uint32_t Scheduler::Decide(const ChoicePoint& point) {
  uint32_t option = strategy_->Choose(point);
  if (option >= point.options) [[unlikely]] {
    Stop(option);
    return 0;
  }
  execution_.choices.push_back({option, point.options, static_cast<uint32_t>(point.kind)});
  return option;
}

uint32_t Scheduler::Choose(ChoiceKind kind, uint32_t options) {
  if (options < 2 || frozen_) return 0;
  return Decide({kind, options, nullptr, nullptr, &execution_});
}

void Scheduler::Stop(uint32_t option) {
  FATE_CHECK(option == Strategy::kStop, "this is a bug in the strategy: it chose an option there is not");
  Fail(OutcomeKind::kDiverged, strategy_->StopReason(), Place());
}

TaskRecord* Scheduler::Attend(TaskRecord* task, Step* step) {
  while (transfer_cut()) [[unlikely]] ResumeCut();
  context.attention = false;
  step->outcome = std::exchange(context.outcome, 0);
  TaskRecord* preferred = Arrange(task);
  if (!any_ready()) return preferred;
  AdmitArrivals();
  // The partner of a rendezvous may have disabled it.
  return preferred != nullptr && preferred->in_search ? preferred : nullptr;
}

TaskRecord* Scheduler::Begin(TaskRecord* task) {
  if (!task->resume) {
    FireDue(task);
    AdmitArrivals();
    return nullptr;
  }
  Step* step = RecordStep(task, nullptr, false);
  touched_ = false;
  Resume(task);
  // The prologue counts for nothing unless it touched something: then the first operation goes with it.
  if (!task->ended && !touched_ && !frozen_) {
    Operation* first = task->pending;
    if (!first->yields() && first->Enabled()) {
      execution_.trace.steps.pop_back();
      step = RecordStep(task, first, false);
      Resume(task);
    }
  }
  return Attend(task, step);
}

TaskRecord* Scheduler::Arrange(TaskRecord* task) {
  if (task->ended) {
    ready_.Remove(task);
    Settle(task);
    return nullptr;
  }
  Operation* next = task->pending;
  ready_.Update(task);
  if (!next->may_block()) return task;
  if (next->yields()) {
    ready_.MoveToBack(task);
    return nullptr;
  }
  if (!next->Enabled()) {
    ready_.Remove(task);
    return nullptr;
  }
  if (next->WouldQueue()) {
    ready_.MoveToBack(task);
    return nullptr;
  }
  return task;
}

void Scheduler::AdmitArrivals() {
  while (TaskRecord* task = TakeReady()) {
    if (task->pending == nullptr) {
      ready_.Add(task);
      continue;
    }
    // The partner of a rendezvous: what both did is one event, so it goes on within the same step.
    if (!task->in_search) ready_.Add(task);
    Step* step = RecordStep(task, task->pending, true);
    Resume(task);
    step->outcome = std::exchange(context.outcome, 0);
    Arrange(task);
  }
}

void Scheduler::Refresh(TaskRecord& task) {
  if (&task == context.task || task.pending == nullptr || task.ended || frozen_) return;
  if (task.pending->state() != Operation::State::kPending) return;
  bool enabled = task.pending->Enabled();
  if (enabled == task.in_search) return;
  if (enabled) {
    ready_.Add(&task);
  } else {
    ready_.Remove(&task);
  }
}

// --- the clock -------------------------------------------------------------------------------

bool Scheduler::AdvanceClock() {
  context.task = nullptr;
  int64_t next_ns = timers().NextDeadline();
  if (next_ns == TimerQueue::kNever) return false;
  if (next_ns > horizon_ns_) {
    now_ns_ = horizon_ns_;
    horizon_ns_ = TimerQueue::kNever;
    execution_.hit_horizon = true;
    execution_.trace.clock_moves.push_back({execution_.trace.steps.size(), now_ns_});
    root_scope().Cancel();
    return true;
  }
  now_ns_ = next_ns;
  execution_.trace.clock_moves.push_back({execution_.trace.steps.size(), now_ns_});
  if (settings_.interleaving == Interleaving::kFifo) {
    FireTimersInChosenOrder();
    return true;
  }
  while (Timer* timer = timers().PopDue(now_ns_)) {
    if (timer->only_wakes()) {
      timer->Fire();
      continue;
    }
    TaskRecord* stand_in = records().New();
    stand_in->runtime = this;
    stand_in->id = Step::kTimerTask;
    due_.push_back({timer, stand_in});
    ready_.Add(stand_in);
  }
  return true;
}

void Scheduler::FireTimersInChosenOrder() {
  while (Timer* timer = timers().PopDue(now_ns_)) due_.push_back({timer, nullptr});
  while (!due_.empty()) {
    uint32_t option = Choose(ChoiceKind::kTimer, static_cast<uint32_t>(due_.size()));
    Timer* timer = due_[option].timer;
    due_.erase(due_.begin() + option);
    timer->Fire();
  }
}

void Scheduler::FireDue(TaskRecord* stand_in) {
  context.task = nullptr;
  for (size_t i = 0; i < due_.size(); ++i) {
    if (due_[i].stand_in != stand_in) continue;
    Timer* timer = due_[i].timer;
    execution_.trace.steps.push_back({Place(), Step::kTimerTask, 0, OpKind::kTimeout, false, 0, 0});
    CancelDue(*timer);
    timer->Fire();
    return;
  }
}

void Scheduler::CancelDue(Timer& timer) {
  for (size_t i = 0; i < due_.size(); ++i) {
    if (due_[i].timer != &timer) continue;
    if (TaskRecord* stand_in = due_[i].stand_in; stand_in != nullptr) {
      if (stand_in->in_search && !frozen_) ready_.Remove(stand_in);
      records().Free(stand_in);
    }
    due_.erase(due_.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

// --- the end ---------------------------------------------------------------------------------

void Scheduler::TaskEnded(TaskRecord& root) {
  if (--roots_left_ == 0) stop_at_ = 0;
  if (root.failed) {
    UnhandledFailure(root);
  } else if (static_cast<internal::PromiseBase*>(root.frame)->cancelled() && !execution_.hit_horizon) {
    Fail(OutcomeKind::kUncaughtException,
         "your program let Cancelled leave its root task, which nobody cancelled from outside",
         root.spawn_place);
  }
  Dispose(&root);
}

bool Scheduler::Over() {
  if (frozen_) return true;
  if (execution_.steps >= settings_.max_steps) {
    Fail(OutcomeKind::kStepLimit,
         absl::StrCat("our limit of ", settings_.max_steps,
                      " steps was reached before your program ended: raise Settings::max_steps, or, if "
                      "the program is meant to run for ever, set a horizon"),
         Place());
    return true;
  }
  bool waiting = false;
  for (TaskRecord* task = first_task(); task != nullptr; task = task->next) {
    if (task->ended || task->lifetime == Lifetime::kDaemon) continue;
    if (task->lifetime == Lifetime::kScoped && !execution_.hit_horizon) {
      Fail(OutcomeKind::kLeakedTask,
           absl::StrCat("your program ended while ", DescribeTask(*task),
                        " was still running: join it, put it into a task group, or declare its lifetime "
                        "(Lifetime::kDaemon or kProgram)"),
           task->spawn_place);
      return true;
    }
    waiting = true;
  }
  return !waiting;
}

void Scheduler::DecideStuck() {
  if (foreign_post_.load(std::memory_order_relaxed)) {
    return Fail(OutcomeKind::kAssertionFailed,
                "your program posted work from a thread of its own: a simulator cannot replay foreign "
                "threads; use RunBlocking, or model the thread as a task",
                Place());
  }
  Fail(OutcomeKind::kDeadlock,
       absl::StrCat("your program deadlocked: nothing can wake the tasks that are left\n",
                    DescribeTasks(*this)),
       Place());
}

// --- what the library tells ------------------------------------------------------------------

void Scheduler::Access(const Object& object, OpKind kind, Place place) {
  touched_ = true;
  if (!footprints_ || context.task == nullptr) return;
  execution_.trace.accesses.push_back({execution_.trace.steps.size() - 1, numbers_.NumberOf(object), kind,
                                       static_cast<uint16_t>(object.kind()), place});
}

void Scheduler::Immediate(const Operation& operation) {
  touched_ = true;
  if (!footprints_ || context.task == nullptr) return;
  const Object* object = operation.object();
  execution_.trace.accesses.push_back(
      {execution_.trace.steps.size() - 1, object == nullptr ? 0 : numbers_.NumberOf(*object),
       operation.kind(), static_cast<uint16_t>(object == nullptr ? ObjectKind::kNone : object->kind()),
       Place()});
}

void Scheduler::Spawned(const TaskRecord* parent, const TaskRecord& child) {
  execution_.trace.births.push_back({parent == nullptr ? Step::kTimerTask : parent->id,
                                     parent == nullptr ? child.id : parent->spawned, child.path_hash,
                                     child.spawn_place, child.name});
}

void Scheduler::Misuse(const char* condition, const std::string& message, Place place) {
  Fail(OutcomeKind::kAssertionFailed, absl::StrCat("FATE_CHECK(", condition, ") failed: ", message), place);
}

void Scheduler::Unsupported(const std::string& what, Place place) {
  Fail(OutcomeKind::kAssertionFailed, what, place);
  throw ExecutionStopped{};
}

void Scheduler::UnhandledFailure(TaskRecord& task) {
  Fail(OutcomeKind::kUncaughtException,
       absl::StrCat("your program let an exception leave ", DescribeTask(task), ": ",
                    DescribeException(static_cast<internal::PromiseBase*>(task.frame)->exception())),
       task.frame->place);
}

namespace {

Task<> RunWork(std::function<void()> work, std::function<void()> done) {
  work();
  if (done) done();
  co_return;
}

}  // namespace

void Scheduler::Post(std::function<void()> work) {
  if (context.runtime != this) {
    foreign_post_.store(true, std::memory_order_relaxed);
    return;
  }
  RunBlocking(std::move(work), nullptr);
}

void Scheduler::RunBlocking(std::function<void()> work, std::function<void()> done) {
  auto handle = RunWork(std::move(work), std::move(done)).Release();
  NewTask(handle, &handle.promise(), &root_scope(), Place(),
          {.name = "blocking work", .lifetime = Lifetime::kProgram});
}

void Scheduler::WriteScheduleSoFar(int fd) const {
  WriteSchedule(fd, execution_.interleaving, execution_.seed, execution_.choices.data(),
                execution_.choices.size());
}

}  // namespace fate::sim
