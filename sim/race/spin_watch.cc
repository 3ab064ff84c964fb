#include "fate/sim/race/spin_watch.h"

#include <algorithm>
#include <string_view>

#include "fate/base/mix.h"
#include "fate/sim/race/dependence.h"

namespace fate::sim {

namespace {

// Whether an operation that found `outcome` has only looked.
bool OnlyLooks(OpKind kind, uint32_t outcome) {
  switch (kind) {
    case OpKind::kLoad:
    case OpKind::kRead:
      return true;
    case OpKind::kCompareExchange:
    case OpKind::kTryLock:
    case OpKind::kTryLockShared:
    case OpKind::kTryAcquire:
    case OpKind::kTrySend:
    case OpKind::kTryReceive:
      return outcome == 0;
    default:
      return false;
  }
}

bool SamePlace(const Place& a, const Place& b) {
  return a.line() == b.line() && a.column() == b.column() && std::string_view(a.file_name()) == b.file_name();
}

bool Changes(OpKind kind, uint8_t object_kind) {
  const Mode mode = RuleOf(kind, static_cast<ObjectKind>(object_kind)).mode;
  return mode != Mode::kNone && mode != Mode::kRead;
}

}  // namespace

void SpinWatch::Clear() {
  for (Spinner& spinner : spinners_) {
    spinner.now.in_vain = false;
    spinner.same = 0;
  }
  versions_.clear();
  changes_.clear();
  woken_.clear();
  followed_ = accesses_ = clock_moves_ = 0;
}

void SpinWatch::Follow(const Trace& trace, size_t count) {
  if (spinners_.size() < trace.births.size()) spinners_.resize(trace.births.size());
  for (; followed_ < count; ++followed_) {
    while (clock_moves_ < trace.clock_moves.size() && trace.clock_moves[clock_moves_].step <= followed_) ++clock_moves_;
    // The outcome of a step is that of the last try in it, or else of its operation.
    size_t tries = 0;
    for (size_t i = accesses_; i < trace.accesses.size() && trace.accesses[i].step <= followed_; ++i) {
      tries += trace.accesses[i].kind != OpKind::kRead;
    }
    Take(trace, followed_, tries);
    TakeAccesses(trace, followed_, tries);
  }
}

void SpinWatch::Take(const Trace& trace, size_t index, size_t tries) {
  const Step& step = trace.steps[index];
  if (step.task != Step::kTimerTask) {
    Spinner& spinner = spinners_[step.task];
    if (step.kind == OpKind::kYield && !step.threw) return Close(spinner, step.place, index);
    if (OnlyLooks(step.kind, tries == 0 ? step.outcome : 1)) {
      return AddLook(spinner, step.object, index, static_cast<uint64_t>(step.kind));
    }
    spinner.now.in_vain = false;
  }
  const bool on_task = step.object_kind == static_cast<uint8_t>(ObjectKind::kTask);
  if (!on_task && Changes(step.kind, step.object_kind)) AddChange(step.object, index);
}

void SpinWatch::TakeAccesses(const Trace& trace, size_t index, size_t tries) {
  const Step& step = trace.steps[index];
  for (; accesses_ < trace.accesses.size() && trace.accesses[accesses_].step <= index; ++accesses_) {
    const Access& access = trace.accesses[accesses_];
    if (access.may) continue;
    if (step.task != Step::kTimerTask) {
      Spinner& spinner = spinners_[step.task];
      // Of several it is of the last.
      if (OnlyLooks(access.kind, tries == 1 ? step.outcome : 1)) {
        AddLook(spinner, access.object, index, static_cast<uint64_t>(access.kind) | uint64_t{1} << 32);
        continue;
      }
      spinner.now.in_vain = false;
    }
    if (Changes(access.kind, access.object_kind)) AddChange(access.object, index);
  }
}

void SpinWatch::AddLook(Spinner& spinner, uint32_t object, size_t index, uint64_t what) {
  Round& round = spinner.now;
  if (!round.in_vain) return;
  const uint32_t version = VersionOf(object);
  const uint64_t seen = Mix(uint64_t{object} << 32 | version, clock_moves_);
  round.saw = Mix(round.saw + 1, Mix(what, seen));
  for (Look& look : round.looks) {
    if (look.object != object) continue;
    look = {object, version, index};
    return;
  }
  round.looks.push_back({object, version, index});
}

void SpinWatch::AddChange(uint32_t object, size_t index) {
  if (object >= versions_.size()) versions_.resize(object + 1);
  ++versions_[object];
  changes_.push_back({object, index});
}

bool SpinWatch::Changed(const Round& round) const {
  return std::any_of(round.looks.begin(), round.looks.end(),
                     [&](const Look& look) { return VersionOf(look.object) != look.version; });
}

uint32_t SpinWatch::Same(const Spinner& spinner, Place place) {
  if (!spinner.now.in_vain || spinner.now.looks.empty() || !SamePlace(spinner.place, place)) return 0;
  return spinner.same != 0 && spinner.saw == spinner.now.saw ? spinner.same + 1 : 1;
}

bool SpinWatch::Spins(uint32_t task, Place place) const {
  if (task >= spinners_.size()) return false;
  const Spinner& spinner = spinners_[task];
  return Same(spinner, place) >= kRounds && !Changed(spinner.now);
}

void SpinWatch::Close(Spinner& spinner, Place place, size_t index) {
  spinner.same = Same(spinner, place);
  if (spinner.same >= kRounds && Changed(spinner.now)) woken_.push_back({index, spinner.now.looks});
  spinner.saw = spinner.now.saw;
  spinner.place = place;
  spinner.now.saw = 0;
  spinner.now.in_vain = true;
  spinner.now.looks.clear();
}

}  // namespace fate::sim
