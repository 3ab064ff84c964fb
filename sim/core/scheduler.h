// Scheduler: the mechanism of the simulator: runs one execution under a strategy. No policy.
//
//   Scheduler scheduler;
//   RandomWalk strategy(seed);
//   const Execution& execution = scheduler.Run([](Roots& roots) { roots.Add(Main()); }, strategy);
//
// It is a Runtime with a virtual clock: time stands still while any task can run, and jumps to the next deadline when
// none can. A scheduler is meant to be reused: records, frames, choices and trace keep their memory from one execution
// to the next, so a step allocates nothing. A failure freezes the outcome; then all frames are destroyed, innermost
// first, in reverse order of creation, with scheduling and wake-ups off, and nothing found there counts any more.
// Confined to one thread. Tested by tests/core/scheduler_test.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/core/posted_work.h"
#include "fate/sim/core/ready_set.h"
#include "fate/sim/core/settings.h"
#include "fate/sim/core/step_budget.h"
#include "fate/sim/core/strategy.h"
#include "fate/task/task.h"

namespace fate::sim {

class Scheduler;

// What belongs to one execution besides its tasks: a fixture, the world of a program. Destroyed after
// all frames, while handles of tasks are still good.
class ExecutionState {
 public:
  virtual ~ExecutionState() = default;
  // The program is over and nothing has failed: the last chance to fail, by a check or an exception.
  virtual void ProgramEnded() {}
};

// Where a program puts the tasks it begins with. The program ends when all of them have.
class Roots {
 public:
  void Add(Task<> root, const char* name = "main", Place place = Place::current());
  // One an execution.
  void Keep(std::unique_ptr<ExecutionState> state);

 private:
  friend class Scheduler;
  explicit Roots(Scheduler& scheduler) : scheduler_(scheduler) {}
  Scheduler& scheduler_;
};

// What is run, afresh each time: it must build all the state it uses.
using Program = absl::FunctionRef<void(Roots&)>;

class Scheduler final : public Runtime, public Simulation, private TaskOwner {
 public:
  explicit Scheduler(Settings settings = {});
  ~Scheduler() override;

  // Runs `program` to its end. The result stays valid until the next Run.
  const Execution& Run(Program program, Strategy& strategy, uint64_t number = 0, uint64_t seed = 0);
  const Execution& execution() const { return execution_; }
  const Settings& settings() const { return settings_; }
  void set_settings(const Settings& settings);

  // Ends the execution with the step that is running. The first finding stands.
  void Fail(OutcomeKind kind, std::string message, Place place);
  // The same, and the search ends without a finding: the program asked to be skipped.
  void Skip(std::string message);
  bool failed() const { return frozen_; }
  // For a crash: the schedule so far, async-signal-safe; and a number that moves with every step.
  void WriteScheduleSoFar(int fd) const override;
  uint64_t progress() const override { return (execution_.number << 32) + execution_.trace.steps.size(); }

  // Simulation.
  void Refresh(TaskRecord& task) override;
  bool MadePossible(const TaskRecord& task) const override;
  uint32_t Choose(ChoiceKind kind, uint32_t options) override;
  uint32_t ChoosePartner(uint32_t options, bool tries, absl::FunctionRef<const TaskRecord&(uint32_t)> partner) override;
  bool MayHaveOpened(const Operation& operation) const override;
  uint64_t Access(const Object& object, OpKind kind, Place place) override;
  void Tell(uint64_t ticket, std::string value) override;
  void Looked(ObjectKind at, Place place) override;
  void LookedAtScope(uint32_t scope, Place place) override;
  uint32_t NewScope(uint32_t around, bool shielded) override;
  void InScope(const TaskRecord& task, uint32_t scope) override;
  void Immediate(const Operation& operation, Place place) override;
  void Notified(const TaskRecord& task) override;
  void Threw() override;
  void Took(uint32_t branch, bool tried) override;
  std::string NameOf(const TaskRecord& task) const override;
  uint32_t NewObjectName() override;
  TaskRecord* Spawned(const TaskRecord* parent, TaskRecord* child) override;
  void ComesToJoin(const TaskRecord& task) override;
  void Grouped(const TaskRecord& task, uint32_t group) override;
  void JoinedGroup(uint32_t group) override;
  void Misuse(const char* condition, const std::string& message, Place place, CheckOf whose) override;
  void Unsupported(const std::string& what, Place place) override;

  // Runtime.
  void Post(std::function<void()> work) override;
  void RunBlocking(std::function<void()> work, std::function<void()> done) override;
  void CancelDue(Timer& timer) override;
  void UnhandledFailure(TaskRecord& task) override;

