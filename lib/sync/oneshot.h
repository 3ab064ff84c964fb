// Oneshot<T>: a channel for a single value: an answer, a result.
//
//   Usage:
//     Oneshot<int> answer;
//     JoinHandle<> worker = co_await Spawn(Work(answer));   // co_await answer.Send(42);
//     std::optional<int> value = co_await answer.Receive();
//
// Example: tests/examples/oneshot_example_test.cc
//
// Either side may Close: the sender that gives up, the receiver that lost interest. Then Receive
// gives nullopt, unless the value was sent before, and Send gives false. Sending twice, receiving
// the value twice, receiving from two tasks at once and closing twice are misuse.
//
//   Order          there is at most one waiter, the receiver.
//   Scheduling     Send, Receive and Close are each a scheduling point; SendNow and CloseNow are
//                  not.
//   Cancellation   Receive throws Cancelled and received nothing. Send and Close, which never wait,
//                  never throw Cancelled.
//   Destruction    when no task waits for it.
//
// T is movable. O(1), no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/sole_waiter.h"
#include "fate/sync/shapes.h"

namespace fate {

template <class T>
class Oneshot final : public Object {
 public:
  explicit Oneshot(Place place = Place::current()) : Object(ObjectKind::kChannel, place) {}

  class SendOperation;
  class ReceiveOperation;
  class CloseOperation;

  // Gives whether it was sent: not if it is closed. REQUIRES: nothing was sent before.
  SendOperation Send(T value) { return SendOperation(*this, std::move(value)); }
  bool SendNow(T value);
  // co_await gives a std::optional<T>. REQUIRES: the value was not received before.
  ReceiveOperation Receive() { return ReceiveOperation(*this); }
  // REQUIRES: !closed().
  CloseOperation Close() { return CloseOperation(*this); }
  void CloseNow() { Close().Now(); }

  bool sent(Place place = Place::current()) const { return Seen(sent_, place); }
  bool closed(Place place = Place::current()) const { return Seen(closed_, place); }

 private:
  WaitList receivers_;  // at most one
  internal::SoleWaiter receiver_;
  std::optional<T> value_;
  bool sent_ = false;
  bool received_ = false;
  bool closed_ = false;
};

template <class T>
class [[nodiscard]] Oneshot<T>::SendOperation : public internal::Action<SendOperation> {
 public:
  SendOperation(Oneshot& oneshot, T value)
      : internal::Action<SendOperation>(OpKind::kSend, &oneshot), oneshot_(oneshot), value_(std::move(value)) {}
  void Perform() override {
    FATE_CHECK(!oneshot_.sent_, "your program sent twice through a Oneshot");
    if (oneshot_.closed_) return;
    done_ = oneshot_.sent_ = true;
    oneshot_.value_.emplace(std::move(value_));
    oneshot_.receivers_.Serve();
  }
  bool Result() {
    this->Found(done_);
    return done_;
  }

 private:
  Oneshot& oneshot_;
  T value_;
  bool done_ = false;
};

template <class T>
class [[nodiscard]] Oneshot<T>::ReceiveOperation : public Awaitable<ReceiveOperation> {
 public:
  explicit ReceiveOperation(Oneshot& oneshot)
      : Awaitable<ReceiveOperation>(OpKind::kReceive, &oneshot), oneshot_(oneshot) {
    FATE_CHECK(!oneshot.received_, "your program received the value of a Oneshot twice");
  }
  bool CanProceed() const override { return oneshot_.value_.has_value() || oneshot_.closed_; }
  void Perform() override {
    oneshot_.received_ = oneshot_.value_.has_value();
    value_ = std::exchange(oneshot_.value_, std::nullopt);
  }
  void Link() override {
    oneshot_.receiver_.Come();
    FATE_CHECK(oneshot_.receivers_.empty(), "your program receives from a Oneshot in two tasks at once");
    oneshot_.receivers_.PushBack(this);
  }
  std::optional<T> Result() {
    this->Found(value_.has_value());
    return std::move(value_);
  }

 private:
  Oneshot& oneshot_;
  std::optional<T> value_;
};

template <class T>
class [[nodiscard]] Oneshot<T>::CloseOperation : public internal::Action<CloseOperation> {
 public:
  explicit CloseOperation(Oneshot& oneshot)
      : internal::Action<CloseOperation>(OpKind::kClose, &oneshot), oneshot_(oneshot) {}
  void Perform() override {
    FATE_CHECK(!oneshot_.closed_, "your program closed a Oneshot twice");
    oneshot_.closed_ = true;
    oneshot_.receivers_.Serve();
  }

 private:
  Oneshot& oneshot_;
};

// ---------------------------------------------------------------------------------------------

template <class T>
bool Oneshot<T>::SendNow(T value) {
  SendOperation send(*this, std::move(value));
  send.Now();
  return send.Result();
}

}  // namespace fate
