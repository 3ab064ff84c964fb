#include <algorithm>

#include "fate/sim/check/distinct_values.h"

// What queues and stacks have in common, and the queue.
//
// A queue's history is linearizable if and only if none of these is in it (Henzinger, Sezgin, Vafeiadis 2013,
// theorem 4; Bouajjani, Emmi, Enea, Hamza, "On reducing linearizability to state reachability", ICALP 2015): a
// value taken that was not put before; a value taken twice; a value that was overtaken by one put after it; and
// a take that found nothing while something was there for certain.
namespace fate::sim {
namespace internal {
namespace {

constexpr uint32_t kNone = PutAndTaken::kNone;

}  // namespace

DistinctOutcome Join(const std::vector<NumberedRole>& roles, PutAndTaken& joined) {
  std::vector<PutAndTaken::Item> items;
  for (uint32_t i = 0; i < roles.size(); ++i) {
    const NumberedRole& role = roles[i];
    switch (role.kind) {
      case RoleKind::kPut:
      case RoleKind::kTake:
        if (role.value >= items.size()) items.resize(role.value + 1);
        if (role.kind == RoleKind::kPut) {
          PutAndTaken::Item& item = items[role.value];
          if (item.put != kNone) return DistinctOutcome::DoesNotApply();
          item.put = i;
          item.put_invoked = role.span.invoked;
          item.put_responded = role.span.responded;
        }
        break;
      case RoleKind::kTakeNothing:
        joined.found_nothing.push_back(i);
        break;
      case RoleKind::kTakeUnknown:
        joined.takes_unknown = true;
        break;
      case RoleKind::kNothing:
        break;
      default:
        return DistinctOutcome::DoesNotApply();
    }
  }
  for (uint32_t i = 0; i < roles.size(); ++i) {
    const NumberedRole& role = roles[i];
    if (role.kind != RoleKind::kTake) continue;
    PutAndTaken::Item& item = items[role.value];
    if (item.put == kNone) return DistinctOutcome::Illegal("it took what nobody had put in", {i});
    if (item.taken != kNone) return DistinctOutcome::Illegal("it was taken twice", {item.put, item.taken, i});
    if (role.span.responded < item.put_invoked) {
      return DistinctOutcome::Illegal("it was taken before it was put in", {item.put, i});
    }
    item.taken = i;
    item.taken_invoked = role.span.invoked;
    item.taken_responded = role.span.responded;
  }
  for (const PutAndTaken::Item& item : items) {
    if (item.put == kNone) continue;
    // A pending put of what nobody took need not have happened: without it all that was taken is still right.
    if (item.taken == kNone && item.put_responded == Span::kNever) continue;
    joined.items.push_back(item);
  }
  return {};
}

DistinctOutcome CheckFoundNothing(const std::vector<NumberedRole>& roles, const PutAndTaken& joined) {
  if (joined.found_nothing.empty()) return {};
  // Where something was there for certain: from the end of its put to the begin of its take. Joined, in order.
  struct Stretch {
    uint32_t begin, end;
    uint32_t begins, ends;  // items
  };
  std::vector<Stretch> covered;
  for (uint32_t i = 0; i < joined.items.size(); ++i) {
    const PutAndTaken::Item& item = joined.items[i];
    if (item.put_responded < item.taken_invoked) covered.push_back({item.put_responded, item.taken_invoked, i, i});
  }
  std::sort(covered.begin(), covered.end(), [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
  size_t used = 0;
  for (const Stretch& stretch : covered) {
    if (used > 0 && stretch.begin < covered[used - 1].end) {
      if (covered[used - 1].end < stretch.end) {
        covered[used - 1].end = stretch.end;
        covered[used - 1].ends = stretch.ends;
      }
    } else {
      covered[used++] = stretch;
    }
  }
  covered.resize(used);
  for (uint32_t i : joined.found_nothing) {
    const Span& span = roles[i].span;
    auto after = std::upper_bound(covered.begin(), covered.end(), span.invoked,
                                  [](uint32_t at, const Stretch& stretch) { return at < stretch.begin; });
    if (after == covered.begin() || (after - 1)->end < span.responded) continue;
    std::vector<uint32_t> operations = {joined.items[(after - 1)->begins].put};
    uint32_t take = joined.items[(after - 1)->ends].taken;
    operations.push_back(i);
    if (take != kNone) operations.push_back(take);
    return DistinctOutcome::Illegal("it found nothing, though something was there all the time", operations);
  }
  return {};
}

}  // namespace internal

namespace {

// A value that was put after another and taken before it.
DistinctOutcome CheckOrder(const internal::PutAndTaken& joined) {
  using Item = internal::PutAndTaken::Item;
  std::vector<const Item*> by_begin, by_end;
  for (const Item& item : joined.items) {
    by_begin.push_back(&item);
    by_end.push_back(&item);
  }
  std::sort(by_begin.begin(), by_begin.end(),
            [](const Item* a, const Item* b) { return a->put_invoked < b->put_invoked; });
  std::sort(by_end.begin(), by_end.end(), [](const Item* a, const Item* b) {
    return a->put_responded != b->put_responded ? a->put_responded < b->put_responded : a->put < b->put;
  });
  const Item* stays = nullptr;  // of those put before: the one whose take begins last
  size_t before = 0;
  for (const Item* item : by_begin) {
    for (; before < by_end.size() && by_end[before]->put_responded < item->put_invoked; ++before) {
      if (stays == nullptr || by_end[before]->taken_invoked > stays->taken_invoked) stays = by_end[before];
    }
    if (stays == nullptr || item->taken_responded >= stays->taken_invoked) continue;
    std::vector<uint32_t> operations = {stays->put, item->put, item->taken};
    if (stays->taken != internal::PutAndTaken::kNone) operations.push_back(stays->taken);
    return DistinctOutcome::Illegal("what was put in later was taken out first", operations);
  }
  return {};
}

}  // namespace

DistinctOutcome CheckDistinctQueue(const std::vector<NumberedRole>& roles) {
  internal::PutAndTaken joined;
  DistinctOutcome outcome = internal::Join(roles, joined);
  if (outcome.kind != DistinctOutcome::Kind::kOk) return outcome;
  return internal::CheckWithPendingTakes(joined, [&](const internal::PutAndTaken& items) {
    DistinctOutcome order = CheckOrder(items);
    return order.kind == DistinctOutcome::Kind::kOk ? internal::CheckFoundNothing(roles, items) : order;
  });
}

}  // namespace fate::sim
