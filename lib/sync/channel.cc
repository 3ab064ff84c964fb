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

WaitingOperation& ChoosePartner(const WaitList& waiters, const WaitingOperation* select) {
  WaitingOperation* partner = FindPartner(waiters, select);
  if (context.search == nullptr) [[likely]]
    return *partner;
  uint32_t count = 0;
  for (WaitingOperation* other = partner; other != nullptr; ++count) {
    other = FirstPartner(WaitList::next(*other), select);
  }
  for (uint32_t skip = context.search->Choose(ChoiceKind::kPartner, count); skip > 0; --skip) {
    partner = FirstPartner(WaitList::next(*partner), select);
  }
  return *partner;
}

void WithdrawOffer(WaitingOperation& operation) {
  if (context.search == nullptr || !operation.linked()) return;
  operation.Unlink();
  ReportImmediate(operation);
}

}  // namespace fate::internal