 private:
  friend class Roots;
  // A timer that is due and stands in a choice like a task.
  struct DueTimer {
    Timer* timer;
    TaskRecord* stand_in;
  };

  void AddRoot(Task<> root, const char* name, Place place);
  // Calls the program's plain code, outside any task: what leaves it is a finding.
  void CallPlainly(absl::FunctionRef<void()> code);
  void FramesDestroyed() override;
  void TaskEnded(TaskRecord& root) override;
  // The root, which has ended, threw something.
  [[gnu::noinline]] void RootThrew(TaskRecord& root);
  // The loops: one for kOperation (twice, so that an execution that is not told pays nothing), one for kLoop and kFifo.
  template <bool kTells>
  void RunSearch();
  void RunQueued();
  // A first step: the prologue and, if it may, one operation; or a timer that strikes.
  TaskRecord* Begin(TaskRecord* task);
  void AdmitArrivals();
  [[gnu::noinline]] void AdmitPartner(TaskRecord* task);
  // After a step that left something to look at. Returns the task if it goes on by preference, else null.
  TaskRecord* Attend(TaskRecord* task, Step* step);
  [[gnu::noinline]] TaskRecord* AttendToMore(TaskRecord* task, Step* step);
  // Of that: what the step found, and whether its task has ended, or is still a candidate.
  TaskRecord* Conclude(TaskRecord* task, Step* step);
  TaskRecord* Arrange(TaskRecord* task, uint8_t attention);
  void FireDue(TaskRecord* stand_in);
  // Takes it out of due_ and of the candidates, if it is there.
  void RemoveDue(Timer& timer);
  void NoteEnd(TaskRecord* task);  // it has ended in the running step
  void FetchAhead();
  void Stop(uint32_t option);
  Step* RecordStart(const TaskRecord* task);
  Step* RecordStep(const TaskRecord* task, const Operation* operation, bool joined);
  Step* WriteStep(Step* step, const TaskRecord* task, const Operation* operation, bool joined);
  [[gnu::noinline]] void NoteMore(Step* step, const Operation& operation);  // than who does what, and where
  void RecordBranches(const Operation& select, uint64_t step, Log<::fate::sim::Access>& into);
  void NoteCancellation(const Operation& operation);  // that the running step does, and that cancels
  // What an execution that is told records besides: sim/core/scheduler_telling.cc.
  void TellStep(const Operation& operation);
  void TellStop(const TaskRecord& task);
  void TellWake(const TaskRecord& task);
  uint32_t NumberOf(const Object& object) { return numbers_.NumberOf(object, execution_.trace.object_names); }
  uint32_t Decide(const ChoicePoint& point);  // asks the strategy and records its answer
  bool AdvanceClock();                        // to the next deadline; false: nothing is armed
  void FireTimersInChosenOrder(Timer* first);
  void NameDue();  // tells timers that are due at one instant from each other
  // Whether the program is over; decides the outcome of that. Asked once no steps are left.
  bool Over();
  void DecideStuck();
  // Where the tasks that are left stand; before the frames go.
  void RecordPending();
  // Whether a step is running: of a task, or a timer that strikes, which may do something to objects, too.
  bool in_step() const { return context.task != nullptr || striking_; }
  bool search() const { return settings_.interleaving == Interleaving::kOperation; }

  Settings settings_;
  Execution execution_;
  Strategy* strategy_ = nullptr;
  std::unique_ptr<ExecutionState> state_;  // of the program; null: none
  ReadySet ready_;
  ObjectNumbers numbers_;
  std::vector<DueTimer> due_;  // in order of becoming due
  // Scratch: by the path of whose they are, places in due_; those of one task in the order in which it armed them.
  std::vector<std::pair<uint64_t, size_t>> due_by_task_;
  ChoicePoint task_choice_{};
  Log<const TaskRecord*> possible_;  // tasks that the last step which did so enabled
  size_t possible_at_ = 0;           // how many steps there were then
  uint32_t foreseen_slot_ = 0;       // where the next step's task is believed to be
  size_t roots_left_ = 0;
  int64_t horizon_ns_ = 0;
  int64_t configured_horizon_ns_ = 0;
  StepBudget budget_;  // spent: the loop asks Over()
  bool frozen_ = false;
  bool touched_ = false;  // the running step touched something shared besides its operation
  bool footprints_ = false;
  bool striking_ = false;                   // a timer strikes in the running step
  std::atomic<bool> foreign_post_ = false;  // Post came from a thread that is not ours
  PostedWork posted_;
};

// The scheduler of the running simulation, or null: for checks and reporters of tests.
Scheduler* CurrentScheduler();

}  // namespace fate::sim
