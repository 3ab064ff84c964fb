// BoundedSearch: every schedule once, cheapest first: what delay and preemption bounding share.
//
//   class PreemptionBounded final : public BoundedSearch {
//     Price PriceOf(const ChoicePoint& point) const;                 // what the options cost
//     uint32_t OptionAt(const ChoicePoint& point, uint32_t rank);    // the options, cheapest first
//   };
//
// As iterative context bounding (Musuvathi, Qadeer, PLDI 2007, algorithm 1): a schedule costs the
// sum of its choices; those that cost exactly the bound are explored, depth first through what is
// free, and what costs more is left for a later bound. Choices that are not of tasks are free. Our
// deviation: what is left is not kept as work items, but as the executions they branch off from,
// which is fewer by the number of branches. An execution costs O(its choices).
//
// Memory is bounded: of the executions that have branches at a later bound kKeptBytes are kept (fate/sim/strategies/
// kept_runs.h), whole bounds of them. Where that is full, later bounds go depth first through all that costs no more
// than the bound, from the last bound that was kept: executions that cost less are made again, on the way to those that
// cost as much (runs_again). So at each bound the same schedules are new, in another order.
//
// With Order::kRacesFirst, of the branches of one bound those come first that begin before a step that conflicts with a
// later one of another task: to put off another step often leads to the same trace. O(steps^2) an execution besides.
//
// Tested by tests/strategies/preemption_bounded_test.cc and tests/strategies/delay_bounded_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/strategy.h"
#include "fate/sim/race/footprint.h"
#include "fate/sim/strategies/kept_runs.h"

namespace fate::sim {

class BoundedSearch : public Strategy {
 public:
  enum class Order : uint8_t { kInTurn, kRacesFirst };

  static constexpr size_t kKeptBytes = size_t{256} << 20;

  explicit BoundedSearch(Order order = Order::kInTurn, size_t kept_bytes = kKeptBytes)
      : order_(order), runs_(kept_bytes) {}

  void BeginExecution(uint64_t) final {
    depth_ = 0;
    planned_ = path_.size();
    step_of_.clear();
  }
  uint32_t Choose(const ChoicePoint& point) final;
  bool EndExecution(const Execution& execution) final;
  bool fixed_draws() const final { return true; }
  bool runs_again() const final { return cost_ < bound_; }
  std::string StopReason() const final;

  // What the next execution will cost, or the last one if the search is exhausted. All schedules
  // that cost less have been explored.
  uint32_t bound() const { return bound_; }

  // What follows is for a search by several processes (fate/sim/explore/split_bounded.h): what a bound runs depends on
  // the bounds before it only, so its branches may be run anywhere, if what is left for later bounds is brought back in
  // their order.

  using Turn = KeptRuns::Turn;
  // An execution that others branch off from.
  using Run = KeptRuns::Run;
  // Some schedules of one bound: one that begins with `path`, then all that differ from choice `floor` on and cost no
  // more than the bound, depth first. As it is made: all of bound 0.
  struct Part {
    std::vector<Turn> path;
    size_t floor = 0;
  };

  // The next branch of the bound, as a part; nothing of it is run here. Nothing: there is no further one.
  std::optional<Part> NextPart();
  // The next bound; what was brought back is of the bounds before. False: that was all.
  bool NextBound();
  void BringBack(const Run& run);

  // From here on it is the search of that part alone: EndExecution gives false at its end.
  void Descend(const Part& part);
  // After an execution of a part, once: what it leaves for later bounds; without its path if that is not kept.
  std::optional<Run> Leave();
  // What is left of the part, if it is not at its end; the same in several, in order: its largest ones apart.
  Part Rest() const { return {path_, floor_}; }
  static std::vector<Part> Cut(const Part& part, uint32_t bound);

 protected:
  // Of the options of one choice, by rank; rank 0 is free.
  enum class Price : uint8_t {
    kFree,  // all are
    kLast,  // the last costs 1, all others are free
    kOne,   // all others cost 1
    kRank,  // each costs its rank
  };
  // REQUIRES, of both: point.kind is kTask. Functions of what has happened.
  virtual Price PriceOf(const ChoicePoint& point) const = 0;
  virtual uint32_t OptionAt(const ChoicePoint& point, uint32_t rank) = 0;

 private:
  static uint32_t CostOf(const Turn& turn, uint32_t rank);
  static uint32_t CostOf(const std::vector<Turn>& path, size_t end);
  // The least rank above `tried` that costs from `least` to `most`; 0: none. REQUIRES: 0 < least <= most.
  static uint32_t NextRank(const Turn& turn, uint32_t least, uint32_t most, uint32_t tried);
  // Which of the choices that are new are dull.
  void Judge(const Execution& execution);
  void Keep(const Execution& execution);
  // Below the branch that is explored.
  bool NextBelow();
  // Of the bound.
  bool NextBranch();
  bool NextRun();

  Order order_ = Order::kInTurn;
  Footprints footprints_;
  std::vector<size_t> step_of_;  // of the execution: which step followed each choice; only if it is asked for

  std::vector<Turn> path_;  // what to choose next time, to the depth explored
  size_t depth_ = 0;
  size_t planned_ = 0;  // choices of this execution that were settled before it
  size_t floor_ = 0;    // choices that stay until all below them has been explored
  uint32_t cost_ = 0;   // of the next execution, or the one under way
  uint32_t bound_ = 0;
  uint32_t dearest_ = 0;  // the highest bound at which there is a branch of what was run
  bool alone_ = false;    // it is the search of one part

  Run made_{};           // what the last execution leaves for later bounds
  bool leaves_ = false;  // it was not fetched yet
  KeptRuns runs_;
  bool from_root_ = false;  // none are kept: all begins with the first choice
  bool dull_ = false;       // whether the dull ones are next
  // Where the next branch is looked for: the run, the choice, the rank tried last.
  KeptRuns::Reader reader_;
  bool in_run_ = false;  // not all of the run that was read last has been looked at
  size_t at_ = 0;
  uint32_t tried_ = 0;
};

}  // namespace fate::sim
