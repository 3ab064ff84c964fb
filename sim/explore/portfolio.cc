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
  // Half for the one that goes where it has not been, most of the rest for the one that repeats itself least
  // without knowing anything. No fixed mixture is much better over the programs of docs/search.md, not even one
  // fitted to them; the small ones are there for what those programs are not.
  Add("optimal_dpor", 0, std::move(dpor));
  AddSampling("rff", 0.5, std::make_unique<Rff>(Mix(seed, 7)));
  AddSampling("surw", 0.1, std::make_unique<Surw>(Mix(seed, 1)));
  AddSampling("urw", 0.22, std::make_unique<Urw>(Mix(seed, 2)));
  AddSampling("random", 0.08, std::make_unique<RandomWalk>(Mix(seed, 3)));
  AddSampling("pos", 0.04, std::make_unique<Pos>(Mix(seed, 4)));
  AddSampling("pct", 0.04, std::make_unique<Pct>(Mix(seed, 5)));
  AddSampling("pct_chains", 0.02, std::make_unique<PctChains>(Mix(seed, 6)));
  EndRound();
  plan_ = {kSystematic};
  plan_end_ = EndOfRound(0);
}

Portfolio::~Portfolio() = default;

Portfolio::Arm& Portfolio::Add(const char* name, double prior, std::unique_ptr<Strategy> strategy) {
  Arm& arm = arms_.emplace_back();
  arm.name = name;
  arm.prior = prior;
  arm.strategy = std::move(strategy);
  return arm;
}

void Portfolio::AddSampling(const char* name, double prior, std::unique_ptr<Numbered> strategy) {
  Numbered* numbered = strategy.get();
  Add(name, prior, std::move(strategy)).numbered = numbered;
}

void Portfolio::PlanRound(uint64_t number) {
  EndRound();
  for (size_t i = 1; i < arms_.size(); ++i) arms_[i].numbered->Prepare(number);
  plan_.clear();
  plan_end_ = EndOfRound(number);
  plan_from_ = number;
  while (plan_from_ > 0 && RoundOf(plan_from_ - 1) == RoundOf(number)) --plan_from_;
  for (uint64_t i = plan_from_; i < plan_end_; ++i) plan_.push_back(NextArm());
}

size_t Portfolio::ArmOf(uint64_t number, bool systematic) const {
  const size_t arm = plan_[number - plan_from_];
  return arm == kSystematic && !systematic ? kWalk : arm;
}

void Portfolio::Prepare(uint64_t number) {
  if (number >= plan_end_) PlanRound(number);
  goes_on_ = ArmOf(number, systematic_) == kSystematic;
  current_ = ArmOf(number, systematic_ && !ended_here_);
}

void Portfolio::BeginExecution(uint64_t number) {
  Prepare(number);
  // The samplers number their executions by all there are, since they learn from all.
  arms_[current_].strategy->BeginExecution(number);
}

uint32_t Portfolio::Choose(const ChoicePoint& point) {
  if (first_choice_) [[unlikely]] ChooseSystematic(*point.execution);
  uint32_t option = arms_[current_].strategy->Choose(point);
  if (option == kStop && current_ == kSystematic && dpor_ != nullptr && dpor_->too_many_tasks()) {
    ended_here_ = true;  // the execution goes on quietly
    return 0;
  }
  return option;
}

void Portfolio::ChooseSystematic(const Execution& execution) {
  first_choice_ = false;
  sees_operations_ = execution.interleaving == Interleaving::kOperation;
  if (!sees_operations_) UseDepthFirst();
}

void Portfolio::UseDepthFirst() {
  dpor_ = nullptr;
  Arm& arm = arms_[kSystematic];
  arm.name = "depth_first";
  arm.strategy = std::make_unique<DepthFirst>();
  arm.strategy->BeginExecution(0);
}

Numbered::Finding Portfolio::Finish(const Execution& execution) {
  if (first_choice_) ChooseSystematic(execution);
  Finding finding;
  if (current_ != kSystematic) return finding;
  Strategy& systematic = *arms_[kSystematic].strategy;
  // What draws does so in executions of the systematic search too, before it does anything that those do not.
  drew_ |= execution.drew;
  ended_here_ = ended_here_ || !systematic.EndExecution(execution);
  if (!ended_here_) {
    finding.progress = systematic.Progress();
    return finding;
  }
  finding.goes_on = false;
  const bool complete = dpor_ == nullptr || !dpor_->too_many_tasks();
  // Other draws may do what these did not.
  finding.more = !complete || drew_;
  return finding;
}

bool Portfolio::LearnFrom(const Execution& execution, const Finding& finding) {
  if (first_choice_) ChooseSystematic(execution);  // another process made it
  const size_t made_by = ArmOf(execution.number, systematic_);
  Arm& arm = arms_[made_by];
  ++arm.executions;
  arm.brought += coverage_.traces() != traces_seen_;
  traces_seen_ = coverage_.traces();
  for (size_t i = 1; i < arms_.size(); ++i) arms_[i].numbered->LearnFrom(execution, {});
  if (made_by == kSystematic) progress_ = finding.progress;
  systematic_ = systematic_ && finding.goes_on;
  if (finding.more) Prepare(execution.number + 1);
  return finding.more;
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
  constexpr double kLittle = 0.08;
  if (coverage_.samples() < 32) return kLittle;
  double estimate = coverage_.Estimate();
  if (progress_ > 0) {
    // The progress is an upper bound, and far off at the beginning.
    estimate = std::max(estimate, static_cast<double>(arms_[kSystematic].executions) / progress_ / 4);
  }
  if (estimate > kFewTraces) return kLittle;
  // Its traces are all new, but near each other; those of a sample are new with the chance that is unseen.
  return std::max(kLittle, 0.5 * (1 - coverage_.Unseen()));
}

size_t Portfolio::NextArm() {
  size_t first = systematic_ ? 0 : 1;
  double sum = 0;
  for (size_t i = first; i < arms_.size(); ++i) sum += arms_[i].share;
  size_t next = first;
  for (size_t i = first; i < arms_.size(); ++i) {
    arms_[i].credit += arms_[i].share / sum;
    if (arms_[i].credit > arms_[next].credit) next = i;
  }
  arms_[next].credit -= 1;
  return next;
}

std::string Portfolio::Claim() const {
  // Where operations are seen, plain depth-first search proves as much.
  return sees_operations_ ? ReducedSearch::kClaim : arms_[kSystematic].strategy->Claim();
}

double Portfolio::Progress() const { return systematic_ ? progress_ : 0; }

}  // namespace fate::sim
