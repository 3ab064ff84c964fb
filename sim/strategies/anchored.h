// Anchored: a schedule as the few places where it leaves the quiet one, each named by what stays when
// others are taken out.
//
//   Anchored record(Schedule...);                 // follows, strictly
//   record.taken()                                // the same deviations, by name
//   Anchored(deviations)                          // follows them as far as they fit
//
// A place is "after the n-th step of that task", a target "that task": so a deviation still means the same
// when an earlier one is gone, which a number of a choice does not. What does not fit is left out: the run
// goes on quietly. taken() tells what was done, and cost() what it costs a reader: that is how
// schedules are shrunk (sim/explore/shrinker.h). Names of tasks are paths of births. O(1) a choice, but for
// finding a target among the candidates. Tested by tests/strategies/anchored_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "fate/sim/core/schedule.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/strategies/replay.h"

namespace fate::sim {

// Where a choice stands: which one, since the step before it.
struct Anchor {
  uint64_t task;     // path of the task that made the last step; 0: none yet
  uint64_t steps;    // how many it had made then
  uint32_t ordinal;  // among the choices since
  friend auto operator<=>(const Anchor&, const Anchor&) = default;
};

struct AnchoredDeviation {
  Anchor at;
  uint32_t kind;    // ChoiceKind
  uint64_t target;  // of kTask: the path of the task that runs; else the option
  // At the next choice after that at which the task cannot go on, where to leave it costs nothing. Not in
  // what is recorded.
  bool when_it_stops = false;
  bool preempts = false;  // as recorded: the task could have gone on
  friend auto operator<=>(const AnchoredDeviation&, const AnchoredDeviation&) = default;
};

class Anchored final : public Strategy {
 public:
  explicit Anchored(const std::vector<AnchoredDeviation>& deviations);
  explicit Anchored(const Schedule& schedule) : strict_(Replay(schedule)) {}

  void BeginExecution(uint64_t number) override;
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution& execution) override;
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override { return strict_ ? strict_->StopReason() : ""; }

  // After an execution: where it left the quiet one, in order.
  const std::vector<AnchoredDeviation>& taken() const { return taken_; }
  const ScheduleCost& cost() const { return cost_; }

 private:
  // Takes note of the steps since the last choice.
  void CatchUp(const Trace& trace);
  // What it deviates to here; null: to nothing.
  const AnchoredDeviation* Find(const ChoicePoint& point);
  uint32_t OptionAt(const ChoicePoint& point);

  std::map<Anchor, AnchoredDeviation> deviations_;
  std::map<Anchor, AnchoredDeviation> stops_;  // those of when_it_stops
  std::optional<Replay> strict_;

  // Of the execution.
  std::map<Anchor, AnchoredDeviation> stops_left_;
  size_t seen_ = 0;  // steps
  std::map<uint64_t, uint64_t> steps_;
  Anchor here_{};
  uint64_t last_task_ = 0;
  std::vector<AnchoredDeviation> taken_;
  ScheduleCost cost_;
};

}  // namespace fate::sim
