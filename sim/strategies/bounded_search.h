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
// which is fewer by the number of branches. An execution costs O(its choices); memory: the path of
// every execution that has branches at a later bound.
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

namespace fate::sim {

class BoundedSearch : public Strategy {
 public:
  enum class Order : uint8_t { kInTurn, kRacesFirst };

  BoundedSearch() = default;
  explicit BoundedSearch(Order order) : order_(order) {}

  void BeginExecution(uint64_t) final {
    depth_ = 0;
    planned_ = path_.size();
    step_of_.clear();
  }
  uint32_t Choose(const ChoicePoint& point) final;
  bool EndExecution(const Execution& execution) final;
  bool fixed_draws() const final { return true; }
  std::string StopReason() const final;

  // What the next execution will cost, or the last one if the search is exhausted. All schedules
  // that cost less have been explored.
  uint32_t bound() const { return bound_; }

  // What follows is for a search by several processes (fate/sim/explore/split_bounded.h): what a bound runs depends on
  // the bounds before it only, so its branches may be run anywhere, if what is left for later bounds is brought back in
  // their order.

  struct Turn {
    uint32_t rank;
    uint32_t options : 29;
    uint32_t price : 2;
    uint32_t dull : 1;  // its branches come after the others
  };
  // An execution that others branch off from.
  struct Run {
    std::vector<Turn> path;  // to the last choice that was not free
    size_t from;             // its branches begin here; earlier ones are those of another run
    uint32_t cost;
    uint32_t reach;  // the most that a branch costs besides
  };
  // Some schedules of one bound: one that begins with `path`, then all that differ in what is free from choice `floor`
  // on, depth first. As it is made: all of bound 0.
  struct Part {
    std::vector<Turn> path;
    size_t floor = 0;
  };

  // The next branch of the bound, as a part; nothing of it is run here. Nothing: there is no further one.
  std::optional<Part> NextPart();
  // The next bound; what was brought back is of the bounds before. False: that was all.
  bool NextBound();
  void BringBack(Run run) { runs_.push_back(std::move(run)); }

  // From here on it is the search of that part alone: EndExecution gives false at its end.
  void Descend(const Part& part);
  // After an execution of a part, once: what it leaves for later bounds.
  std::optional<Run> Leave();
  // What is left of the part, if it is not at its end; the same in several, in order: its largest ones apart.
  Part Rest() const { return {path_, floor_}; }
  static std::vector<Part> Cut(const Part& part);

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
  static uint32_t MostOf(const Turn& turn);
  // How many ranks are free, from 0 on.
  static uint32_t FreeOf(const Turn& turn);
  // The least rank above `tried` that costs `cost`; 0: none.
  static uint32_t NextRank(const Turn& turn, uint32_t cost, uint32_t tried);
  // Which of the choices that are new are dull.
  void Judge(const Execution& execution);
  void Keep();
  bool NextFree();
  // Within the bound.
  bool NextBranch();

  Order order_ = Order::kInTurn;
  Footprints footprints_;
  std::vector<size_t> step_of_;  // of the execution: which step followed each choice; only if it is asked for

  std::vector<Turn> path_;  // what to choose next time, to the depth explored
  size_t depth_ = 0;
  size_t planned_ = 0;  // choices of this execution that were settled before it
  size_t floor_ = 0;    // choices that stay until all that is free below them has been explored
  uint32_t bound_ = 0;
  bool alone_ = false;  // it is the search of one part

  std::vector<Run> runs_;  // in the order in which they were made
  size_t earlier_ = 0;     // how many of them are of smaller bounds
  uint32_t dull_ = 0;  // whether the dull ones are next
  size_t run_ = 0;  // where the next branch is looked for: the run, the choice, the rank tried last
  size_t at_ = 0;
  uint32_t tried_ = 0;
};

}  // namespace fate::sim
