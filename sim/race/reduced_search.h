// ReducedSearch: what the searches with partial-order reduction share: one execution for each trace.
//
// Stateless: the choices of the common prefix are repeated, then the search goes where the subclass
// wants, never into a sleeping task (sleep sets: Godefroid 1991). When the execution has ended, its
// new events are ordered, each race found is handed to the subclass, and the path is cut back to the
// deepest node with something left. A race is looked at when its later event is new, and again as long
// as nothing but what came later tells whether its reversal is covered (Cover).
//
// Our deviations, all of them because the program is a coroutine:
//   * A node is an event, not a choice: a first step that gets no further than its prologue is no
//     event, unless it ends its task or bears others; steps without an alternative are never asked for, but are events.
//   * A due timer that a step disarms races with it as if it had struck (CollectMissed), and the end of the program
//     conflicts with everything once a task was seen that it does not wait for (EndsMatter).
//   * With another partner a rendezvous is another step (Letter), and a sleeper has met some and not others. Coming to
//     stand before one is an event, so who can be met is the same at each visit of a node.
//   * A step that chooses something else inside (a number that it draws, the branch of a Select, whom a try form meets)
//     is another step, too, since what its task does next may depend on it. The two conflict: a race of an event with
//     itself (TellOthers), whose reversal is the other choice and all that does not come because of the event. A
//     sleeper has chosen some of what there is and not the rest, which a race with it must name (TellSecond). A first
//     step that draws is an event, and ends there. Where nothing is left to races (meets_by_races) each choice is
//     explored one after the other where it is, with all that follows. Known fault: that is done, too, in programs
//     with a Select or a try form at a rendezvous, where not all races are told with what comes beside them. There a
//     plan made under one number may seem to cover what another needs.
//   * What a step does inside (accesses of a Shared<T>, an unlock by a guard) may depend on its past, so
//     what was recorded of it does not hold where it is moved to, and a search that believes it loses
//     traces. It is therefore held to do all it was ever seen to do there (task, ordinal, place); when a
//     step is seen to do something new, the search begins again: see restarts().
//   * A task that only waits, in a loop that yields, is taken to be disabled until something changes (SpinWatch):
//     executions in which it goes on in vain are not looked for. One that draws numbers is not held back.
//
// Size: what the searches share. What the path is made of is in search_path.h.
//
// At most 64 tasks (a set of tasks is one word). Tested by tests/strategies/optimal_dpor_test.cc,
// tests/strategies/spinning_test.cc and tests/race/explorable_draws_test.cc.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/log.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/race/cancel_footprints.h"
#include "fate/sim/race/candidates.h"
#include "fate/sim/race/footprint.h"
#include "fate/sim/race/happens_before.h"
#include "fate/sim/race/inside_choices.h"
#include "fate/sim/race/search_path.h"
#include "fate/sim/race/sleepers.h"
#include "fate/sim/race/spin_watch.h"
#include "fate/sim/race/task_numbers.h"
#include "fate/sim/race/wakeup_tree.h"

namespace fate::sim {

class ReducedSearch : public Strategy {
 public:
  void BeginExecution(uint64_t number) override;
  uint32_t Choose(const ChoicePoint& point) final {
    size_t index = asked_++;
    if (index >= choices_.size()) return ChooseNew(point);
    const Decision& decision = choices_[index];
    return decision.options == point.options ? decision.option : Strategy::kStop;
  }
  bool EndExecution(const Execution& execution) override;
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override;
  // What makes less of its claim.
  struct Caveats {
    bool held_back = false;  // a task was, since it only waited
    bool draws = false;      // numbers were drawn that are explored, beside selects or try forms at a rendezvous

    Caveats& operator|=(const Caveats& other) {
      held_back |= other.held_back;
      draws |= other.draws;
      return *this;
    }
  };
  Caveats caveats() const { return {held_back_, draws_seen_ && looks_at_partners_ && plans_later()}; }
  std::string Claim() const override;
  static std::string ClaimOf(const Caveats& caveats);
  static constexpr char kClaim[] =
      "proved: all $0 traces of the observed operations, for these draws and this time model";
  bool relies_on_dependence() const override { return true; }
  double Progress() const override;
  // Whether it gave up because the program has more tasks than it can take, or draws more.
  bool gave_up() const { return tasks_.overflow() || inside_choices_.overflow(); }

