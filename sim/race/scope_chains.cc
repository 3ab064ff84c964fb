#include "fate/sim/race/scope_chains.h"

#include <algorithm>

namespace fate::sim {

void ScopeChains::Restart() {
  scopes_.clear();
  visits_ = 0;
}

void ScopeChains::MoveTo(const Trace& trace, uint64_t step) {
  for (; visits_ < trace.scope_visits.size() && trace.scope_visits[visits_].step < step; ++visits_) {
    const ScopeVisit& visit = trace.scope_visits[visits_];
    if (!visit.stays) continue;
    if (visit.task >= scopes_.size()) scopes_.resize(visit.task + 1, kBorn);
    scopes_[visit.task] = visit.scope;
  }
}

void ScopeChains::AddOfTask(const Trace& trace, uint32_t task, std::vector<Flag>& flags) const {
  const uint32_t scope = task < scopes_.size() ? scopes_[task] : kBorn;
  AddOfTaskIn(trace, task, scope == kBorn ? trace.births[task].scope : scope, flags);
}

void ScopeChains::AddVisits(const Trace& trace, uint64_t first, uint64_t end, std::vector<Flag>& flags) {
  auto visit = std::ranges::lower_bound(trace.scope_visits, first, {}, &ScopeVisit::step);
  for (; visit != trace.scope_visits.end() && visit->step < end; ++visit) {
    if (visit->stays) {
      AddOfTaskIn(trace, visit->task, visit->scope, flags);
    } else {
      AddOfScope(trace, visit->scope, flags);
    }
  }
}

void ScopeChains::AddStart(const Trace& trace, uint64_t step, std::vector<Flag>& flags) {
  AddOfNewborn(trace, trace.steps[step].task, flags);
  AddVisits(trace, step, step + 1, flags);
}

void ScopeChains::AddAround(const Trace& trace, const Cancellation& cancellation, std::vector<Flag>& flags) {
  if (cancellation.scope != 0) return AddOfScope(trace, cancellation.scope, flags);
  AddOfNewborn(trace, cancellation.task, flags);
}

const Cancellation* ScopeChains::From(const Trace& trace, uint64_t step) {
  return std::ranges::lower_bound(trace.cancellations, step, {}, &Cancellation::step);
}

void ScopeChains::AddOfTaskIn(const Trace& trace, uint32_t task, uint32_t scope, std::vector<Flag>& flags) {
  if (scope == trace.births[task].scope) flags.push_back(OfTask(task));
  AddOfScope(trace, scope, flags);
}

void ScopeChains::AddOfScope(const Trace& trace, uint32_t number, std::vector<Flag>& flags) {
  while (number != 0) {
    flags.push_back(OfScope(number));
    const Scope& scope = trace.scopes[number - 1];
    if (scope.shielded) return;
    number = scope.around;
    // The outermost that its maker has made: what cancels the maker by itself reaches it.
    if (number == 0 || trace.scopes[number - 1].maker != scope.maker) flags.push_back(OfTask(scope.maker));
  }
}

}  // namespace fate::sim
