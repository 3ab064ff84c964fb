#include "fate/sim/explore/story_words.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/runtime/object.h"
#include "fate/sim/core/describe.h"

namespace fate::sim {

namespace {

const char* WordOf(StopCause cause) {
  static constexpr const char* kWords[] = {"ended", "blocked", "yielded", "queued"};
  return kWords[static_cast<size_t>(cause)];
}

bool Unlocks(OpKind kind) {
  return kind == OpKind::kUnlock || kind == OpKind::kUnlockShared || kind == OpKind::kRelease;
}

}  // namespace

const char* OperationName(OpKind kind, uint16_t object_kind) {
  const bool subscribes = kind == OpKind::kArrive && static_cast<ObjectKind>(object_kind) == ObjectKind::kBroadcast;
  return subscribes ? "Subscribe" : ToString(kind);
}

StoryWords::StoryWords(const Execution& execution) : trace_(execution.trace) {
  for (uint32_t task = 0; task < trace_.births.size(); ++task) ++names_[TaskName(trace_, task)];
  for (const ToldValue& value : trace_.telling.values) values_[value.index] = value.text;
  for (const ToldValue& value : trace_.telling.access_values) access_values_[value.index] = value.text;
  if (!trace_.telling.told) return;
  NoteStops();
  NoteWakes();
}

std::string StoryWords::Task(uint32_t task) const {
  std::string name = TaskName(trace_, task);
  const auto count = names_.find(name);
  if (task >= trace_.births.size() || count == names_.end() || count->second < 2) return name;
  return absl::StrCat(name, " #", task);
}

void StoryWords::NoteStops() {
  const std::vector<Stop>& stops = trace_.telling.stops;
  size_t next = 0;
  uint32_t current = Step::kTimerTask;  // whose turn it is; a partner in a rendezvous has none
  for (uint64_t i = 0; i < trace_.steps.size(); ++i) {
    const Step& step = trace_.steps[i];
    if (step.joined) continue;
    bool current_stopped = false;
    for (; next < stops.size() && stops[next].step < i; ++next) {
      current_stopped |= stops[next].task == current;
      if (stops[next].task != step.task) events_[i].push_back({stops[next].task, WordOf(stops[next].reason)});
    }
    if (current != Step::kTimerTask && current != step.task && !current_stopped) {
      events_[i].push_back({current, kPreempted});
    }
    current = step.task;
  }
}

void StoryWords::NoteWakes() {
  for (const Wake& wake : trace_.telling.wakes) {
    if (wake.by_time) {
      woken_by_time_[wake.step + 1].push_back(wake.task);
      continue;
    }
    // Woken, disabled and woken again by one step is woken.
    std::vector<Event>& events = events_[wake.step];
    const bool said = std::any_of(events.begin(), events.end(),
                                  [&](const Event& event) { return event.task == wake.task && event.word == "woken"; });
    if (!said) events.push_back({wake.task, "woken"});
  }
}

std::string StoryWords::ObjectName(uint16_t kind, uint32_t number, bool is_task) const {
  if (is_task && trace_.telling.told) return absl::StrCat(" ", Task(number));
  if (number == 0) return "";
  return absl::StrCat(" ", ToString(static_cast<ObjectKind>(kind)), " ", number);
}

std::string StoryWords::OperationOf(uint64_t index) const {
  const Step& step = trace_.steps[index];
  const bool is_task = static_cast<ObjectKind>(step.object_kind) == ObjectKind::kTask;
  std::string text = absl::StrCat(step.joined ? "(with it) " : "", OperationName(step.kind, step.object_kind),
                                  ObjectName(step.object_kind, step.object, is_task));
  if (!trace_.telling.told) return text;
  const std::vector<uint64_t>& cancelled = trace_.telling.cancelled;
  if (std::binary_search(cancelled.begin(), cancelled.end(), index)) return absl::StrCat(text, " throws Cancelled");
  if (step.kind == OpKind::kSpawn) {
    for (uint32_t task = 0; task < trace_.births.size(); ++task) {
      if (trace_.births[task].step == index) return absl::StrCat(text, " ", Task(task));
    }
  }
  if (auto value = values_.find(index); value != values_.end()) absl::StrAppend(&text, " ", value->second);
  return text;
}

std::string StoryWords::PlaceOf(uint64_t index) const {
  const Step& step = trace_.steps[index];
  if (step.place.line() != 0) return ToString(step.place);
  if (step.task >= trace_.births.size()) return "";
  return absl::StrCat("spawned at ", ToString(trace_.births[step.task].place));
}

std::string StoryWords::AtPlaceOf(uint64_t index) const {
  const std::string place = PlaceOf(index);
  if (place.empty()) return "";
  return absl::StrCat(trace_.steps[index].place.line() != 0 ? " at " : ", ", place);
}

std::string StoryWords::BarePlaceOf(uint64_t index) const {
  const Step& step = trace_.steps[index];
  if (step.place.line() != 0) return ToString(step.place);
  return step.task < trace_.births.size() ? ToString(trace_.births[step.task].place) : "";
}

std::vector<StoryWords::Inside> StoryWords::InsideOf(uint64_t step) const {
  std::vector<Inside> rows;
  const auto before = [](const auto& record, uint64_t at) { return record.step < at; };
  const Draw* draw = std::lower_bound(trace_.draws.begin(), trace_.draws.end(), step, before);
  for (; draw != trace_.draws.end() && draw->step == step; ++draw) {
    rows.push_back({absl::StrCat("draws alternative ", draw->option), ""});
  }
  const Access* access = std::lower_bound(trace_.accesses.begin(), trace_.accesses.end(), step, before);
  for (; access != trace_.accesses.end() && access->step == step; ++access) {
    if (access->may) continue;
    std::string text = absl::StrCat(OperationName(access->kind, access->object_kind),
                                    ObjectName(access->object_kind, access->object, /*is_task=*/false));
    auto value = access_values_.find(access - trace_.accesses.begin());
    if (value != access_values_.end()) absl::StrAppend(&text, " ", value->second);
    std::string place = access->place.line() != 0 ? ToString(access->place)
                        : Unlocks(access->kind)   ? "end of scope"
                                                  : "";
    rows.push_back({std::move(text), std::move(place)});
  }
  return rows;
}

const std::vector<StoryWords::Event>& StoryWords::EventsAt(uint64_t step) const {
  static const auto* none = new std::vector<Event>;
  auto found = events_.find(step);
  return found == events_.end() ? *none : found->second;
}

const std::vector<uint32_t>& StoryWords::WokenByTime(uint64_t step) const {
  static const auto* none = new std::vector<uint32_t>;
  auto found = woken_by_time_.find(step);
  return found == woken_by_time_.end() ? *none : found->second;
}

std::string StoryWords::SwitchAt(uint64_t step) const {
  std::string left;
  std::string woken;
  for (const Event& event : EventsAt(step)) {
    if (event.word == "woken") {
      absl::StrAppend(&woken, woken.empty() ? "wakes " : ", ", Task(event.task));
    } else {
      absl::StrAppend(&left, left.empty() ? "" : "; ", Task(event.task), " ", event.word);
    }
  }
  return absl::StrCat(left, left.empty() || woken.empty() ? "" : "; ", woken);
}

std::string StoryWords::PendingOf(uint32_t task) const {
  for (const Pending& pending : trace_.pending) {
    if (pending.task != task) continue;
    const bool is_task = static_cast<ObjectKind>(pending.object_kind) == ObjectKind::kTask;
    return absl::StrCat(OperationName(pending.kind, pending.object_kind),
                        ObjectName(pending.object_kind, pending.object, is_task));
  }
  return "";
}

}  // namespace fate::sim
