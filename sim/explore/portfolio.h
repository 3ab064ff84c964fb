// Portfolio: the default: the quiet run, then several strategies that share the budget by what they find,
// and a systematic one that may prove that nothing is left.
//
// No strategy dominates: each of RFF, SURW, URW, POS, PCT and the walk is best somewhere and blind somewhere
// else. Each execution is given to one of them, in proportion to its share: what is known of it
// beforehand, times how often it brought a new trace (Coverage). All learn from every execution.
//
// Optimal DPOR (under a coarser interleaving than kOperation: plain depth-first search) makes the first
// execution, which is the quiet one, and has a share from then on: most of the budget when the samples
// say that there are few traces, little when there are many. When it has seen them all the search is
// over, unless the program draws random numbers: then sampling goes on with other draws.
//
// Shares change at the boundaries of rounds only (fate/sim/strategies/numbered.h), from results in the order of
// their numbers, so the search is a function of its seed. Who makes which execution of a round is settled when it
// begins; what the systematic search leaves when it ends within one goes to the random walk.
// Tested by tests/explore/portfolio_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/strategies/numbered.h"
#include "fate/sim/strategies/optimal_dpor.h"

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
  // Whether the next execution is one of the systematic search.
  bool fixed_draws() const override { return current_ == kSystematic; }
  double Progress() const override;
  std::string Claim() const override;
  std::string StopReason() const override { return arms_[current_].strategy->StopReason(); }

  // The strategy that makes the next execution, or the one under way.
  const char* current() const { return arms_[current_].name; }

 private:
  static constexpr size_t kSystematic = 0;
  static constexpr size_t kWalk = 4;

  struct Arm {
    const char* name;
    double prior;  // its share before anything is known
    std::unique_ptr<Strategy> strategy;
    Numbered* numbered = nullptr;  // the same; null: the systematic one
    double share = 0;
    double credit = 0;  // what it is owed, in executions
    uint64_t executions = 0;
    uint64_t brought = 0;  // new traces in them
  };

  Arm& Add(const char* name, double prior, std::unique_ptr<Strategy> strategy);
  void AddSampling(const char* name, double prior, std::unique_ptr<Numbered> strategy);
  // In the first execution, once it is known under which interleaving.
  void ChooseSystematic(const Execution& execution);
  void UseDepthFirst();
  void EndRound();
  double SystematicShare() const;
  // Settles who makes the executions of the round of `number`.
  void PlanRound(uint64_t number);
  size_t NextArm();
  // Of this round, if the systematic search can be used, or cannot.
  size_t ArmOf(uint64_t number, bool systematic) const;

  const Coverage& coverage_;
  std::vector<Arm> arms_;
  OptimalDpor* dpor_ = nullptr;  // of arms_[kSystematic]; null: it is another
  size_t current_ = kSystematic;
  std::vector<size_t> plan_;  // arms, by number within the round
  uint64_t plan_from_ = 0;    // the first number of the round
  uint64_t plan_end_ = 0;
  bool goes_on_ = true;  // the execution that is prepared is one of the systematic search, as was planned
  uint64_t traces_seen_ = 0;
  double progress_ = 0;     // of the systematic search, as far as was learned
  bool systematic_ = true;  // the same: it can be used, and is not done
  bool ended_here_ = false;  // it is done, or cannot be used: known at once where it runs
  bool first_choice_ = true;
  bool sees_operations_ = true;
  bool drew_ = false;  // the program depends on the seed of its draws
};

}  // namespace fate::sim
