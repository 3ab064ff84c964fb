// What ReducedSearch does about ends: that of the program, before which others have or have not ended, and that of the
// time in which a timer could strike.
#include <algorithm>

#include "fate/sim/core/execution.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

// Of tasks that nobody has to wait for.
bool IsLoose(const Birth& birth) { return birth.step != Birth::kBeforeSteps && birth.group == Birth::kNoGroup; }

}  // namespace

// A task that outlives the root is a leak, and a daemon is left behind.
bool ReducedSearch::EndsMatter(const Trace& trace) const {
  if (trace.births.size() == tasks_.roots()) return false;
  const auto is_loose_daemon = [](const Birth& birth) { return IsLoose(birth) && birth.lifetime == Lifetime::kDaemon; };
  if (std::any_of(trace.births.begin(), trace.births.end(), is_loose_daemon)) return true;
  uint32_t last = kNone;
  for (const End& end : trace.ends) {
    if (trace.births[end.task].step == Birth::kBeforeSteps) last = EventOf(end.step);
  }
  return std::any_of(trace.ends.begin(), trace.ends.end(), [&](const End& end) {
    const Birth& birth = trace.births[end.task];
    if (!IsLoose(birth) || birth.lifetime != Lifetime::kScoped) return false;
    const uint32_t event = EventOf(end.step);
    return event < last && last < order_.size() && !order_.Before(event, last);
  });
}

bool ReducedSearch::EndsTheProgram(const Trace& trace, const PathEvent& event) const {
  return std::any_of(trace.ends.begin(), trace.ends.end(), [&](const End& end) {
    const Birth& birth = trace.births[end.task];
    return end.step >= event.first_step && end.step < event.steps_end &&
           (birth.step == Birth::kBeforeSteps || birth.lifetime == Lifetime::kProgram);
  });
}

uint32_t ReducedSearch::EventOf(size_t step) const {
  const auto after = [](size_t at, const PathEvent& event) { return at < event.first_step; };
  return static_cast<uint32_t>(std::upper_bound(events_.begin(), events_.end(), step, after) - events_.begin()) - 1;
}

// Timers that the event disarmed could have struck before it.
void ReducedSearch::CollectMissed(const Trace& trace, uint32_t index) {
  const PathEvent& event = events_[index];
  for (const Disarmed& disarmed : trace.disarmed) {
    if (disarmed.step < event.first_step || disarmed.step >= event.steps_end) continue;
    const uint32_t timer = tasks_.Of(trace, Step::kTimerTask, disarmed.timer);
    const PlannedStep strikes{timer, PlannedStep::kNoPartner, false, false, InsideChoices::kPlain,
                              {0, OpKind::kTimeout, Mode::kEverything, 0}};
    order_.Miss(timer, races_);
    for (const HappensBefore::Race& race : races_) missed_.push_back({strikes, race.event, index + 1});
  }
}

// The last event ended the execution: each step that could have been made instead of it races with it.
void ReducedSearch::AnalyseCut(const Trace& trace) {
  uint32_t last = static_cast<uint32_t>(events_.size()) - 1;
  if (events_[last].choice == kNone) return;
  for (size_t i = 0; i < trace.pending.size(); ++i) {
    const Pending& pending = trace.pending[i];
    uint32_t task = tasks_.Of(trace, pending.task, 0);
    // Whether it could be made before, not after: the failure may have released a lock.
    if ((candidates_ >> task & 1) == 0 || task == events_[last].task || task == events_[last].partner) continue;
    StepFootprint operation = PendingFootprint(trace, i);
    // What one that has not begun will do nobody knows.
    if (operation.kind == OpKind::kStart) operation.mode = Mode::kEverything;
    steps_.clear();
    moving_ = Only(task);
    steps_.push_back({task, PlannedStep::kNoPartner, false, false, InsideChoices::kPlain, operation});
    stable_ = steps_.size();
    TellSecond(last);
  }
}

}  // namespace fate::sim
