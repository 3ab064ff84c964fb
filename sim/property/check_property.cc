#include "fate/sim/property/check_property.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/base/mix.h"
#include "fate/sim/core/crash.h"
#include "fate/sim/explore/budget.h"
#include "fate/sim/explore/explorer.h"
#include "fate/sim/explore/learning.h"
#include "fate/sim/property/joint_shrinker.h"
#include "fate/sim/property/rapidcheck_detail.h"

namespace fate::sim {

namespace {

using internal::CaseName;
using internal::RapidcheckParams;

// One search over cases.
class Check {
 public:
  Check(const rc::Gen<PropertyCase>& cases, const PropertyOptions& options)
      : cases_(cases), options_(options), budget_(~uint64_t{0}, options.budget) {
    options_.settings.read_exception = internal::ReadRapidcheckException;
    result_.report.strategy = options.strategy;
    result_.report.interleaving = options.settings.interleaving;
    result_.report.seed = options.seed;
    result_.report.executions_asked = options.executions;
  }

  PropertyReport Run();

 private:
  PropertyReport Refuse(std::string message);
  PropertyReport Search();
  PropertyReport Reproduce(const CaseName& name);
  // Whether the search goes on.
  bool RunCase(FailingCase one);
  Report Explore(const PropertyCase& one, const ExploreOptions& options);
  void Fail(FailingCase failing, const Report& found);
  // What else is known of how a case fails on `schedule`.
  FailureFacts Learn(const FailingCase& failing, const Schedule& schedule) const;
  std::string CommandFor(const CaseName& name) const;

