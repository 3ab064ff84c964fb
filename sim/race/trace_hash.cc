#include "fate/sim/race/trace_hash.h"

#include <algorithm>
#include <utility>

#include "fate/base/mix.h"

namespace fate::sim {

namespace {

// The roles that a number can play in an event: odd, so that none loses a bit. One that has a number itself (a kind,
// a mode) has twice that added.
constexpr uint64_t kTaskRole = 0x9fb21c651e98df25;
constexpr uint64_t kObjectRole = 0xd6e8feb86659fd93;
constexpr uint64_t kGlobalRole = 0xa0761d6478bd642f;
constexpr uint64_t kAllRole = 0xe7037ed1a0b428db;
constexpr uint64_t kPartnerRole = 0x8ebc6af09c88c6e3;
constexpr uint64_t kDrawRole = 0x589965cc75374cc3;
constexpr uint64_t kTriedRole = 0x1d8e4e27c47d124f;

// Steps that are more than an operation of one task on one object, whatever is inside them.
constexpr uint64_t kRare = Bit(OpKind::kStart) | Bit(OpKind::kTimeout) | Bit(OpKind::kSelect) |
                           Bit(OpKind::kConditionWait) | Bit(OpKind::kConditionWake);

bool IsRare(const Step& step) {
  return (kRare >> static_cast<int>(step.kind) & 1) != 0 || step.task == Step::kTimerTask;
}

}  // namespace

void TraceHash::Begin(const Trace& trace) {
  size_t objects = trace.object_names.size() + 1;
  if (!trace.cancellations.empty()) objects += 2 * std::max(trace.scopes.size() + 1, trace.births.size());
  objects_.assign(objects, ObjectState());
  chains_.Restart();
  tasks_.clear();
  for (const Birth& birth : trace.births) tasks_.push_back({birth.path_hash});
  total_ = global_ = 0;
  access_ = draw_ = tried_ = 0;
}

uint64_t& TraceHash::LastOf(const Step& step) {
  if (step.task != Step::kTimerTask) return tasks_[step.task].last;
  constexpr uint64_t kTimer = 0x74696d6572;
  return timer_ = Mix(kTimer, step.outcome);
}

inline uint64_t TraceHash::Touch(ObjectState& object, Mode mode) {
  if (object.mode != mode || mode == Mode::kChange) {
    object.before = Mix(object.before * kObjectRole + object.group);
    object.group = 0;
    object.mode = mode;
  }
  return object.before * (kObjectRole + 2 * static_cast<uint64_t>(mode));
}

void TraceHash::AddPart(OpKind kind, uint32_t object, uint16_t object_kind) {
  Mode mode = RuleOf(kind, static_cast<ObjectKind>(object_kind)).mode;
  const bool cancels = kind == OpKind::kCancel || kind == OpKind::kTimeout;
  if (mode == Mode::kEverything && !(cancels && names_cancelled_)) everything_ = true;
  if (cancels) return;
  if (mode == Mode::kNone || object == 0 || static_cast<ObjectKind>(object_kind) == ObjectKind::kTask) return;
  parts_.push_back({object, mode});
}

void TraceHash::AddFlags(const Trace& trace, size_t first, size_t end) {
  const Cancellation* cancellation = ScopeChains::From(trace, first);
  const Cancellation* last = cancellation;
  while (last != trace.cancellations.end() && last->step < end) ++last;
  names_cancelled_ = std::all_of(cancellation, last, ScopeChains::IsKnown);
  const auto object_of = [&trace](ScopeChains::Flag flag) {
    return static_cast<uint32_t>(trace.object_names.size()) + 1 + flag;
  };
  flags_.clear();
  if (names_cancelled_) {
    for (; cancellation != last; ++cancellation) {
      parts_.push_back({object_of(ScopeChains::Of(*cancellation)), Mode::kChange});
      ScopeChains::AddAround(trace, *cancellation, flags_);
    }
  }
  chains_.MoveTo(trace, first);
  for (size_t i = first; i < end; ++i) {
    if (trace.steps[i].task == Step::kTimerTask) continue;
    chains_.AddOfTask(trace, trace.steps[i].task, flags_);
    // Nobody can tell whether it was led there, from where it was born, in that step or in this one.
    const uint64_t start = std::exchange(tasks_[trace.steps[i].task].start, kNone);
    if (start != kNone) ScopeChains::AddStart(trace, start, flags_);
  }
  ScopeChains::AddVisits(trace, first, end, flags_);
  for (const ScopeChains::Flag flag : flags_) parts_.push_back({object_of(flag), Mode::kRead});
  // Each once, and changed rather than looked at.
  std::ranges::sort(
      parts_, [](const Part& a, const Part& b) { return std::pair(a.object, b.mode) < std::pair(b.object, a.mode); });
  const auto rest = std::ranges::unique(parts_, {}, &Part::object);
  parts_.erase(rest.begin(), rest.end());
}

void TraceHash::AddEvent(const Trace& trace, size_t first, size_t end) {
  parts_.clear();
  everything_ = false;
  names_cancelled_ = false;
  if (!trace.cancellations.empty()) AddFlags(trace, first, end);
  // What a step drew is part of its task's past.
  const bool drew = draw_ < trace.draws.size() && trace.draws[draw_].step < end;
  for (; draw_ < trace.draws.size() && trace.draws[draw_].step < end; ++draw_) {
    uint64_t& last = LastOf(trace.steps[trace.draws[draw_].step]);
    last = Mix(last + (uint64_t{trace.draws[draw_].option} + 1) * kDrawRole);
  }
  // And which branches it took in try forms.
  for (; tried_ < trace.tried.size() && trace.tried[tried_].step < end; ++tried_) {
    uint64_t& last = LastOf(trace.steps[trace.tried[tried_].step]);
    last = Mix(last + (uint64_t{trace.tried[tried_].branch} + 1) * kTriedRole);
  }
  uint64_t past = 0;
  bool selected = false;
  bool recorded = false;
  for (size_t i = first; i < end; ++i) {
    const Step& step = trace.steps[i];
    const bool selects = step.kind == OpKind::kSelect;
    // Of a select, which branch. And whether it threw: one that stood before the cancellation, since its start, which
    // is no event, returns where one that began after it does not.
    uint64_t kind = static_cast<uint64_t>(step.kind) | (selects ? uint64_t{step.branch} << 8 : 0);
    kind |= uint64_t{step.threw} << 13;
    // Of several that were met in one step, in which order.
    if (i >= first + 2) kind |= uint64_t{i - first} << 14;
    past += LastOf(step) * (kTaskRole + 2 * kind);
    selected = selected || selects;
    // What a select may do is among the accesses.
    if (!selects) AddPart(step.kind, step.object, step.object_kind);
    if (step.task == Step::kTimerTask) continue;
    // A wake stands at the mutex; the condition it was notified through is that of the step before.
    uint32_t& condition = tasks_[step.task].condition;
    if (step.kind == OpKind::kConditionWake && condition != 0) parts_.push_back({condition, Mode::kRead});
    condition = step.kind == OpKind::kConditionWait ? step.object : 0;
  }
  const bool touched = access_ < trace.accesses.size() && trace.accesses[access_].step < end;
  for (; access_ < trace.accesses.size() && trace.accesses[access_].step < end; ++access_) {
    const Access& inside = trace.accesses[access_];
    // Whether it was there in time is told by whom a try form met.
    if (inside.kind == OpKind::kOffer) continue;
    recorded = recorded || inside.is_branch();
    AddPart(inside.kind, inside.object, inside.object_kind);
  }
  if (selected && !recorded) everything_ = true;
  // Nobody can tell when a prologue ran, unless it is all that the task does.
  if (trace.steps[first].kind == OpKind::kStart && !touched && end == first + 1 && !trace.EndsATask(first)) {
    if (drew) total_ += LastOf(trace.steps[first]);
    tasks_[trace.steps[first].task].start = first;
    return;
  }
  for (const Part& part : parts_) {
    const uint64_t touch = Touch(objects_[part.object], part.mode);
    // A look at a flag that nobody has changed finds nothing: a start that comes to stand looks at others than one that
    // goes on, and is no event.
    const bool nothing =
        part.object > trace.object_names.size() && part.mode == Mode::kRead && objects_[part.object].before == Mix(0);
    if (!nothing) past += touch;
  }
  if (everything_) past += total_ * kAllRole;
  const uint64_t event = Mix(past + global_ * kGlobalRole);
  for (const Part& part : parts_) objects_[part.object].group += event;
  if (everything_) global_ = event;
  total_ += event;
  // Partners go on differently.
  for (size_t i = first; i < end; ++i) {
    uint64_t& last = LastOf(trace.steps[i]);
    last = end == first + 1 ? event : Mix(event + last * kPartnerRole);
  }
}

uint64_t TraceHash::Of(const Execution& execution) {
  const Trace& trace = execution.trace;
  Begin(trace);
  size_t move = 0;
  const size_t count = trace.steps.size();
  const bool cancels = !trace.cancellations.empty();
  // The first step that has a move of the clock before it, or something inside.
  uint64_t special = 0;
  const auto find_special = [&] {
    special = count;
    if (move < trace.clock_moves.size()) special = std::min(special, trace.clock_moves[move].step);
    if (access_ < trace.accesses.size()) special = std::min(special, trace.accesses[access_].step);
    if (draw_ < trace.draws.size()) special = std::min(special, trace.draws[draw_].step);
  };
  find_special();
  for (size_t first = 0; first < count;) {
    size_t end = first + 1;
    while (end < count && trace.steps[end].joined) ++end;
    const Step& step = trace.steps[first];
    const Mode mode = RuleOf(step.kind, static_cast<ObjectKind>(step.object_kind)).mode;
    if (special < end || end > first + 1 || cancels || IsRare(step) || mode == Mode::kEverything) [[unlikely]] {
      bool moved = false;
      for (; move < trace.clock_moves.size() && trace.clock_moves[move].step <= first; ++move) moved = true;
      if (moved) global_ = Mix(global_, total_);
      AddEvent(trace, first, end);
      find_special();
    } else {
      // The same for one operation of one task.
      uint64_t& last = tasks_[step.task].last;
      uint64_t past = last * (kTaskRole + 2 * static_cast<uint64_t>(step.kind)) + global_ * kGlobalRole;
      const uint32_t object = mode == Mode::kNone ? 0 : step.object;
      if (object != 0) past += Touch(objects_[object], mode);
      const uint64_t event = Mix(past);
      objects_[object].group += event;  // that of 0 is not looked at
      total_ += event;
      last = event;
    }
    first = end;
  }
  // The order of timers that are due at one instant, where they are no tasks; the steps tell all else.
  if (execution.interleaving != Interleaving::kOperation) {
    for (const Choice& choice : execution.choices) {
      if (choice.choice_kind() == ChoiceKind::kTimer) total_ = Mix(total_ + choice.option);
    }
  }
  return total_;
}

}  // namespace fate::sim
