#include "fate/sim/core/scheduler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/runtime/operation.h"

namespace fate::sim {

void Roots::Add(Task<> root, const char* name, Place place) { scheduler_.AddRoot(std::move(root), name, place); }

void Roots::Keep(std::unique_ptr<ExecutionState> state) { scheduler_.state_ = std::move(state); }

Scheduler* CurrentScheduler() {
  // The one implementation of Simulation, so the cast is safe.
  return static_cast<Scheduler*>(context.simulation);
}

Scheduler::Scheduler(Settings settings) : Runtime(0) { set_settings(settings); }
Scheduler::~Scheduler() = default;

void Scheduler::AddRoot(Task<> root, const char* name, Place place) {
  auto handle = root.Release();
  TaskRecord* task = NewTask(handle, &root_scope(), place, {.name = name});
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
  execution_.trace.telling.told = settings_.tell;
  execution_.contested = false;
  execution_.hit_horizon = false;
  if (!execution_.outcome.passed()) execution_.outcome = Outcome();
  numbers_.Restart();
  ready_.Clear();
  roots_left_ = 0;
  horizon_ns_ = configured_horizon_ns_;
  budget_.Restart(settings_.max_steps);
  frozen_ = false;
  foreign_post_.store(false, std::memory_order_relaxed);
  possible_.clear();
  footprints_ = settings_.record_accesses || strategy.wants_footprints();
  strategy_ = &strategy;
  {
    Context inner = MakeContext();
    inner.simulation = this;
    inner.search = search() ? this : nullptr;
    ContextScope scope(inner);
    strategy.BeginExecution(number);
    Roots roots(*this);
    CallPlainly([&] { program(roots); });
    if (roots_left_ == 0) budget_.Grant(0);
    !search() ? RunQueued() : settings_.tell ? RunSearch<true>() : RunSearch<false>();
    context.task = nullptr;
    if (state_ != nullptr && !frozen_) CallPlainly([&] { state_->ProgramEnded(); });
    if (footprints_) RecordPending();
    execution_.steps = budget_.done();
    execution_.end_ns = now_ns();
    execution_.drew = drew();
    for (size_t i = 0; i < execution_.choices.size() && !execution_.contested; ++i) {
      execution_.contested = execution_.choices[i].choice_kind() == ChoiceKind::kTask;
    }
    frozen_ = true;
    context.search = nullptr;
    ready_.Clear();
    TearDown();
    while (!due_.empty()) CancelDue(*due_.back().timer);
  }
  context.objects_made = 0;
  return execution_;
}

inline void Scheduler::NoteEnd(TaskRecord* task) {
  if (footprints_) execution_.trace.ends.push_back({execution_.trace.steps.size() - 1, task->id});
  Settle(task);
}

// --- the loops -------------------------------------------------------------------------------

inline Step* Scheduler::RecordStart(const TaskRecord* task) {
  Step* step = execution_.trace.steps.Append();
  *step = {.place = Place(), .task = task->id, .kind = OpKind::kStart};
  return step;
}

inline Step* Scheduler::RecordStep(const TaskRecord* task, const Operation* operation, bool joined) {
  return WriteStep(execution_.trace.steps.Append(), task, operation, joined);
}

inline Step* Scheduler::WriteStep(Step* step, const TaskRecord* task, const Operation* operation, bool joined) {
  const Object* object = operation->object();
  if (object == nullptr) [[unlikely]] {
    *step = {.place = task->frame()->place, .task = task->id, .kind = operation->kind(), .joined = joined};
    if (footprints_ || operation->kind() == OpKind::kJoin) NoteMore(step, *operation);
    return step;
  }
  *step = {.place = task->frame()->place,
           .task = task->id,
           .kind = operation->kind(),
           .joined = joined,
           .object_kind = static_cast<uint8_t>(object->kind()),
           .object = NumberOf(*object)};
  if (footprints_ && TellsOpenings(object->kind())) [[unlikely]]
    NoteMore(step, *operation);
  return step;
}

void Scheduler::NoteMore(Step* step, const Operation& operation) {
  if (operation.kind() == OpKind::kJoin) {
    if (const TaskRecord* other = operation.WaitsFor(); other != nullptr) {
      step->object = other->id;
      step->object_kind = static_cast<uint8_t>(ObjectKind::kTask);
    }
  } else if (footprints_) {
    step->open = operation.OpenBefore();
    if (step->kind == OpKind::kSelect) {
      RecordBranches(operation, execution_.trace.steps.size() - 1, execution_.trace.accesses);
    } else if (step->kind == OpKind::kCancel) {
      NoteCancellation(operation);
    }
  }
}

// Above this, tasks do not fit the cache nearest to the processor.
constexpr uint32_t kManyTasks = 32;

// While this step runs, what the one after the next will touch comes nearer: one step is too short for that.
inline void Scheduler::FetchAhead() {
  const uint32_t option = strategy_->Foresee(ready_.size(), 1);
  if (option >= ready_.size()) return;
  // The task of the next step, as was foreseen, will be the preferred one.
  foreseen_slot_ = ReadySet::SlotOf(option, foreseen_slot_);
  const ReadySet::Slot& next = ready_.at(foreseen_slot_);
  __builtin_prefetch(next.task, 1);
  if (!next.resume) return;
  const char* frame = static_cast<const char*>(next.resume.address());
  __builtin_prefetch(frame + 128, 1);
  __builtin_prefetch(frame, 1);
  __builtin_prefetch(frame + 64, 1);
}

// The hot loop: everything a step needs and nothing else; whatever is rare stands behind one branch.
template <bool kTells>
void Scheduler::RunSearch() {
  ChoicePoint& point = task_choice_;
  point = {ChoiceKind::kTask, 0, nullptr, &ready_, &execution_, &numbers_};
  TaskRecord* preferred = nullptr;
  AdmitArrivals();
  for (;;) {
    // Here at first and after whatever is rare; the inner loop is the steps that only take the next option.
    if (budget_.spent() && Over()) [[unlikely]]
      return;
    uint32_t quiet = ready_.QuietSlot(preferred);
    for (;;) {
      uint32_t options = ready_.size();
      uint32_t chosen = 0;
      if (options >= 2) {
        point.options = options;
        point.preferred = preferred;
        uint32_t option = strategy_->Choose(point);
        if (option >= options) [[unlikely]] {
          Stop(option);
          break;
        }
        Choice* choice = execution_.choices.Append();
        choice->option = option;
        choice->options = options;
        choice->kind = static_cast<uint32_t>(ChoiceKind::kTask);
        chosen = ReadySet::SlotOf(option, quiet);
        if (options >= kManyTasks) FetchAhead();
      } else if (options == 0) {
        if (!AdvanceClock()) return DecideStuck();
        AdmitArrivals();
        break;
      }
      const ReadySet::Slot* slot = &ready_.at(chosen);
      budget_.Spend();
      TaskRecord* task = slot->task;
      std::coroutine_handle<> resume = slot->resume;
      if (!resume) [[unlikely]] {
        preferred = Begin(task);
        break;
      }
      Step* step = RecordStep(task, task->pending, false);
      if constexpr (kTells) TellStep(*task->pending);
      context.task = task;
      resume.resume();
      if (context.attention) [[unlikely]] {
        preferred = Attend(task, step);
        break;
      }
      quiet = ready_.Update(task);
      preferred = task;
      if (budget_.spent()) [[unlikely]]
        break;
    }
  }
}

void Scheduler::RunQueued() {
  for (;;) {
    while (TaskRecord* arrived = TakeReady()) {
      ready_.Add(arrived);
      if (settings_.tell && arrived->pending != nullptr && !arrived->pending->yields()) TellWake(*arrived);
    }
    if (budget_.spent() && Over()) [[unlikely]]
      return;
    if (ready_.empty()) {
      if (!AdvanceClock()) return DecideStuck();
      continue;
    }
    TaskRecord* task = ready_.oldest();
    if (settings_.interleaving == Interleaving::kLoop && ready_.size() >= 2) {
      task_choice_ = {ChoiceKind::kTask, ready_.size(), nullptr, &ready_, &execution_, &numbers_};
      uint32_t option = Decide(task_choice_);
      if (frozen_) [[unlikely]]
        continue;  // the strategy stopped: no step is made
      task = ready_.Option(option, nullptr).task;
    }
    budget_.Spend();
    if (!task->resume) {
      FireDue(task);
      continue;
    }
    ready_.Remove(task);
    Step* step = task->pending == nullptr ? RecordStart(task) : RecordStep(task, task->pending, false);
    if (settings_.tell && task->pending != nullptr) TellStep(*task->pending);
    Resume(task);
    step->outcome = std::exchange(context.outcome, 0);
    if (settings_.tell) TellStop(*task);
    if (task->ended) NoteEnd(task);
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
  touched_ = true;  // what a prologue draws may decide what the first operation is, so it ends the step
  const uint32_t option = Decide({kind, options, nullptr, nullptr, &execution_, nullptr});
  if (kind == ChoiceKind::kDraw) execution_.trace.draws.push_back({execution_.trace.steps.size() - 1, option});
  return option;
}

uint32_t Scheduler::ChoosePartner(uint32_t options, bool tries,
                                  absl::FunctionRef<const TaskRecord&(uint32_t)> partner) {
  if (!tries && !frozen_) execution_.trace.steps.back().met = true;
  if (options < 2 || frozen_) return 0;
  return Decide({ChoiceKind::kPartner, options, nullptr, nullptr, &execution_, nullptr, &partner, tries});
}

void Scheduler::Stop(uint32_t option) {
  // Without an exception: no task may be running, and it would leave Run.
  FATE_CHECK_IN_DESTRUCTOR(option == Strategy::kStop, "this is a bug in the strategy: it chose an option there is not");
  Fail(OutcomeKind::kDiverged, strategy_->StopReason(), Place());
}

inline TaskRecord* Scheduler::Arrange(TaskRecord* task, uint8_t attention) {
  if ((attention & Attention::kBlocked) != 0) {
    ready_.Remove(task);
    return nullptr;
  }
  ready_.Update(task);
  if ((attention & Attention::kGaveWay) == 0) return task;
  ready_.MoveToBack(task);
  return nullptr;
}

inline TaskRecord* Scheduler::Attend(TaskRecord* task, Step* step) {
  constexpr uint8_t kRare = Attention::kEnded | Attention::kMore;
  if ((context.attention & kRare) != 0 || settings_.tell) [[unlikely]]
    return AttendToMore(task, step);
  return Arrange(task, std::exchange(context.attention, Attention::kNothing));
}

[[gnu::always_inline]] inline TaskRecord* Scheduler::Conclude(TaskRecord* task, Step* step) {
  step->outcome = std::exchange(context.outcome, 0);
  const uint8_t attention = std::exchange(context.attention, Attention::kNothing);
  if (settings_.tell) [[unlikely]]
    TellStop(*task);
  if ((attention & Attention::kEnded) == 0) return Arrange(task, attention);
  ready_.Remove(task);
  NoteEnd(task);
  return nullptr;
}

TaskRecord* Scheduler::AttendToMore(TaskRecord* task, Step* step) {
  while (transfer_cut()) [[unlikely]]
    ResumeCut();
  TaskRecord* preferred = Conclude(task, step);
  if (!any_ready()) [[likely]]
    return preferred;
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
  Step* step = RecordStart(task);
  touched_ = false;
  Resume(task);
  // The prologue counts for nothing unless it touched something: then the first operation goes with it.
  const bool stays = (context.attention & (Attention::kEnded | Attention::kBlocked)) != 0 || touched_ || frozen_;
  if (!stays && !task->pending->yields()) {
    context.attention &= Attention::kMore;
    WriteStep(step, task, task->pending, false);
    if (settings_.tell) TellStep(*task->pending);
    Resume(task);
  } else if (footprints_ && (context.attention & Attention::kEnded) == 0 && !frozen_ && task->pending != nullptr) {
    const Object* object = task->pending->object();
    execution_.trace.arrivals.push_back({execution_.trace.steps.size() - 1, object == nullptr ? 0 : NumberOf(*object),
                                         static_cast<uint8_t>(object == nullptr ? ObjectKind::kNone : object->kind()),
                                         task->pending->kind()});
  }
  return Attend(task, step);
}

void Scheduler::AdmitArrivals() {
  while (TaskRecord* task = TakeReady()) {
    if (task->pending == nullptr) {
      ready_.Add(task);
      continue;
    }
    // The partner of a rendezvous: what both did is one event, so it goes on within the same step.
    AdmitPartner(task);
  }
  context.attention = Attention::kNothing;
}

void Scheduler::AdmitPartner(TaskRecord* task) {
  if (!task->in_search) ready_.Add(task);
  Step* step = RecordStep(task, task->pending, true);
  if (settings_.tell) TellStep(*task->pending);
  Resume(task);
  Conclude(task, step);
}

bool Scheduler::MadePossible(const TaskRecord& task) const {
  return possible_at_ == execution_.trace.steps.size() &&
         std::find(possible_.begin(), possible_.end(), &task) != possible_.end();
}

void Scheduler::Refresh(TaskRecord& task) {
  if (&task == context.task || task.pending == nullptr || task.ended || frozen_) return;
  if (task.pending->state() != Operation::State::kPending) return;
  bool enabled = task.pending->Enabled();
  if (enabled == task.in_search) return;
  if (enabled) {
    if (settings_.tell) [[unlikely]]
      TellWake(task);
    ready_.Add(&task);
    const size_t steps = execution_.trace.steps.size();
    if (std::exchange(possible_at_, steps) != steps) possible_.clear();
    possible_.push_back(&task);
  } else {
    ready_.Remove(&task);
  }
}

}  // namespace fate::sim
