// Broadcast<T>: a channel on which each subscriber sees each message sent after it subscribed.
//
//   Usage:
//     Broadcast<int> prices(16);
//     Subscription<int> mine = co_await prices.Subscribe();
//     co_await prices.Send(100);
//     co_await prices.Close();
//     while (std::optional<int> price = co_await mine.Receive()) {
//       Show(*price);
//     }
//     if (mine.lagged() > 0) ShowGap(mine.lagged());
//
// Example: tests/examples/broadcast_example_test.cc
//
// Send never waits: the last `capacity` messages are kept; a subscriber further behind goes on with
// the oldest of them, and lagged() counts what it missed. After Close subscribers get what is kept,
// then nullopt. Closing twice, and receiving in two tasks through one Subscription, are misuse.
//
//   Order          messages come as they were sent; subscribers that wait go on oldest first.
//   Scheduling     Subscribe, Send, Receive, Close are scheduling points; the Now forms are not.
//   Cancellation   Receive throws Cancelled and received nothing. The others never throw Cancelled.
//   Destruction    after its subscriptions.
//
// T is copyable; a Receive throws what copying its message throws, and is past that message. Send O(waiters), the
// others O(1). Memory for `capacity` messages.
//
// Size: both ends, their operations, and what a simulator knows a subscription by.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/value_text.h"
#include "fate/sync/ring.h"
#include "fate/sync/shapes.h"

namespace fate {

template <class T>
class Broadcast;

namespace internal {
// Of a Subscription, in a simulator: receives through one depend on each other, and on who comes to wait there; those
// through several do not.
class SubscriptionObject final : public Object {
 public:
  static std::unique_ptr<SubscriptionObject> New() {
    if (context.simulation == nullptr) [[likely]]
      return nullptr;
    return std::make_unique<SubscriptionObject>();
  }
  SubscriptionObject() : Object(ObjectKind::kSubscription, Place()) {}
  using Object::Seen;
  void TellReceive() const { context.simulation->Access(*this, OpKind::kWrite, Place()); }
};
}  // namespace internal

// Where one subscriber stands in a Broadcast. Move-only, and not while it is awaited.
template <class T>
class Subscription {
 public:
  Subscription(Subscription&&) = default;
  Subscription& operator=(Subscription&&) = default;

  class ReceiveOperation;
  // co_await gives a std::optional<T>: the next message; nullopt after Close.
  ReceiveOperation Receive() { return ReceiveOperation(*this); }
  // How many messages it has missed so far.
  uint64_t lagged(Place place = Place::current()) const;

 private:
  friend class Broadcast<T>;
  Subscription(Broadcast<T>& broadcast, uint64_t next) : broadcast_(&broadcast), next_(next) {}

  Broadcast<T>* broadcast_;
  uint64_t next_;  // the number of the message to receive next
  uint64_t lagged_ = 0;
  bool waiting_ = false;
  std::unique_ptr<internal::SubscriptionObject> object_ = internal::SubscriptionObject::New();
};

template <class T>
class Broadcast final : public Object {
 public:
  // REQUIRES: capacity > 0.
  explicit Broadcast(size_t capacity, Place place = Place::current())
      : Object(ObjectKind::kBroadcast, place), capacity_(capacity) {
    FATE_CHECK(capacity > 0, "your program made a Broadcast that keeps no message");
  }

  class SubscribeOperation;
  class SendOperation;
  class CloseOperation;

  // co_await gives a Subscription<T>.
  SubscribeOperation Subscribe() { return SubscribeOperation(*this); }
  Subscription<T> SubscribeNow() { return Done(Subscribe()); }
  // Gives whether it was sent: not if it is closed.
  SendOperation Send(T message) { return SendOperation(*this, std::move(message)); }
  bool SendNow(T message) { return Done(Send(std::move(message))); }
  // REQUIRES: !closed().
  CloseOperation Close() { return CloseOperation(*this); }
  void CloseNow() { Close().Now(); }

  bool closed(Place place = Place::current()) const { return Seen(closed_, place); }

 private:
  friend class Subscription<T>;
  static auto Done(auto&& operation) {
    operation.Now();
    return operation.Result();
  }
  uint64_t oldest() const { return sent_ - messages_.size(); }

