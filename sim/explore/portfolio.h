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
// Shares change at the boundaries of rounds only (RoundOf), from results in the order of their numbers,
// so the search is a function of its seed. Tested by tests/explore/portfolio_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/strategies/optimal_dpor.h"

namespace fate::sim {

class Portfolio final : public Strategy {
 public:
  // `coverage` is what the explorer notes executions in, before EndExecution; it must live as long.
  Portfolio(uint64_t seed, const Coverage& coverage);
  ~Portfolio() override;

  void BeginExecution(uint64_t number) override;
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution& execution) override;
  bool wants_footprints() const override { return true; }
  // Whether the next execution is one of the systematic search.
  bool fixed_draws() const override { return current_ == kSystematic; }
  double Progress() const override;
  std::string Claim() const override { return arms_[kSystematic].strategy->Claim(); }
  std::string StopReason() const override { return arms_[current_].strategy->StopReason(); }

  // The strategy that makes the next execution, or the one under way.
  const char* current() const { return arms_[current_].name; }

 private:
  static constexpr size_t kSystematic = 0;

  struct Arm {
    const char* name;
    double prior;  // its share before anything is known
    std::unique_ptr<Strategy> strategy;
    double share = 0;
    double credit = 0;  // what it is owed, in executions
    uint64_t executions = 0;
    uint64_t brought = 0;  // new traces in them
  };

  void Add(const char* name, double prior, std::unique_ptr<Strategy> strategy);
  // In the first execution, once it is known under which interleaving.
  void ChooseSystematic(const Execution& execution);
  void EndRound();
  double SystematicShare() const;
  void PickNext();

  const Coverage& coverage_;
  std::vector<Arm> arms_;
  OptimalDpor* dpor_ = nullptr;  // of arms_[kSystematic]; null: it is another
  size_t current_ = kSystematic;
  uint64_t number_ = 0;  // of the execution
  uint64_t traces_before_ = 0;
  bool systematic_ = true;  // it can be used, and is not done
  bool first_choice_ = true;
  bool drew_ = false;  // the program depends on the seed of its draws
};

}  // namespace fate::sim
