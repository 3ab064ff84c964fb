// Portfolio: the default: the quiet run, then several strategies that share the budget by what they find,
// and a systematic one that may prove that nothing is left.
//
// No strategy dominates: each of RFF, SURW, URW, POS, PCT and the walk is best somewhere and blind somewhere
// else. Each execution is given to one of them, in proportion to its share: what is known of it
// beforehand, times how often it brought a new trace (Coverage). All learn from every execution. While what they do
// was seen before they are steered away from it (fate/sim/strategies/new_traces.h).
//
// Many bugs need no more than a few delays of a plain schedule: delay bounding has half of the first executions, and
// ever less of the later ones, as its schedules become more and less likely to differ in what matters. What is not
// found in a thousand executions the first favourites may be blind to: shares move on to those that find what is
// rare.
//
// Optimal DPOR (under a coarser interleaving than kOperation: plain depth-first search) makes the first
// execution, which is the quiet one, and has a small share from then on, and one execution more for each sample that
// repeats a trace, since what it does is new: little where there are many traces, about half where there are
// few. When it has seen them all the search is over, unless the program draws random numbers: then sampling goes on
// with other draws.
//
// Shares change at the boundaries of rounds only (fate/sim/strategies/numbered.h), from results in the order of
// their numbers, so the search is a function of its seed. Who makes which execution of a round is settled when it
// begins; what a search leaves when it ends within one goes to the random walk.
// A program that draws numbers which are explored, and has selects or try forms at a rendezvous, has sleep sets as its
// systematic search, begun anew: optimal DPOR may miss what such a number decides there.
// Tested by tests/explore/portfolio_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/race/reduced_search.h"
#include "fate/sim/strategies/new_traces.h"
#include "fate/sim/strategies/numbered.h"
#include "fate/sim/strategies/rff.h"

namespace fate::sim {

class Portfolio final : public Numbered {
 public:
  // `coverage` is what the explorer notes executions in, before EndExecution; it must live as long.
  Portfolio(uint64_t seed, const Coverage& coverage);
  ~Portfolio() override;

  void Prepare(uint64_t number) override;
  bool GoesOn() const override { return goes_on_; }
  void BeginExecution(uint64_t number) override;
  uint32_t Choose(const ChoicePoint& point) override;
  Finding Finish(const Execution& execution) override;
  bool LearnFrom(const Execution& execution, const Finding& finding) override;
  bool wants_footprints() const override { return true; }
  // Whether the next execution is one of a search, and no sample.
  bool fixed_draws() const override { return current_ < kSamplers; }
  bool runs_again() const override { return arms_[current_].strategy->runs_again(); }
  bool relies_on_dependence() const override { return true; }
  double Progress() const override;
  Restarts restarts() const override;
  std::string Claim() const override;
  std::string StopReason() const override { return arms_[current_].strategy->StopReason(); }

  // The strategy that makes the next execution, or the one under way.
  const char* current() const { return arms_[current_].name; }

 private:
  static constexpr size_t kSystematic = 0;
  static constexpr size_t kBounded = 1;
  static constexpr size_t kSamplers = 2;  // from here on
  static constexpr size_t kRff = 2;
  static constexpr size_t kWalk = 5;

  struct Arm {
    const char* name;
    double prior;  // its share before anything is known
    double late;   // and after long: see LateAt
    std::unique_ptr<Strategy> strategy;
    Numbered* numbered = nullptr;  // the same; null: a search
    bool can = true;               // a search: it is not done, and can be used, as far as was learned
    bool ended = false;            // a search: it is done, or cannot be used: known at once where it runs
    double share = 0;
    double credit = 0;  // what it is owed, in executions
    uint64_t executions = 0;
    uint64_t brought = 0;  // new traces in them
  };

  Arm& Add(const char* name, double prior, double late, std::unique_ptr<Strategy> strategy);
  void AddSampling(const char* name, double prior, double late, std::unique_ptr<Numbered> strategy);
  // In the first execution, once it is known under which interleaving.
  void ChooseSystematic(const Execution& execution);
  void UseDepthFirst();
  // What optimal DPOR may miss sleep sets do not. They begin anew.
  void UseSleepSets();
  // Before the round of `number`.
  void EndRound(uint64_t number);
  // The share of all executions that delay bounding has at this one.
  double BoundedShare(uint64_t number) const;
  Finding FinishSystematic(const Execution& execution);
  // Settles who makes the executions of the round of `number`.
  void PlanRound(uint64_t number);
  size_t NextArm(uint64_t number);
  // Of this round; `here`: as far as is known where searches run.
  size_t ArmOf(uint64_t number, bool here) const;

  // How far a search that has not found anything by then has moved from the first shares to the late ones, 0 to 1.
  static double LateAt(uint64_t number);

  const uint64_t seed_;
  const Coverage& coverage_;
  std::vector<Arm> arms_;
  Rff* rff_ = nullptr;
  ReducedSearch* reduced_ = nullptr;  // of arms_[kSystematic]; null: it is another
  size_t current_ = kSystematic;
  std::vector<size_t> plan_;  // arms, by number within the round
  uint64_t plan_from_ = 0;    // the first number of the round
  uint64_t plan_end_ = 0;
  bool goes_on_ = true;    // the execution that is prepared is one of a search, as was planned
  uint64_t choices_ = 0;   // of the first execution
  double progress_ = 0;    // of the systematic search, as far as was learned
  uint64_t repeated_ = 0;  // samples in this round that brought no new trace
  NewTraces new_traces_;
  bool quiet_is_plain_ = true;  // so far: the first execution is the first of delay bounding, too
  bool first_choice_ = true;
  bool sees_operations_ = true;
  bool drew_ = false;  // the program depends on the seed of its draws
};

}  // namespace fate::sim
