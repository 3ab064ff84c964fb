#include <algorithm>

#include "fate/sim/check/distinct_values.h"

// A value lives from its write to its last read. Where the write and the reads must stretch over an interval
// (one of them ended before another began: a forward zone) no other value may hold; where they all overlap (a
// backward zone) they may happen at one instant of it. So the history is linearizable if and only if no two
// forward zones overlap and no backward zone lies within a forward one (Gibbons and Korach 1997, section 4.1).
namespace fate::sim {
namespace {

using internal::kNoOperation;

struct Zone {
  uint32_t write = kNoOperation;
  uint32_t first_end = Span::kNever;  // of its operations
  uint32_t last_begin = 0;
  uint32_t ends_first = kNoOperation;  // which
  uint32_t begins_last = kNoOperation;

  bool forward() const { return first_end < last_begin; }
};

void Add(Zone& zone, const NumberedRole& role, uint32_t operation) {
  if (role.span.responded < zone.first_end) {
    zone.first_end = role.span.responded;
    zone.ends_first = operation;
  }
  if (role.span.invoked > zone.last_begin) {
    zone.last_begin = role.span.invoked;
    zone.begins_last = operation;
  }
}

std::vector<uint32_t> OperationsOf(const Zone& a, const Zone& b) {
  std::vector<uint32_t> operations = {a.ends_first, a.begins_last, b.ends_first, b.begins_last};
  std::sort(operations.begin(), operations.end());
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  if (operations.back() == kNoOperation) operations.pop_back();
  return operations;
}

}  // namespace

DistinctOutcome CheckDistinctRegister(const std::vector<NumberedRole>& roles) {
  // The first value was written before everything.
  std::vector<Zone> zones(1);
  zones[0].first_end = 0;
  for (uint32_t i = 0; i < roles.size(); ++i) {
    const NumberedRole& role = roles[i];
    if (role.kind == RoleKind::kNothing) continue;
    if (role.kind != RoleKind::kPut && role.kind != RoleKind::kTake) return DistinctOutcome::DoesNotApply();
    if (role.value >= zones.size()) zones.resize(role.value + 1);
    if (role.kind != RoleKind::kPut) continue;
    if (role.value == 0 || zones[role.value].write != kNoOperation) return DistinctOutcome::DoesNotApply();
    zones[role.value].write = i;
  }
  for (uint32_t i = 0; i < roles.size(); ++i) {
    const NumberedRole& role = roles[i];
    if (role.kind != RoleKind::kTake) continue;
    Zone& zone = zones[role.value];
    if (role.value != 0) {
      if (zone.write == kNoOperation) return DistinctOutcome::Illegal("it read what nobody had written", {i});
      if (role.span.Precedes(roles[zone.write].span)) {
        return DistinctOutcome::Illegal("it was read before it was written", {zone.write, i});
      }
    }
    Add(zone, role, i);
  }
  for (Zone& zone : zones) {
    // A pending write that nobody read need not have happened.
    if (zone.write == kNoOperation || (roles[zone.write].span.pending() && zone.begins_last == kNoOperation)) continue;
    Add(zone, roles[zone.write], zone.write);
  }

  std::vector<Zone> forward;
  for (const Zone& zone : zones) {
    if (zone.forward()) forward.push_back(zone);
  }
  std::sort(forward.begin(), forward.end(), [](const Zone& a, const Zone& b) { return a.first_end < b.first_end; });
  for (size_t i = 1; i < forward.size(); ++i) {
    if (forward[i].first_end < forward[i - 1].last_begin) {
      return DistinctOutcome::Illegal("two values would have to hold at the same time",
                                      OperationsOf(forward[i - 1], forward[i]));
    }
  }
  for (const Zone& zone : zones) {
    if (zone.forward() || zone.begins_last == kNoOperation) continue;
    auto after = std::upper_bound(forward.begin(), forward.end(), zone.last_begin,
                                  [](uint32_t begin, const Zone& other) { return begin < other.first_end; });
    if (after == forward.begin()) continue;
    const Zone& around = *(after - 1);
    if (zone.first_end < around.last_begin) {
      return DistinctOutcome::Illegal("a value would have to hold while another does", OperationsOf(around, zone));
    }
  }
  return {};
}

}  // namespace fate::sim
