#include "fate/sim/strategies/pct_chains.h"

#include <utility>

namespace fate::sim {

void PctChains::BeginLines() {
  members_.clear();
  next_free_.clear();
  followed_ = 0;
}

// Records stay in their pool, so an old pointer may be read: it is this task's as long as the id
// is.
bool PctChains::Ended(uint32_t task) const {
  const TaskRecord* record = members_[task].record;
  return record != nullptr && (record->id != task || record->ended);
}

// What ended in the past of `joined`, its own chain included, ended in the past of `joiner` now.
void PctChains::Join(Member& joiner, Member& joined) {
  if (joined.chain == kNone || std::exchange(joined.handed_on, true)) return;
  if (joined.chain >= next_free_.size()) next_free_.resize(joined.chain + 1, kNone);
  next_free_[joined.chain] = joined.first_free;
  if (joined.first_free == kNone) joined.last_free = joined.chain;
  joined.first_free = joined.chain;
  next_free_[joined.last_free] = joiner.first_free;
  if (joiner.first_free == kNone) joiner.last_free = joined.last_free;
  joiner.first_free = joined.first_free;
}

void PctChains::Follow(const Execution& execution) {
  const Trace& trace = execution.trace;
  for (size_t task = members_.size(); task < trace.births.size(); ++task) {
    members_.emplace_back();
    uint32_t parent = trace.births[task].parent;
    if (parent == Step::kTimerTask) continue;
    members_.back().earlier_sibling = std::exchange(members_[parent].last_child, static_cast<uint32_t>(task));
  }
  for (; followed_ < trace.steps.size(); ++followed_) {
    const Step& step = trace.steps[followed_];
    if (step.task == Step::kTimerTask) continue;
    Member& member = members_[step.task];
    member.spawned_last = step.kind == OpKind::kSpawn;
    if (step.kind != OpKind::kJoin) continue;
    if (step.object_kind == static_cast<uint16_t>(ObjectKind::kTask)) {
      Join(member, members_[step.object]);
      continue;
    }
    // A join of several: of all its children that have ended.
    for (uint32_t child = member.last_child; child != kNone; child = members_[child].earlier_sibling) {
      if (Ended(child)) Join(member, members_[child]);
    }
  }
}

uint32_t PctChains::LineOf(const ChoicePoint& point, const TaskRecord& task) {
  Follow(*point.execution);
  Member& member = members_[task.id];
  member.record = &task;
  uint32_t parent = point.execution->trace.births[task.id].parent;
  if (parent != Step::kTimerTask) {
    Member& spawner = members_[parent];
    if (spawner.first_free != kNone) {
      member.chain = spawner.first_free;
      spawner.first_free = next_free_[member.chain];
      return member.chain;
    }
    bool went_on = spawner.chain != kNone && !spawner.handed_on && spawner.spawned_last;
    if (went_on && Ended(parent)) {
      spawner.handed_on = true;
      return member.chain = spawner.chain;
    }
  }
  return member.chain = new_lines_++;
}

}  // namespace fate::sim
