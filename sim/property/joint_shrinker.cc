#include "fate/sim/property/joint_shrinker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/crash.h"
#include "fate/sim/explore/shrinker.h"

namespace fate::sim {

namespace {

Settings Recording(Settings settings) {
  settings.record_accesses = true;
  return settings;
}

}  // namespace

JointShrinker::JointShrinker(const PropertyOptions& options)
    : options_(options), scheduler_(Recording(options.settings)), nearby_(scheduler_, options.nearby_executions) {}

void JointShrinker::Shrink(FailingCase& failing, const Schedule& schedule, bool arguments) {
  Settings settings = scheduler_.settings();
  settings.interleaving = schedule.interleaving;
  scheduler_.set_settings(settings);
  failing.failure = {};
  CrashGuard guard(options_.step_timeout, options_.replay_command);
  if (!nearby_.Note(failing.value.begin, schedule, failing.failure)) {
    failing.failure.schedule = schedule;  // it does not fail again: whoever tells it will find out
    return;
  }
  first_cost_ = failing.failure.cost;
  ShrinkSchedule(failing);
  while (arguments && ShrinkArguments(failing)) {
    ShrinkSchedule(failing);
  }
}

bool JointShrinker::ShrinkArguments(FailingCase& failing) {
  bool any = false;
  rc::Seq<rc::Shrinkable<PropertyCase>> shrinks = failing.shrinkable.shrinks();
  for (size_t index = 0; nearby_.executions() < options_.joint_executions; ++index) {
    rc::Maybe<rc::Shrinkable<PropertyCase>> next = shrinks.next();
    if (!next) break;
    PropertyCase value;
    if (!internal::Generate([&] { value = next->value(); })) continue;
    if (!nearby_.Find(value.begin, failing.failure)) continue;
    any = true;
    ++argument_shrinks_;
    failing.shrinkable = *next;
    failing.value = std::move(value);
    failing.name.path.push_back(index);
    shrinks = failing.shrinkable.shrinks();
    index = static_cast<size_t>(-1);
  }
  return any;
}

void JointShrinker::ShrinkSchedule(FailingCase& failing) {
  if (options_.shrink_executions == 0) return;
  const auto program = [&](Roots& roots) { failing.value.begin(roots); };
  Shrinker shrinker(scheduler_, program, options_.shrink_executions);
  internal::RunWithoutDrawing([&] {
    Anchored strict(failing.failure.schedule);
    const Execution execution = scheduler_.Run(program, strict, failing.failure.number, failing.failure.seed);
    if (!execution.outcome.passed()) failing.failure.schedule = shrinker.Shrink(execution);
  });
  schedule_executions_ += shrinker.executions();
  for (const auto& [identity, count] : shrinker.others()) others_[identity] += count;
  nearby_.Note(program, failing.failure.schedule, failing.failure);
}

std::map<std::string, uint64_t> JointShrinker::others() const {
  std::map<std::string, uint64_t> all = others_;
  for (const auto& [identity, count] : nearby_.others()) all[identity] += count;
  return all;
}

}  // namespace fate::sim
