#include "fate/sim/explore/portfolio.h"

#include <algorithm>
#include <utility>

#include "fate/sim/core/execution.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/strategies/delay_bounded.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/pct.h"
#include "fate/sim/strategies/pct_chains.h"
#include "fate/sim/strategies/pos.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sim/strategies/rff.h"
#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/surw.h"
#include "fate/sim/strategies/urw.h"

namespace fate::sim {

namespace {

// Of the systematic search, whatever the samples bring.
constexpr double kSystematicShare = 1.0 / 16;

std::unique_ptr<Strategy> MakeBounded() { return std::make_unique<DelayBounded>(BoundedSearch::Order::kRacesFirst); }

}  // namespace

Portfolio::Portfolio(uint64_t seed, const Coverage& coverage)
    : seed_(seed), coverage_(coverage), new_traces_(Mix(seed, 8)) {
  auto dpor = std::make_unique<OptimalDpor>();
  reduced_ = dpor.get();
  Add("optimal_dpor", 0, 0, std::move(dpor));
  Add("delay_bounded", 0, 0, MakeBounded());
  // At first nearly all for the one that goes where it has not been, and where it is free takes all interleavings for
  // equally likely: of its two halves each is best where the other is blind. What that does not find in a thousand
  // executions it may be blind to: then it is ordered by partial order sampling where it is free, and the others have
  // more. The small ones are there for what those are not.
  auto rff = std::make_unique<Rff>(Mix(seed, 7), Rff::Obliges::kWhileNew);
  rff_ = rff.get();
  AddSampling("rff", 0.93, 0.55, std::move(rff));
  AddSampling("urw", 0.02, 0.1, std::make_unique<Urw>(Mix(seed, 2)));
  AddSampling("surw", 0.01, 0.05, std::make_unique<Surw>(Mix(seed, 1)));
  AddSampling("random", 0.01, 0.04, std::make_unique<RandomWalk>(Mix(seed, 3)));
  AddSampling("pos", 0.01, 0.2, std::make_unique<Pos>(Mix(seed, 4)));
  AddSampling("pct", 0.01, 0.04, std::make_unique<Pct>(Mix(seed, 5)));
  AddSampling("pct_chains", 0.01, 0.02, std::make_unique<PctChains>(Mix(seed, 6)));
  EndRound(0);
  plan_ = {kSystematic};
  plan_end_ = EndOfRound(0);
}

Portfolio::~Portfolio() = default;

Portfolio::Arm& Portfolio::Add(const char* name, double prior, double late, std::unique_ptr<Strategy> strategy) {
  Arm& arm = arms_.emplace_back();
  arm.name = name;
  arm.prior = prior;
  arm.late = late;
  arm.strategy = std::move(strategy);
  return arm;
}

void Portfolio::AddSampling(const char* name, double prior, double late, std::unique_ptr<Numbered> strategy) {
  Numbered* numbered = strategy.get();
  Add(name, prior, late, std::move(strategy)).numbered = numbered;
}

void Portfolio::PlanRound(uint64_t number) {
  EndRound(number);
  for (size_t i = kSamplers; i < arms_.size(); ++i) arms_[i].numbered->Prepare(number);
  plan_.clear();
  plan_end_ = EndOfRound(number);
  plan_from_ = number;
  while (plan_from_ > 0 && RoundOf(plan_from_ - 1) == RoundOf(number)) --plan_from_;
  for (uint64_t i = plan_from_; i < plan_end_; ++i) plan_.push_back(NextArm(i));
}

size_t Portfolio::ArmOf(uint64_t number, bool here) const {
  const size_t arm = plan_[number - plan_from_];
  const bool can = arm >= kSamplers || (arms_[arm].can && !(here && arms_[arm].ended));
  return can ? arm : kWalk;
}

void Portfolio::Prepare(uint64_t number) {
  if (number >= plan_end_) PlanRound(number);
  goes_on_ = ArmOf(number, false) < kSamplers;
  current_ = ArmOf(number, true);
}

void Portfolio::BeginExecution(uint64_t number) {
  Prepare(number);
  if (current_ == kRff) {
    const bool late = Prng(Mix(Mix(seed_, 9), number)).Below(1 << 16) < LateAt(number) * (1 << 16);
    rff_->set_rest(late ? Rff::Rest::kPartialOrder : Rff::Rest::kUniform);
  }
  // The samplers number their executions by all there are, since they learn from all.
  arms_[current_].strategy->BeginExecution(number);
  if (number == 0) arms_[kBounded].strategy->BeginExecution(0);
  if (current_ >= kSamplers) new_traces_.BeginExecution(number);
}

uint32_t Portfolio::Choose(const ChoicePoint& point) {
  if (first_choice_) [[unlikely]]
    ChooseSystematic(*point.execution);
  Arm& arm = arms_[current_];
  if (current_ >= kSamplers && sees_operations_) return new_traces_.Choose(point, *arm.numbered);
  uint32_t option = arm.strategy->Choose(point);
  if (current_ >= kSamplers) return option;
  if (option == kStop && current_ == kSystematic && reduced_ != nullptr && reduced_->gave_up()) {
    arm.ended = true;  // the execution goes on quietly
    option = 0;
  }
  if (point.execution->number == 0 && quiet_is_plain_) {
    quiet_is_plain_ = arms_[kBounded].strategy->Choose(point) == option;
  }
  return option;
}

void Portfolio::ChooseSystematic(const Execution& execution) {
  first_choice_ = false;
  sees_operations_ = execution.interleaving == Interleaving::kOperation;
  if (!sees_operations_) UseDepthFirst();
}

void Portfolio::UseSleepSets() {
  Arm& arm = arms_[kSystematic];
  auto sleep_sets = std::make_unique<SleepSets>();
  reduced_ = sleep_sets.get();
  arm.name = "sleep_sets";
  arm.strategy = std::move(sleep_sets);
}

void Portfolio::UseDepthFirst() {
  reduced_ = nullptr;
  Arm& arm = arms_[kSystematic];
  arm.name = "depth_first";
  arm.strategy = std::make_unique<DepthFirst>();
  arm.strategy->BeginExecution(0);
}

Numbered::Finding Portfolio::FinishSystematic(const Execution& execution) {
  Arm& arm = arms_[kSystematic];
  Finding finding;
  // What draws does so in executions of the systematic search too, before it does anything that those do not.
  drew_ |= execution.drew;
  if (reduced_ != nullptr && reduced_->caveats().draws) {
    UseSleepSets();
    return finding;
  }
  arm.ended = arm.ended || !arm.strategy->EndExecution(execution);
  if (!arm.ended) {
    finding.progress = arm.strategy->Progress();
    return finding;
  }
  const bool complete = reduced_ == nullptr || !reduced_->gave_up();
  // Other draws may do what these did not.
  finding.more = !complete || drew_;
  return finding;
}

Numbered::Finding Portfolio::Finish(const Execution& execution) {
  if (first_choice_) ChooseSystematic(execution);
  Finding finding;
  if (current_ == kSystematic) finding = FinishSystematic(execution);
  // What both searches are asked for is how far the one has come that may end.
  if (current_ == kBounded && !arms_[kSystematic].ended) finding.progress = arms_[kSystematic].strategy->Progress();
  Arm& bounded = arms_[kBounded];
  if (execution.number == 0 && !quiet_is_plain_) {
    bounded.strategy = MakeBounded();  // its first execution is still to be made
  } else if (execution.number == 0 || current_ == kBounded) {
    bounded.ended = !bounded.strategy->EndExecution(execution);
  }
  finding.restarts = restarts();
  const size_t planned = ArmOf(execution.number, false);
  if (planned < kSamplers) finding.goes_on = !arms_[planned].ended;
  return finding;
}

bool Portfolio::LearnFrom(const Execution& execution, const Finding& finding) {
  if (first_choice_) ChooseSystematic(execution);  // another process made it
  const size_t made_by = ArmOf(execution.number, false);
  Arm& arm = arms_[made_by];
  const bool is_new = coverage_.last_was_new();
  ++arm.executions;
  arm.brought += is_new;
  repeated_ += made_by >= kSamplers && !is_new;
  for (size_t i = kSamplers; i < arms_.size(); ++i) arms_[i].numbered->LearnFrom(execution, {});
  if (execution.number == 0) choices_ = execution.choices.size();
  if (sees_operations_) new_traces_.Note(execution, made_by >= kSamplers);
  if (made_by == kSystematic) progress_ = finding.progress;
  if (made_by < kSamplers) arm.can = finding.goes_on;
  if (finding.more) Prepare(execution.number + 1);
  return finding.more;
}

double Portfolio::LateAt(uint64_t number) { return static_cast<double>(number) / (static_cast<double>(number) + 1000); }

// An arm that brought as many new traces as the best keeps what it was given beforehand, one that brought
// none a quarter of it: it may be the only one that sees what is left.
void Portfolio::EndRound(uint64_t number) {
  const double late = LateAt(number);
  auto yield = [](const Arm& arm) {
    return (static_cast<double>(arm.brought) + 1) / (static_cast<double>(arm.executions) + 1);
  };
  double best = 0;
  for (size_t i = kSamplers; i < arms_.size(); ++i) best = std::max(best, yield(arms_[i]));
  double sum = 0;
  for (size_t i = kSamplers; i < arms_.size(); ++i) {
    Arm& arm = arms_[i];
    arm.share = ((1 - late) * arm.prior + late * arm.late) * (0.25 + 0.75 * yield(arm) / best);
    sum += arm.share;
  }
  arms_[kSystematic].share = sum * kSystematicShare / (1 - kSystematicShare);
  arms_[kSystematic].credit += static_cast<double>(std::exchange(repeated_, 0));
  new_traces_.EndRound();
}

// Half at first, then ever less. Of a program with many choices less: as many schedules have one delay, and those of
// the first executions are all near its beginning.
double Portfolio::BoundedShare(uint64_t number) const {
  constexpr double kManyChoices = 8;
  const double share = 4 / (static_cast<double>(number) + 8);
  return share * std::min(1.0, kManyChoices / (static_cast<double>(choices_) + 1));
}

size_t Portfolio::NextArm(uint64_t number) {
  const double bounded = arms_[kBounded].can ? BoundedShare(number) : 0;
  double sum = 0;
  for (const Arm& arm : arms_) sum += arm.can ? arm.share : 0;
  arms_[kBounded].credit += bounded;
  size_t next = kWalk;
  for (size_t i = 0; i < arms_.size(); ++i) {
    if (!arms_[i].can) continue;
    arms_[i].credit += (1 - bounded) * arms_[i].share / sum;
    if (arms_[i].credit > arms_[next].credit) next = i;
  }
  arms_[next].credit -= 1;
  return next;
}

std::string Portfolio::Claim() const {
  // Where operations are seen, plain depth-first search proves as much.
  return sees_operations_ && reduced_ == nullptr ? ReducedSearch::kClaim : arms_[kSystematic].strategy->Claim();
}

Strategy::Restarts Portfolio::restarts() const { return arms_[kSystematic].strategy->restarts(); }

double Portfolio::Progress() const { return arms_[kSystematic].can ? progress_ : 0; }

}  // namespace fate::sim