  internal::Ring<T> messages_;  // the last ones, oldest first; at most capacity_
  WaitList receivers_;          // oldest first
  uint64_t sent_ = 0;           // how many so far: the number of the next
  size_t capacity_;
  bool closed_ = false;
};

// ---------------------------------------------------------------------------------------------

template <class T>
uint64_t Subscription<T>::lagged(Place place) const {
  return object_ == nullptr ? lagged_ : object_->Seen(lagged_, place);
}

template <class T>
class [[nodiscard]] Subscription<T>::ReceiveOperation : public Awaitable<ReceiveOperation> {
 public:
  explicit ReceiveOperation(Subscription& subscription)
      : Awaitable<ReceiveOperation>(OpKind::kReceive, subscription.broadcast_),
        broadcast_(*subscription.broadcast_),
        subscription_(subscription) {}
  bool CanProceed() const override { return subscription_.next_ < broadcast_.sent_ || broadcast_.closed_; }
  void Perform() override {
    if (subscription_.object_ != nullptr) [[unlikely]]
      subscription_.object_->TellReceive();
    if (subscription_.next_ == broadcast_.sent_) return;  // closed
    if (uint64_t oldest = broadcast_.oldest(); subscription_.next_ < oldest) {
      subscription_.lagged_ += oldest - subscription_.next_;
      subscription_.next_ = oldest;
    }
    const T& message = broadcast_.messages_[subscription_.next_++ - broadcast_.oldest()];
    try {
      value_.emplace(message);
    } catch (...) {
      failure_ = std::current_exception();  // for who receives: the step may be that of a sender
    }
  }
  void Link() override {
    if (subscription_.object_ != nullptr) [[unlikely]]
      subscription_.object_->TellReceive();
    FATE_CHECK(!subscription_.waiting_, "your program receives through one Subscription in two tasks at once");
    subscription_.waiting_ = true;
    broadcast_.receivers_.PushBack(this);
  }
  void Unlink() override {
    if (!this->linked()) return;
    subscription_.waiting_ = false;
    this->UnlinkFromList();
  }
  std::string Tell() const override {
    if (value_.has_value()) return ReadText(ValueText(*value_));
    if (failure_ != nullptr) return "";
    if (subscription_.next_ == broadcast_.sent_) return "finds it closed";
    const uint64_t next = std::max(subscription_.next_, broadcast_.oldest());
    return ReadText(ValueText(broadcast_.messages_[next - broadcast_.oldest()]));
  }
  std::optional<T> Result() {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    this->Found(value_.has_value());
    return std::move(value_);
  }

 private:
  Broadcast<T>& broadcast_;
  Subscription& subscription_;
  std::optional<T> value_;
  std::exception_ptr failure_;  // that copying the message threw
};

template <class T>
class [[nodiscard]] Broadcast<T>::SubscribeOperation : public internal::Action<SubscribeOperation> {
 public:
  explicit SubscribeOperation(Broadcast& broadcast)
      : internal::Action<SubscribeOperation>(OpKind::kArrive, &broadcast), broadcast_(broadcast) {}
  void Perform() override { next_ = broadcast_.sent_; }
  Subscription<T> Result() { return Subscription<T>(broadcast_, next_); }

 private:
  Broadcast& broadcast_;
  uint64_t next_ = 0;
};

template <class T>
class [[nodiscard]] Broadcast<T>::SendOperation : public internal::Action<SendOperation> {
 public:
  SendOperation(Broadcast& broadcast, T message)
      : internal::Action<SendOperation>(OpKind::kSend, &broadcast),
        broadcast_(broadcast),
        message_(std::move(message)) {}
  void Perform() override {
    if (broadcast_.closed_) return;
    done_ = true;
    if (broadcast_.messages_.size() == broadcast_.capacity_) broadcast_.messages_.PopFront();
    broadcast_.messages_.PushBack(std::move(message_));
    ++broadcast_.sent_;
    broadcast_.receivers_.Serve();
  }
  std::string Tell() const override {
    return broadcast_.closed_ ? "finds it closed" : WrittenText(ValueText(message_));
  }
  bool Result() {
    this->Found(done_);
    return done_;
  }

 private:
  Broadcast& broadcast_;
  T message_;
  bool done_ = false;
};

template <class T>
class [[nodiscard]] Broadcast<T>::CloseOperation : public internal::Action<CloseOperation> {
 public:
  explicit CloseOperation(Broadcast& broadcast)
      : internal::Action<CloseOperation>(OpKind::kClose, &broadcast), broadcast_(broadcast) {}
  void Perform() override {
    FATE_CHECK(!broadcast_.closed_, "your program closed a Broadcast twice");
    broadcast_.closed_ = true;
    broadcast_.receivers_.Serve();
  }

 private:
  Broadcast& broadcast_;
};

}  // namespace fate