  const rc::Gen<PropertyCase>& cases_;
  PropertyOptions options_;
  RapidcheckParams params_;
  Budget budget_;
  PropertyReport result_;
};

PropertyReport Check::Refuse(std::string message) {
  result_.report.outcome = {OutcomeKind::kAssertionFailed, std::move(message), Place()};
  return result_;
}

PropertyReport Check::Run() {
  const char* text = options_.rapidcheck_params;
  if (text == nullptr) text = std::getenv("RC_PARAMS");
  absl::StatusOr<RapidcheckParams> params = internal::ParseRapidcheckParams(text == nullptr ? "" : text, options_.seed);
  if (!params.ok()) return Refuse(std::string(params.status().message()));
  params_ = *std::move(params);
  result_.cases_asked = static_cast<uint64_t>(params_.cases);
  const auto name = params_.reproduce.find(options_.name);
  if (name != params_.reproduce.end()) return Reproduce(name->second);
  if (!options_.replay.empty()) {
    return Refuse(
        absl::StrCat("a schedule alone does not bring a failure of a property back, its arguments are "
                     "needed too: give RC_PARAMS=reproduce=... from the same line, for ",
                     options_.name));
  }
  return Search();
}

PropertyReport Check::Search() {
  rc::Random random(params_.seed);
  const uint64_t discards_max =
      static_cast<uint64_t>(params_.cases) * static_cast<uint64_t>(params_.discards_per_case_max);
  int discards = 0;  // since the last case that counted
  while (result_.cases < result_.cases_asked) {
    if (result_.discarded > discards_max) {
      return Refuse(absl::StrCat("our limit of discarded cases was reached: ", result_.discarded, ", and only ",
                                 result_.cases,
                                 " that counted: generate what the property takes, instead of "
                                 "discarding what it does not, or set max_discard_ratio in RC_PARAMS"));
    }
    if (result_.report.executions > 0 && budget_.elapsed() >= options_.budget) {
      result_.report.capped = true;
      break;
    }
    CaseName name{random.split(), internal::SizeOf(params_, static_cast<int>(result_.cases), discards), {}};
    const uint64_t discarded = result_.discarded;
    if (!RunCase({cases_(name.random, name.size), {}, name, {}})) break;
    discards = result_.discarded > discarded ? discards + 1 : 0;
  }
  result_.report.elapsed = budget_.elapsed();
  return result_;
}

bool Check::RunCase(FailingCase one) {
  if (!internal::Generate([&] { one.value = one.shrinkable.value(); })) {
    ++result_.discarded;
    return true;
  }
  ExploreOptions options = options_;
  options.seed = Mix(options_.seed, result_.cases);
  // Bounded in executions alone; neither shrunk nor learned from before the arguments are small.
  options.budget = absl::InfiniteDuration();
  options.shrink_executions = 0;
  options.story_executions = 0;
  options.jobs = 1;  // a case is over before processes are made
  options.replay_command = CommandFor(one.name);
  const Report found = Explore(one.value, options);
  result_.report.executions += found.executions;
  result_.report.steps += found.steps;
  result_.report.traces += found.traces;
  result_.report.traces_exact &= found.traces_exact;
  result_.report.again += found.again;
  result_.report.contested |= found.contested;
  result_.report.interrupted |= found.interrupted;
  if (!found.passed() && internal::IsDiscard(found.outcome)) {
    ++result_.discarded;
    return true;
  }
  ++result_.cases;
  result_.exhausted += found.exhausted;
  if (found.passed()) return !found.interrupted;
  if (options_.is_failure && !options_.is_failure()) {
    result_.skipped = true;
    return false;
  }
  Fail(std::move(one), found);
  return false;
}

Report Check::Explore(const PropertyCase& one, const ExploreOptions& options) {
  Report report;
  internal::RunWithoutDrawing([&] { report = ExploreProgram(one.begin, options); });
  return report;
}

void Check::Fail(FailingCase failing, const Report& found) {
  Report& report = result_.report;
  result_.found_arguments = failing.value.show();
  report.failing_execution = report.executions - 1;
  report.found_schedule = found.schedule;
  report.schedule = found.schedule;
  const absl::StatusOr<Schedule> schedule = Schedule::Parse(found.schedule);
  const bool shrinks = schedule.ok() && found.outcome.kind != OutcomeKind::kDiverged;
  if (shrinks) {
    JointShrinker shrinker(options_);
    shrinker.Shrink(failing, *schedule, params_.shrinks);
    report.schedule = failing.failure.schedule.ToText();
    report.found_cost = shrinker.first_cost();
    report.cost = failing.failure.cost;
    report.shrink_executions = shrinker.schedule_executions();
    result_.joint_executions = shrinker.executions();
    result_.argument_shrinks = shrinker.argument_shrinks();
    result_.other_failures = shrinker.others();
  }
  result_.arguments = failing.value.show();
  result_.reproduce = internal::ReproduceText(options_.name, failing.name);
  ExploreOptions options = options_;
  options.replay = report.schedule;
  options.replay_command = CommandFor(failing.name);
  if (shrinks) report.facts = Learn(failing, failing.failure.schedule);
  // Last, so that it is what others have seen last (assertions that are reported from outside).
  const Report told = shrinks ? Explore(failing.value, options) : found;
  report.outcome = told.outcome;
  report.story = told.story;
  report.replay_line = told.replay_line;
  report.named_schedule = told.named_schedule;
  report.trace_hash = told.trace_hash;
  report.interleaving = told.interleaving;
}

FailureFacts Check::Learn(const FailingCase& failing, const Schedule& schedule) const {
  FailureFacts facts;
  if (options_.story_executions == 0 || failing.failure.cost.steps > kLongestTold) return facts;
  Settings settings = options_.settings;
  settings.interleaving = schedule.interleaving;
  settings.record_accesses = true;
  settings.tell = true;
  CrashGuard guard(options_.step_timeout, CommandFor(failing.name));
  Scheduler scheduler(settings);
  ChoiceSteps noted(schedule);
  internal::RunWithoutDrawing([&] {
    const Execution failure = scheduler.Run(failing.value.begin, noted, failing.failure.number, schedule.seed);
    if (failure.outcome.passed()) return;  // whoever tells it will find out
    settings.tell = false;
    scheduler.set_settings(settings);
    facts = LearnFacts(scheduler, failing.value.begin, failure, noted.choices(), options_.story_executions);
  });
  return facts;
}

PropertyReport Check::Reproduce(const CaseName& name) {
  const rc::Shrinkable<PropertyCase> first = cases_(name.random, name.size);
  rc::Maybe<rc::Shrinkable<PropertyCase>> walked = rc::shrinkable::walkPath(first, name.path);
  if (!walked) {
    return Refuse(absl::StrCat("the arguments that RC_PARAMS=reproduce=... stands for are no longer generated by ",
                               options_.name, ": its arguments or their generators have changed"));
  }
  result_.cases_asked = 1;
  FailingCase one{*walked, {}, name, {}};
  if (options_.replay.empty()) {
    RunCase(std::move(one));
    return result_;
  }
  if (!internal::Generate([&] { one.value = one.shrinkable.value(); })) {
    return Refuse("the arguments that RC_PARAMS=reproduce=... stands for are discarded now");
  }
  ExploreOptions options = options_;
  options.replay_command = CommandFor(name);
  result_.cases = 1;
  result_.report = Explore(one.value, options);
  result_.arguments = one.value.show();
  result_.reproduce = internal::ReproduceText(options_.name, name);
  return result_;
}

std::string Check::CommandFor(const CaseName& name) const {
  return absl::StrCat("RC_PARAMS=", internal::ReproduceText(options_.name, name),
                      options_.replay_command.empty() ? "" : " ", options_.replay_command);
}

}  // namespace

PropertyReport CheckCases(const rc::Gen<PropertyCase>& cases, const PropertyOptions& options) {
  return Check(cases, options).Run();
}

}  // namespace fate::sim
