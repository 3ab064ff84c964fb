#include <algorithm>

#include "fate/sim/check/distinct_values.h"

// One element: not there, then there from its one add to its one remove, then not there. The add is best as
// late, the remove as early as the operations that saw the element allow; then no operation that missed it may
// lie wholly in between. O(n). With several adds or removes of an element it does not apply.
namespace fate::sim {
namespace {

using internal::kNoOperation;

// An end of the time in which the element is there, and the operation that sets it.
struct Limit {
  uint32_t at;
  uint32_t operation;
};

struct Element {
  const std::vector<NumberedRole>& roles;
  uint32_t add = kNoOperation;
  uint32_t remove = kNoOperation;

  DistinctOutcome Check() const;
};

DistinctOutcome Element::Check() const {
  Limit added{Span::kNever, kNoOperation};  // before this
  Limit removed{0, kNoOperation};           // after this
  for (uint32_t i = 0; i < roles.size(); ++i) {
    const NumberedRole& role = roles[i];
    if (i != add && i != remove && role.kind != RoleKind::kPresent) continue;
    if (role.span.responded < added.at || added.operation == kNoOperation) added = {role.span.responded, i};
    if (role.span.invoked > removed.at) removed = {role.span.invoked, i};
  }
  if (added.operation == kNoOperation) return {};  // it never was there
  if (add == kNoOperation) return DistinctOutcome::Illegal("nobody had added it", {added.operation});
  if (added.at < roles[add].span.invoked) {
    return DistinctOutcome::Illegal("it was there before it was added", {add, added.operation});
  }
  if (remove == kNoOperation) {
    removed = {Span::kNever, kNoOperation};
  } else if (roles[remove].span.responded < removed.at) {
    return DistinctOutcome::Illegal("it was there after it was removed", {remove, removed.operation});
  }
  for (uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i].kind != RoleKind::kAbsent) continue;
    if (added.at < roles[i].span.invoked && roles[i].span.responded < removed.at) {
      std::vector<uint32_t> operations = {added.operation, i};
      if (removed.operation != kNoOperation) operations.push_back(removed.operation);
      return DistinctOutcome::Illegal("it was missed while it was there", operations);
    }
  }
  return {};
}

}  // namespace

DistinctOutcome CheckDistinctSet(const std::vector<NumberedRole>& roles) {
  Element element{roles};
  bool may_remove = false;
  bool add_pending = false;
  for (uint32_t i = 0; i < roles.size(); ++i) {
    switch (roles[i].kind) {
      case RoleKind::kAdded:
      case RoleKind::kMayAdd:
        if (element.add != kNoOperation) return DistinctOutcome::DoesNotApply();
        element.add = i;
        add_pending = roles[i].kind == RoleKind::kMayAdd;
        break;
      case RoleKind::kRemoved:
      case RoleKind::kMayRemove:
        if (element.remove != kNoOperation) return DistinctOutcome::DoesNotApply();
        element.remove = i;
        may_remove = roles[i].kind == RoleKind::kMayRemove;
        break;
      case RoleKind::kPresent:
      case RoleKind::kAbsent:
      case RoleKind::kNothing:
        break;
      default:
        return DistinctOutcome::DoesNotApply();
    }
  }
  // What is pending may have happened or not: adding without a trace is as good as not adding.
  const uint32_t remove = element.remove;
  const auto seen = [&](const NumberedRole& role) {
    return role.kind == RoleKind::kPresent || role.kind == RoleKind::kRemoved;
  };
  if (add_pending && std::none_of(roles.begin(), roles.end(), seen)) return {};
  if (may_remove) element.remove = kNoOperation;
  DistinctOutcome outcome = element.Check();
  if (outcome.kind == DistinctOutcome::Kind::kIllegal && may_remove && element.add != kNoOperation) {
    element.remove = remove;
    outcome = element.Check();
  }
  return outcome;
}

}  // namespace fate::sim
