#include "fate/sim/explore/portfolio.h"

#include <algorithm>
#include <utility>

#include "fate/sim/core/execution.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/pct.h"
#include "fate/sim/strategies/pct_chains.h"
#include "fate/sim/strategies/pos.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sim/strategies/rff.h"
#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/surw.h"
#include "fate/sim/strategies/urw.h"

namespace fate::sim {

namespace {

// Up to so many traces the systematic search is likely to come to its end.
constexpr double kFewTraces = 100'000;

}  // namespace

Portfolio::Portfolio(uint64_t seed, const Coverage& coverage) : coverage_(coverage) {
  auto dpor = std::make_unique<OptimalDpor>();
  dpor_ = dpor.get();
  // Over the programs of docs/search.md the shares that cost least are 85 % for reads-from fuzzing and the
  // rest for URW and the walk; the others are there for what those programs are not.
  Add("optimal_dpor", 0, std::move(dpor));
  Add("rff", 0.6, std::make_unique<Rff>(Mix(seed, 7)));
  Add("surw", 0.12, std::make_unique<Surw>(Mix(seed, 1)));
  Add("urw", 0.12, std::make_unique<Urw>(Mix(seed, 2)));
  Add("random", 0.08, std::make_unique<RandomWalk>(Mix(seed, 3)));
  Add("pos", 0.04, std::make_unique<Pos>(Mix(seed, 4)));
  Add("pct", 0.02, std::make_unique<Pct>(Mix(seed, 5)));
  Add("pct_chains", 0.02, std::make_unique<PctChains>(Mix(seed, 6)));
  EndRound();
}

Portfolio::~Portfolio() = default;

void Portfolio::Add(const char* name, double prior, std::unique_ptr<Strategy> strategy) {
  Arm& arm = arms_.emplace_back();
  arm.name = name;
  arm.prior = prior;
  arm.strategy = std::move(strategy);
}

void Portfolio::BeginExecution(uint64_t number) {
  number_ = number;
  traces_before_ = coverage_.traces();
  // The samplers number their executions by all there are, since they learn from all.
  Arm& arm = arms_[current_];
  arm.strategy->BeginExecution(current_ == kSystematic ? arm.executions : number);
}

uint32_t Portfolio::Choose(const ChoicePoint& point) {
  if (first_choice_) [[unlikely]] ChooseSystematic(*point.execution);
  uint32_t option = arms_[current_].strategy->Choose(point);
  if (option == kStop && current_ == kSystematic && dpor_ != nullptr && dpor_->too_many_tasks()) {
    systematic_ = false;  // the execution goes on quietly
    return 0;
  }
  return option;
}

void Portfolio::ChooseSystematic(const Execution& execution) {
  first_choice_ = false;
  if (execution.interleaving == Interleaving::kOperation) return;
  dpor_ = nullptr;
  Arm& arm = arms_[kSystematic];
  arm.name = "depth_first";
  arm.strategy = std::make_unique<DepthFirst>();
  arm.strategy->BeginExecution(0);
}

bool Portfolio::EndExecution(const Execution& execution) {
  if (first_choice_) ChooseSystematic(execution);
  Arm& arm = arms_[current_];
  ++arm.executions;
  arm.brought += coverage_.traces() != traces_before_;
  drew_ |= execution.drew;
  for (size_t i = 1; i < arms_.size(); ++i) arms_[i].strategy->EndExecution(execution);
  if (current_ == kSystematic && systematic_ && !arm.strategy->EndExecution(execution)) {
    systematic_ = false;
    bool complete = dpor_ == nullptr || !dpor_->too_many_tasks();
    // Other draws may do what these did not.
    if (complete && !drew_) return false;
  }
  if (RoundOf(number_ + 1) != RoundOf(number_)) EndRound();
  PickNext();
  return true;
}

// An arm that brought as many new traces as the best keeps what it was given beforehand, one that brought
// none a quarter of it: it may be the only one that sees what is left.
void Portfolio::EndRound() {
  auto yield = [](const Arm& arm) {
    return (static_cast<double>(arm.brought) + 1) / (static_cast<double>(arm.executions) + 1);
  };
  double best = 0;
  for (size_t i = 1; i < arms_.size(); ++i) best = std::max(best, yield(arms_[i]));
  double sum = 0;
  for (size_t i = 1; i < arms_.size(); ++i) {
    Arm& arm = arms_[i];
    arm.share = arm.prior * (0.25 + 0.75 * yield(arm) / best);
    sum += arm.share;
  }
  double systematic = SystematicShare();
  arms_[kSystematic].share = sum * systematic / (1 - systematic);
}

// Of all executions.
double Portfolio::SystematicShare() const {
  const Arm& arm = arms_[kSystematic];
  if (coverage_.samples() < 32) return 0.08;
  double estimate = coverage_.Estimate();
  if (double progress = arm.strategy->Progress(); progress > 0) {
    // The progress is an upper bound, and far off at the beginning.
    estimate = std::max(estimate, static_cast<double>(arm.executions) / progress / 4);
  }
  return estimate <= kFewTraces ? 0.5 : 0.1;
}

void Portfolio::PickNext() {
  size_t first = systematic_ ? 0 : 1;
  double sum = 0;
  for (size_t i = first; i < arms_.size(); ++i) sum += arms_[i].share;
  size_t next = first;
  for (size_t i = first; i < arms_.size(); ++i) {
    arms_[i].credit += arms_[i].share / sum;
    if (arms_[i].credit > arms_[next].credit) next = i;
  }
  arms_[next].credit -= 1;
  current_ = next;
}

double Portfolio::Progress() const { return systematic_ ? arms_[kSystematic].strategy->Progress() : 0; }

}  // namespace fate::sim