  // How many executions ran into no sleeping task. Each is another trace, unless a plan could not be taken
  // (infeasible), a step did less inside than it was held to do, or readers and writers of a shared mutex, or a
  // rendezvous that is closed, are beside tasks that come later: then some are repeated.
  uint64_t traces() const { return traces_; }
  // How many ran into a sleeping task, and so repeated a trace.
  uint64_t redundant() const { return redundant_; }
  // How many planned steps could not be taken where they were planned. Zero but for operations whose
  // object does not say what it would have let through (a semaphore of which several permits are taken at once, a
  // shared mutex that is never given back, a oneshot, a condition variable), selects, try forms at a rendezvous, and
  // what is cancelled.
  uint64_t infeasible() const { return infeasible_; }
  // It begins again when a step does something inside it that it did not do there before, in an execution that was
  // explored from. The other counts are those since then.
  Restarts restarts() const override { return restarts_; }
  // The events of the last execution, in order, and how they are ordered.
  uint32_t events() const { return static_cast<uint32_t>(events_.size()); }

 protected:
  static constexpr uint32_t kNone = 0xffffffff;
  using TaskSet = SearchPath::TaskSet;
  static constexpr uint32_t kTasksMax = TaskNumbers::kMax;
  static TaskSet Only(uint32_t task) { return TaskSet{1} << task; }

  using Below = SearchPath::Below;
  using Letter = SearchPath::Letter;
  using Node = SearchPath::Node;

  ReducedSearch() : order_(footprints_), tree_(footprints_), cancels_(footprints_) {}

  // What is planned to be run from the last node: the first that can will be. kNone after the last, and
  // unless HasPlan(node).
  virtual Letter Planned(const Node& node, uint32_t nth) const = 0;
  // A node is new, or a task has begun there; node.enabled is known.
  virtual void Reached(Node&) {}
  // Whether a plan has what comes after its race, too. Wakeup sequences do: it is what shows that a sleeper
  // does not cover them.
  virtual bool plans_later() const { return true; }
  // What could run at a node: nobody knows before the first execution whether it is needed.
  virtual bool wants_enabled() const { return takes_seen_ || cancels_.seen() || executions_ == 0; }
  // The option to go on with where nothing is planned: one that does not sleep if there is one.
  virtual uint32_t Unplanned(const ChoicePoint& point, const Node& node);
  // The step is made from `node`, where something is planned.
  virtual Below Follow(Node& node, Letter letter) = 0;
  // Whether races say whom a task is to meet besides, and what else its step is to choose; else it meets all that are
  // there, and chooses all there is, one after the other.
  virtual bool meets_by_races() const { return false; }
  // The event after node `index` races with one of steps_, which may be explored from the node in place of it: nothing
  // that sleeps there covers it. The first stable_ of them stay what they are as long as the race is there. False: it
  // is to be told of again, with what comes later then.
  virtual bool Reverse(uint32_t index) = 0;
  // Whether what is neither covered nor planned is always to be planned.
  virtual bool plans_all() const { return false; }
  // Whether something is left to be explored from the node; settles what is next. Asked only if there is a plan or
  // something to do.
  virtual bool Next(Node& node) = 0;
  // How many branches of the node are planned and not explored.
  virtual uint32_t Left(const Node& node) const {
    return static_cast<uint32_t>(std::popcount(node.todo & ~Slept(node)));
  }
  // All that was planned is explored. Whether to begin again, with more to be planned.
  virtual bool Widen() { return false; }

  // For a search that is split: from the nodes of so many levels every task is run, whatever races say.
  uint32_t expanded_ = 0;
  // An execution is ended at the first choice of a task after so many events.
  size_t cut_at_ = SIZE_MAX;
  bool was_cut() const { return cut_; }
  bool cut_blocked() const { return cut_blocked_; }
  bool surprise() const { return restart_ || restarts_.times > 0; }
  // Where it was cut is the root from here on, and nothing above is come back to.
  void Enter();
  size_t floor() const { return floor_; }

  uint32_t TaskBehind(const ChoicePoint& point, uint32_t option);
  // Whether it is one that goes on, at the last new choice: not one that only waits.
  bool CouldRun(uint32_t task) const { return candidates_.Has(task); }
  std::span<PlannedStep> Steps() { return {&steps_[0], steps_.size()}; }
  // Whether something is planned to be run from it.
  static bool HasPlan(const Node& node) { return node.plan != WakeupTree::kNone || node.again != kNone; }
  // Tasks all of whose next steps were explored.
  static TaskSet Slept(const Node& node) { return (node.sleep & ~node.partly) | node.done; }
  static bool Asleep(const Node& node, uint32_t task) { return (Slept(node) >> task & 1) != 0; }
  // The same of one of its steps. REQUIRES: `node` is the last.
  bool Asleep(const Node& node, Letter letter) const {
    if (((node.sleep | node.done) >> letter.task & 1) == 0) return false;
    return Explored(letter, sleepers_.met(letter.task), sleepers_.explored(letter.task));
  }

