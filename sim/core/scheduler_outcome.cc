// How the scheduler learns that an execution is over, and what came of it: ends of tasks, findings, and
// what the library tells a simulator.
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/base/mix.h"
#include "fate/runtime/operation.h"
#include "fate/sim/core/describe.h"
#include "fate/sim/core/scheduler.h"
#include "fate/task/failure.h"

namespace fate::sim {

void Scheduler::Fail(OutcomeKind kind, std::string message, Place place) {
  if (std::exchange(frozen_, true)) return;
  budget_.Grant(0);
  execution_.outcome = Outcome{kind, std::move(message), place};
}

void Scheduler::Skip(std::string message) {
  if (frozen_) return;
  Fail(OutcomeKind::kAssertionFailed, std::move(message), Place());
  execution_.outcome.skips = true;
}

void Scheduler::CallPlainly(absl::FunctionRef<void()> code) {
  try {
    code();
  } catch (const ExecutionStopped&) {
    // After a finding, which stands.
  } catch (...) {
    Outcome known;
    if (settings_.read_exception != nullptr && settings_.read_exception(std::current_exception(), known)) {
      return Fail(known.kind, std::move(known.message), known.place);
    }
    Fail(OutcomeKind::kUncaughtException,
         absl::StrCat("your program let an exception leave plain code: what sets it up, checks its end, or is called "
                      "on an abort: ",
                      DescribeException(std::current_exception())),
         Place());
  }
}

void Scheduler::TaskEnded(TaskRecord& root) {
  if (--roots_left_ == 0) budget_.Grant(0);
  if (static_cast<internal::PromiseBase*>(root.frame())->exception() != nullptr) [[unlikely]]
    RootThrew(root);
  Dispose(&root);
}

void Scheduler::FramesDestroyed() {
  state_.reset();
  posted_.Clear();
}

void Scheduler::RootThrew(TaskRecord& root) {
  if (root.failed) return UnhandledFailure(root);
  if (execution_.hit_horizon) return;
  Fail(OutcomeKind::kUncaughtException,
       "your program let Cancelled leave its root task, which nobody cancelled from outside", root.spawn_place);
}

namespace {

constexpr char kForeignPost[] =
    "your program posted work from a thread of its own: a simulator cannot replay foreign threads; use RunBlocking, or "
    "model the thread as a task";

// `last`: whose step was the last; may be null.
std::string StepLimitMessage(uint64_t max_steps, const TaskRecord* last) {
  std::string text = absl::StrCat("our limit of ", max_steps,
                                  " steps was reached before your program ended: raise Settings::max_steps; if the "
                                  "program is meant to run for ever, set a horizon; if a loop in it waits for another "
                                  "task, let it Yield");
  if (last != nullptr && last->cancelled) {
    absl::StrAppend(&text, "; ", DescribeTask(*last),
                    " was cancelled and goes on: if it catches Cancelled in a loop, let it rethrow");
  }
  return text;
}

}  // namespace

bool Scheduler::Over() {
  if (frozen_) return true;
  const bool spent = budget_.done() >= settings_.max_steps;
  const auto at_limit = [this] {
    Fail(OutcomeKind::kStepLimit, StepLimitMessage(settings_.max_steps, context.task), Place());
    return true;
  };
  if (spent && roots_left_ > 0) return at_limit();
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
  if (!waiting) {
    if (foreign_post_.load(std::memory_order_relaxed)) Fail(OutcomeKind::kAssertionFailed, kForeignPost, Place());
    return true;
  }
  if (spent) return at_limit();
  budget_.Grant(1);  // to be asked again after the next one
  return false;
}

void Scheduler::DecideStuck() {
  if (foreign_post_.load(std::memory_order_relaxed)) {
    return Fail(OutcomeKind::kAssertionFailed, kForeignPost, Place());
  }
  Fail(OutcomeKind::kDeadlock,
       absl::StrCat("your program deadlocked: nothing can wake the tasks that are left\n",
                    DescribeTasks(*this, numbers_)),
       Place());
}

namespace {

// What only takes, or looks, lets nobody go on. Before a rendezvous others wait for its close, or to be met. Narrower
// than Rule::gives of sim/race/dependence.h, a room that this one does not know: it says of one object whom that may
// let on.
bool MayOpen(OpKind kind, const Operation& operation) {
  switch (kind) {
    case OpKind::kClose:
      return true;
    case OpKind::kUnlockShared:
      return operation.kind() == OpKind::kLock;
    case OpKind::kUnlock:
    case OpKind::kRelease:
    case OpKind::kSet:
    case OpKind::kCountDown:
    case OpKind::kArrive:
    case OpKind::kCall:
    case OpKind::kSend:
    case OpKind::kReceive:
    case OpKind::kTrySend:
    case OpKind::kTryReceive:
      return operation.object()->kind() != ObjectKind::kRendezvous;
    default:
      return false;
  }
}

}  // namespace

bool Scheduler::MayHaveOpened(const Operation& operation) const {
  const uint32_t object = operation.object() == nullptr ? 0 : numbers_.Find(*operation.object());
  if (!in_step() || !footprints_ || object == 0) return false;
  const Trace& trace = execution_.trace;
  const Step& step = trace.steps.back();
  if (step.object == object && MayOpen(step.kind, operation)) return true;
  for (size_t i = trace.accesses.size(); i-- > 0 && trace.accesses[i].step + 1 == trace.steps.size();) {
    const ::fate::sim::Access& access = trace.accesses[i];
    if (!access.may && access.object == object && MayOpen(access.kind, operation)) return true;
  }
  return false;
}

uint64_t Scheduler::Access(const Object& object, OpKind kind, Place place) {
  touched_ = true;
  if (!in_step()) return 0;
  // Numbered even if nobody records it: objects must have the same numbers in a replay, which does.
  uint32_t number = NumberOf(object);
  if (!footprints_) return 0;
  // `Access` is a function of this class, too.
  const bool stands = ::fate::sim::Access::IsOfStanding(kind);
  execution_.trace.accesses.push_back(
      {execution_.trace.steps.size() - 1, number, kind, static_cast<uint8_t>(object.kind()), place, stands});
  return settings_.tell ? execution_.trace.accesses.size() : 0;
}

void Scheduler::Looked(ObjectKind at, Place place) {
  touched_ = true;
  if (!in_step() || !footprints_) return;
  execution_.trace.accesses.push_back(
      {execution_.trace.steps.size() - 1, 0, OpKind::kLook, static_cast<uint8_t>(at), place});
}

void Scheduler::LookedAtScope(uint32_t scope, Place place) {
  Looked(ObjectKind::kScope, place);
  if (context.task == nullptr || !footprints_) return;
  execution_.trace.scope_visits.push_back({execution_.trace.steps.size() - 1, context.task->id, scope, false});
}

uint32_t Scheduler::NewScope(uint32_t around, bool shielded) {
  if (context.task == nullptr || !footprints_ || frozen_) return 0;
  // Paths of tasks are mixed of their ordinals, too.
  constexpr uint64_t kScope = 0x73636f7065;
  Birth& maker = execution_.trace.births[context.task->id];
  const uint64_t name = Mix(Mix(maker.path_hash, kScope), ++maker.scopes);
  execution_.trace.scopes.push_back({around, context.task->id, shielded, name});
  return static_cast<uint32_t>(execution_.trace.scopes.size());
}

void Scheduler::InScope(const TaskRecord& task, uint32_t scope) {
  if (context.task == nullptr || !footprints_ || frozen_) return;
  execution_.trace.scope_visits.push_back({execution_.trace.steps.size() - 1, task.id, scope, true});
}

void Scheduler::NoteCancellation(const Operation& operation) {
  const Operation::Cancels what = operation.WhatItCancels();
  execution_.trace.cancellations.push_back(
      {execution_.trace.steps.size() - 1, what.scope, what.task == nullptr ? Step::kTimerTask : what.task->id});
}

void Scheduler::Immediate(const Operation& operation, Place place) {
  touched_ = true;
  if (!in_step()) return;
  const Object* object = operation.object();
  uint32_t number = object == nullptr ? 0 : NumberOf(*object);
  if (!footprints_) return;
  if (operation.kind() == OpKind::kCancel) NoteCancellation(operation);
  execution_.trace.accesses.push_back({execution_.trace.steps.size() - 1, number, operation.kind(),
                                       static_cast<uint8_t>(object == nullptr ? ObjectKind::kNone : object->kind()),
                                       place, false, operation.OpenBefore()});
}

void Scheduler::Notified(const TaskRecord& task) {
  if (in_step() && footprints_) execution_.trace.notified.push_back({execution_.trace.steps.size() - 1, task.id});
}

void Scheduler::Took(uint32_t branch, bool tried) {
  if (!in_step()) return;
  if (tried) {
    execution_.trace.tried.push_back({execution_.trace.steps.size() - 1, branch});
  } else {
    execution_.trace.steps.back().branch = static_cast<uint8_t>(branch & 31);
  }
}

void Scheduler::Threw() { execution_.trace.steps.back().threw = true; }

std::string Scheduler::NameOf(const TaskRecord& task) const { return TaskName(execution_.trace, task.id); }

uint32_t Scheduler::NewObjectName() {
  Birth& maker = execution_.trace.births[context.task->id];
  return static_cast<uint32_t>(Mix(maker.path_hash + ++maker.objects));
}

TaskRecord* Scheduler::Spawned(const TaskRecord* parent, TaskRecord* child) {
  Birth* birth = execution_.trace.births.Append();
  birth->parent = parent == nullptr ? Step::kTimerTask : parent->id;
  birth->ordinal = parent == nullptr ? child->id : parent->spawned;
  birth->path_hash = child->Path();
  birth->place = child->spawn_place;
  birth->name = child->name;
  birth->step = parent == nullptr ? Birth::kBeforeSteps : execution_.trace.steps.size() - 1;
  birth->objects = 0;
  birth->lifetime = child->lifetime;
  birth->group = Birth::kNoGroup;
  birth->scope = child->scope->number();
  birth->scopes = 0;
  birth->joiner = {};
  return child;
}

void Scheduler::ComesToJoin(const TaskRecord& task) { execution_.trace.births[task.id].joiner.Come(); }

void Scheduler::Grouped(const TaskRecord& task, uint32_t group) { execution_.trace.births[task.id].group = group; }

void Scheduler::JoinedGroup(uint32_t group) {
  execution_.trace.group_joins.push_back({execution_.trace.steps.size() - 1, group});
}

void Scheduler::RecordPending() {
  for (const TaskRecord* task = first_task(); task != nullptr; task = task->next) {
    if (task->ended || task == context.task) continue;
    if (task->pending == nullptr) {
      execution_.trace.pending.push_back({task->spawn_place, task->id, 0, OpKind::kStart, true, 0});
      continue;
    }
    const Operation& operation = *task->pending;
    if (operation.state() != Operation::State::kPending) continue;
    Pending pending{task->frame()->place, task->id, 0, operation.kind(), operation.Enabled(), 0};
    if (const Object* object = operation.object(); object != nullptr) {
      pending.object = NumberOf(*object);
      pending.object_kind = static_cast<uint8_t>(object->kind());
      pending.open = operation.OpenBefore();
    } else if (const TaskRecord* other = operation.WaitsFor(); other != nullptr) {
      pending.object = other->id;
      pending.object_kind = static_cast<uint8_t>(ObjectKind::kTask);
    }
    if (pending.kind == OpKind::kSelect) {
      RecordBranches(operation, execution_.trace.pending.size(), execution_.trace.branches);
    }
    execution_.trace.pending.push_back(pending);
  }
}

void Scheduler::RecordBranches(const Operation& select, uint64_t step, Log<::fate::sim::Access>& into) {
  select.ForEachBranch([&](const Operation& branch) {
    const Object* object = branch.object();
    // Who takes another branch has looked whether that task had ended, as in no footprint stands.
    const OpKind kind = branch.kind() == OpKind::kJoin ? OpKind::kSelect : branch.kind();
    into.push_back({step, object == nullptr ? 0 : NumberOf(*object), kind,
                    static_cast<uint8_t>(object == nullptr ? ObjectKind::kNone : object->kind()), Place(), true,
                    branch.OpenBefore()});
  });
}

void Scheduler::Misuse(const char* condition, const std::string& message, Place place, CheckOf whose) {
  if (frozen_) return;
  Fail(OutcomeKind::kAssertionFailed, absl::StrCat("FATE_CHECK(", condition, ") failed: ", message), place);
  const bool in_step = context.task != nullptr && !execution_.trace.steps.empty();
  if (!in_step || whose != CheckOf::kLibrary) return;
  // A first step begins at no co_await.
  const Step& step = execution_.trace.steps.back();
  execution_.outcome.step_place = step.place.line() != 0 ? step.place : context.task->spawn_place;
}

void Scheduler::Unsupported(const std::string& what, Place place) {
  Fail(OutcomeKind::kAssertionFailed, what, place);
  throw ExecutionStopped{};
}

void Scheduler::UnhandledFailure(TaskRecord& task) {
  const std::exception_ptr& exception = static_cast<internal::PromiseBase*>(task.frame())->exception();
  if (Outcome known; settings_.read_exception != nullptr && settings_.read_exception(exception, known)) {
    return Fail(known.kind, std::move(known.message), known.place);
  }
  Fail(OutcomeKind::kUncaughtException,
       absl::StrCat("your program let an exception leave ", DescribeTask(task), ": ", DescribeException(exception)),
       task.frame()->place);
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
  Access(posted_, OpKind::kWrite, Place());
  NewTask(posted_.Add(std::move(work)).Release(), &root_scope(), Place(),
          {.name = "posted work", .lifetime = Lifetime::kProgram});
}

void Scheduler::RunBlocking(std::function<void()> work, std::function<void()> done) {
  auto handle = RunWork(std::move(work), std::move(done)).Release();
  NewTask(handle, &root_scope(), Place(), {.name = "blocking work", .lifetime = Lifetime::kProgram});
}

void Scheduler::WriteScheduleSoFar(int fd) const {
  WriteSchedule(fd, execution_.interleaving, execution_.seed, execution_.choices.data(), execution_.choices.size());
}

}  // namespace fate::sim
