// Channel<T>: a queue of values between tasks: bounded, unbounded, or none at all (rendezvous).
//
//   Usage:
//     Channel<int> numbers(2);                     // Channel<int>: each Send meets a Receive;
//     Channel<int> all = Channel<int>::Unbounded();  // Unbounded: Send never waits
//     co_await numbers.Send(7);
//     co_await numbers.Close();
//     while (std::optional<int> number = co_await numbers.Receive()) {
//       co_await all.Send(*number);
//     }
//
// Example: tests/examples/channel_example_test.cc
//
// Send gives false, and the value is not sent, if the channel is closed, also while it waits. After
// Close receivers still get what is in the channel, and then nullopt. Closing twice is misuse.
//
//   Order          values arrive in the order in which they were sent; senders and receivers that
//                  wait are served oldest first. In a rendezvous both tasks go on.
//   Scheduling     Send, Receive and Close are each a scheduling point; TrySend, TryReceive and
//                  CloseNow are not. In the search a rendezvous is one event, chosen through the
//                  sender; which of several receivers it meets is a choice.
//   Cancellation   Send and Receive throw Cancelled, and nothing was sent or received. Close never
//                  throws Cancelled.
//   Destruction    when no task waits for it; what is in it is destroyed.
//
// T is movable, without exceptions. O(1); Close O(waiters). Memory grows with what is in it, and
// stays.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/wait_list.h"
#include "fate/sync/ring.h"

namespace fate {

template <class T>
class Channel final : public Object {
 public:
  // Holds up to `capacity` values that nobody has received yet; 0: a rendezvous.
  explicit Channel(size_t capacity = 0, Place place = Place::current())
      : Object(capacity == 0 ? ObjectKind::kRendezvous : ObjectKind::kChannel, place), capacity_(capacity) {}
  static Channel Unbounded(Place place = Place::current()) {
    return Channel(std::numeric_limits<size_t>::max(), place);
  }

  class SendOperation;
  class ReceiveOperation;
  class CloseOperation;

  // co_await gives a bool: whether it was sent.
  SendOperation Send(T value) { return SendOperation(*this, std::move(value)); }
  // co_await gives a std::optional<T>.
  ReceiveOperation Receive() { return ReceiveOperation(*this); }
  // Whether it was sent: not if it is closed, full, or, with capacity 0, if no receiver waits.
  // Moves from `value` only if it was.
  template <class U = T>
  bool TrySend(U&& value);
  // A value, if one is there or, with capacity 0, a sender waits.
  std::optional<T> TryReceive();
  // REQUIRES: !closed().
  CloseOperation Close() { return CloseOperation(*this); }
  void CloseNow(Place place = Place::current()) { Close().Now(place); }

  bool closed(Place place = Place::current()) const { return Seen(closed_, place); }
  // How many values are in it.
  size_t size(Place place = Place::current()) const { return Seen(buffer_.size(), place); }
  size_t capacity() const { return capacity_; }

 private:
  // A waiter in the list of the other side has come or gone; only the search needs to know.
  void PartnersChanged(WaitList& others) {
    if (capacity_ == 0 && context.search != nullptr) [[unlikely]]
      others.Serve();
  }
  // The running task comes to stand here: who tries to meet somebody would meet it from now on.
  void Offered() {
    if (capacity_ == 0 && context.search != nullptr) [[unlikely]]
      context.search->Access(*this, OpKind::kOffer, Place());
  }
  bool CanSend(const WaitingOperation* select) const;
  // What a channel that holds something lets through.
  Openings Open(bool closed) const {
    if (capacity_ == 0) return {};
    return {closed || !buffer_.empty(), closed || buffer_.size() < capacity_};
  }

  internal::Ring<T> buffer_;  // oldest first; at most capacity_
  WaitList senders_;          // oldest first
  WaitList receivers_;        // oldest first
  size_t capacity_;
  bool closed_ = false;
};

}  // namespace fate

#include "fate/sync/channel_operations.h"  // IWYU pragma: export