  Footprints footprints_;
  HappensBefore order_;
  WakeupTree tree_;
  Log<Node> nodes_;  // one more than events
  Log<SearchPath::Event> events_;
  Sleepers sleepers_;
  InsideChoices inside_choices_;
  Log<PlannedStep> steps_;
  size_t stable_ = 0;  // of steps_
  bool inside_seen_ = false;
  bool met_seen_ = false;  // a rendezvous, or a select: what is done with words does not know of them
  bool takes_seen_ = false;
  bool letters_chosen_ = false;  // what a step chose is part of its letter
  uint64_t infeasible_ = 0;

 private:
  // Whether it is among what was explored of its task's next step.
  bool Explored(Letter letter, TaskSet met, uint32_t explored) const {
    const bool plain = (letter.chosen | explored) == 0;
    if (!plain && (letter.chosen != InsideChoices::kPlain || letter.partner >= kTasksMax)) [[unlikely]] {
      return inside_choices_.Has(explored, {letter.chosen, letter.partner});
    }
    return letter.partner >= kTasksMax || (met >> letter.partner & 1) != 0;
  }

  using Decision = SearchPath::Decision;
  using FoundRace = SearchPath::FoundRace;
  using PathEvent = SearchPath::Event;

  uint32_t ChooseNew(const ChoicePoint& point);
  uint32_t PickTask(const ChoicePoint& point);
  // Whether one of the steps that were not looked at yet makes the search want to know what is enabled.
  bool TookSince(const Trace& trace);
  // The candidates that do not only wait; all of them, if all do.
  TaskSet WithoutSpinners(const ChoicePoint& point);
  uint32_t PickPartner(const ChoicePoint& point);
  // Another choice that is made within a step.
  uint32_t PickInside(const ChoicePoint& point);
  // Which of so many the step that begins with `first` chooses: what was planned; else what is left, if its task
  // sleeps.
  uint32_t PickRank(const Trace& trace, size_t first, uint32_t ranks);
  void RankPartners(Decision& decision, std::span<const uint32_t> partners, bool tries, const Trace& trace);
  // Whether one of the branches of a select is at a rendezvous.
  static bool MayMeet(const Trace& trace, size_t step);
  bool chooses_by_races() const { return meets_by_races() && !looks_at_partners_; }
  // What an event chose, of the choices [begin, end).
  uint32_t ChosenIn(uint32_t begin, uint32_t end);
  bool ChoseInside(size_t step) const;
  // What an event could have chosen instead.
  std::vector<uint32_t> OthersOf(uint32_t index);
  // Whether the task of a candidate, which stands where it may meet others, may meet this one; or somebody whom it has
  // not met while it slept.
  bool Meets(const ChoicePoint& point, uint32_t option, uint32_t partner);
  bool PartlyAwake(const ChoicePoint& point, const TaskRecord& task, uint32_t number);
  // Turns the steps that are complete into events.
  void Absorb(const Trace& trace, size_t count);
  [[gnu::always_inline]] void AbsorbEvent(const Trace& trace, uint32_t index, size_t step, size_t end, size_t access);
  // What is not just an operation of one task; and of all events once steps were seen to do something inside.
  void AbsorbRarely(const Trace& trace, PathEvent& event);
  // Whether it matters in which order the program's last step and those of others come: then it conflicts with
  // everything.
  bool EndsMatter(const Trace& trace) const;
  // The tasks of which it matters when they came to stand before their first operation: then that is an event, and a
  // look.
  TaskSet StartsMatter(const Trace& trace);
  // Of them those that something reached into while they stood there, or could have stood.
  TaskSet ReachedAtTheStart(const Trace& trace);
  // Those that were to go on and came to stand instead, and nothing was left that does not sleep.
  TaskSet StartedInVain(const Trace& trace);
  bool StartMatters(const Trace& trace, const Step& start) {
    return starts_matter_ != 0 && (starts_matter_ >> tasks_.Of(trace, start.task, 0) & 1) != 0;
  }
  void AddArrival(const Trace& trace, PathEvent& event);
  // What the start of the event's task did to scopes, if it came to stand and is no event.
  void AddUnseenStart(const Trace& trace, PathEvent& event);
  // Whether a step bears tasks that are not awaited at once: if its task had come to stand before its operation
  // earlier, they could have run before that.
  bool StepsBear(const Trace& trace) const;
  // Whether a task on whose end that of the program depends ends in it.
  bool EndsTheProgram(const Trace& trace, const PathEvent& event) const;
  // The event that has the step.
  uint32_t EventOf(size_t step) const;
  // Names a step of a task after `end` events across executions; sets its ordinal.
  uint64_t WhereOf(uint32_t task, size_t end, Place place, OpKind kind, uint32_t& ordinal) const;
  // A step was seen to do something inside, for the first time.
  void SeeInside(const Trace& trace);
  void WidenToAllSeen(const Trace& trace, uint32_t event);
  void WidenPartners(const Trace& trace, uint32_t event);
  void WidenToMay(uint32_t task, size_t end, Place place, StepFootprint& operation);
  // If more than two tasks were ever seen to go on in it, it conflicts with everything.
  void SettleCrowd(StepFootprint& footprint) const;
  void AbsorbInside(const Trace& trace, PathEvent& event);
  void AddNotification(PathEvent& event);
  void Analyse(const Trace& trace);
  void TellBirths(const Trace& trace, uint32_t event);
  [[gnu::always_inline]] void AppendEvent(const Trace& trace, uint32_t event);
  // One that is more than an operation of its task.
  void AppendRarely(const Trace& trace, uint32_t event, TaskSet enabled);
  // What is known of what the operation of a task waits for, which it came to stand at before event `before`.
  HappensBefore::Waits WaitsOf(const Trace& trace, uint32_t task, uint32_t id, const StepFootprint& operation,
                               Openings open, uint32_t before) const;
  // What objects let through before an event, as far as they say: into opened_.
  void CollectOpened(const Trace& trace, uint32_t event);
  PlannedStep SecondOf(const HappensBefore::Race& race, const PlannedStep& own);
  // The race of event `first` with `second`, which stands at `index` of the first `count` events, or, if it pends,
  // before that; as Reverse.
  bool TellRace(const PlannedStep& second, uint32_t first, uint32_t index, uint32_t count, bool pends);
  // The same of steps_; what the last stable one chooses is not known there.
  bool TellSecond(uint32_t first);
  // What could have been chosen instead inside the first `count` events.
  void TellOthers(uint32_t count);
  // For each yield of a task that had only waited, in this execution: who woke it, or could have.
  void FindWakers(const Trace& trace);
  // As TellRace, if there are such: in the other order, too, one of them must come before the yield.
  bool TellRaceOfWoken(const PlannedStep& second, uint32_t first, uint32_t index, uint32_t count, bool pends);
  // Orders `events`, those of the other order, so; what nobody wakes goes. False: the second needs that.
  bool OrderByWakers(const PlannedStep& second, uint32_t first, uint32_t index, bool pends,
                     std::vector<uint32_t>& events) const;
  // Whether an execution from node `index` that is equivalent to one of steps_ begins with a task that
  // sleeps there: whatever comes later, or as long as nothing that comes later is in its way.
  enum class Cover : uint8_t { kNone, kForNow, kForGood };
  Cover Covered(uint32_t index);
  // Reverse, unless a sleeper covers it.
  bool Tell(uint32_t index);
  static constexpr uint32_t kAbsent = HappensBefore::kEarly;
  static constexpr uint32_t kDependent = kAbsent + 1;
  uint32_t FirstInWords(HappensBefore::Early events, uint32_t task, const StepFootprint& footprint) const;
  Cover CoveredInWords(uint32_t first, uint32_t index, HappensBefore::Early events);
  // Tells of a race with words instead of lists: its steps are those of `events`, the first of which does not sleep.
  // `settled` as of Settle. False: they do not tell enough. REQUIRES: there are only early events, and !met_seen_.
  bool SettleInWords(FoundRace& found, HappensBefore::Early events, bool& settled);
  // Tells of a race, if it must be; `by_words`: sets of events are words. Whether it need not be told of again,
  // whatever comes later.
  [[gnu::always_inline]] bool Settle(FoundRace& found, uint32_t begin, bool by_words);
  // Whether a race that was covered for now by its sleeper still is, with the events from `begin` on instead of others.
  bool StillCovered(const FoundRace& found, uint32_t begin) const;
  // Those of the events [begin, end) that do not come because of `first`, to steps_.
  void AddBeside(uint32_t first, uint32_t begin, uint32_t end);
  void TellPartners(const Trace& trace, uint32_t event);
  void AnalysePending(const Trace& trace, uint32_t end);
  void AnalyseCut(const Trace& trace);
  // What could have come before an event, and never came because of it: to missed_.
  void CollectMissed(const Trace& trace, uint32_t event);
  // The tasks that a step may let go on and cancel at once.
  TaskSet FreedOf(const Trace& trace);
  void PendingRaces(uint32_t task, const StepFootprint& operation, const HappensBefore::Waits& waits);
  // Where its tasks stood before an event: into stands_.
  void CollectStands(const Trace& trace, uint32_t event);
  void AddStand(const Trace& trace, uint32_t task, const Step& step, const Access* accesses, size_t count);
  // What a task stands before at the end; with its stands.
  StepFootprint PendingFootprint(const Trace& trace, size_t pending);
  // The choice of an event's partner, if its task is to meet another from its node; else kNone.
  uint32_t MeetingPlanned(uint32_t index) const;
  void NoteExplored(uint32_t index, const PathEvent& event);
  uint32_t ExploredWith(uint32_t explored, uint32_t index);
  bool Backtrack();
  uint32_t Cut(const ChoicePoint& point);
  bool OtherChoiceInside(uint32_t event);
  void KeepForOthers(const Below& followed, Letter letter, uint32_t first_choice, uint32_t choices_end);
  void DropKept(size_t node);
  // What else is planned for a task whose select has tried all that there is.
  void DropPlanned(Node& node, uint32_t task);
  // Whether a step of its task is planned that was not explored.
  bool PlansMore(const Node& node, uint32_t task) const;
  // Forgets what was explored, but not what was learned about steps.
  void StartOver();
  // The same where that belies what was explored. Gives true.
  bool BeginAgain();

