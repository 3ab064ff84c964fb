#include "fate/sync/channel.h"

#include <cstdint>

#include "fate/runtime/simulation.h"

namespace fate::internal {

namespace {

// The first from `waiter` on that is not a branch of `select`. Both branches of one Select cannot
// meet: only one of them takes effect.
WaitingOperation* FirstPartner(WaitingOperation* waiter, const WaitingOperation* select) {
  while (waiter != nullptr && select != nullptr && waiter->owner() == select) {
    waiter = WaitList::next(*waiter);
  }
  return waiter;
}

}  // namespace

WaitingOperation* FindPartner(const WaitList& waiters, const WaitingOperation* select) {
  return FirstPartner(waiters.first(), select);
}

WaitingOperation& ChoosePartner(const WaitList& waiters, const WaitingOperation& operation) {
  const WaitingOperation* select = operation.owner();
  WaitingOperation* partner = FindPartner(waiters, select);
  if (context.search == nullptr) [[likely]]
    return *partner;
  uint32_t count = 0;
  ForEachPartner(waiters, select, [&count](const TaskRecord&) { ++count; });
  auto at = [&](uint32_t option) -> WaitingOperation& {
    WaitingOperation* other = partner;
    while (option-- > 0) other = FirstPartner(WaitList::next(*other), select);
    return *other;
  };
  return at(context.search->ChoosePartner(count, operation.task() == nullptr,
                                          [&](uint32_t option) -> const TaskRecord& { return *at(option).task(); }));
}

void ForEachPartner(const WaitList& waiters, const WaitingOperation* select,
                    absl::FunctionRef<void(const TaskRecord&)> visit) {
  for (WaitingOperation* other = FindPartner(waiters, select); other != nullptr;) {
    visit(*other->task());
    other = FirstPartner(WaitList::next(*other), select);
  }
}

}  // namespace fate::internal