  Log<Decision> choices_;  // to repeat
  size_t asked_ = 0;
  // Nobody sleeps and nothing is planned from here to the end of the execution, so steps become events only there.
  bool free_ = false;
  size_t looked_ = 0;      // steps, by TookSince
  Candidates candidates_;  // at the last new choice
  Log<HappensBefore::Race> races_;
  Log<FoundRace> found_;  // those of the events in order_ that are to be told of, by the later event
  // What is planned below an event, for its other choices inside; by node and partner.
  std::map<std::pair<size_t, uint32_t>, Below> kept_;
  size_t kept_end_ = 0;  // no node from here on is in it
  // Of the nodes whose event is repeated with other choices inside: what was explored of its task's step.
  std::vector<std::pair<uint32_t, uint32_t>> explored_;
  Letter wanted_;                 // the step that PickTask went for
  size_t wanted_at_ = 0;          // from which node
  std::vector<uint32_t> joined_;  // scratch, as the next three
  std::vector<uint32_t> others_;
  std::vector<HappensBefore::Stand> stands_;
  std::vector<HappensBefore::Opened> opened_;
  TaskSet moving_ = 0;               // the tasks of steps_
  uint32_t covers_for_now_ = kNone;  // the sleeper that Covered found
  TaskNumbers tasks_;
  SpinWatch spin_watch_;
  CancelFootprints cancels_;
  struct Waker {
    uint32_t yield;  // events
    uint32_t change;
  };
  std::vector<Waker> wakers_;  // by yield
  struct Missed {
    PlannedStep step;
    uint32_t first;  // event that it races with
    uint32_t index;  // of the event that it could have been
  };
  std::vector<Missed> missed_;  // in this execution
  bool yields_seen_ = false;
  bool inside_chosen_ = false;      // something was, in a step
  bool draws_seen_ = false;         // explorable ones
  bool looks_at_partners_ = false;  // a select does, or a try form: at who stands before a rendezvous
  bool held_back_ = false;
  bool ends_matter_ = false;
  TaskSet started_in_vain_ = 0;  // in any execution
  TaskSet starts_matter_ = 0;    // of these, those that do nothing else are events
  bool bears_seen_ = false;      // a step did: first steps that bear tasks are events, and looks
  TaskSet drawing_ = 0;  // tasks that yield and draw: another round may do something else, so they are not held back
  size_t absorbed_ = 0;  // steps
  size_t accesses_ = 0;  // absorbed
  uint32_t redundant_from_ = kNone;  // event
  size_t floor_ = 0;                 // events that stay
  bool cut_ = false;                 // this execution was
  bool cut_blocked_ = false;         // all that could run there slept
  bool coarse_ = false;              // another interleaving than kOperation
  bool restart_ = false;
  Restarts restarts_;
  std::map<uint64_t, uint16_t> may_;  // what steps do inside: a set of footprints_ by where
  uint64_t executions_ = 0;
  uint64_t started_at_ = 0;  // execution: the first since it started over
  uint64_t traces_ = 0;
  uint64_t redundant_ = 0;
};

}  // namespace fate::sim
