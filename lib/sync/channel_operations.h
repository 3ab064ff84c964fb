// The operations of Channel<T>, and its try forms: bodies of channel.h, which includes this.
//
// Tested by tests/sync/channel_test.cc.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fate/runtime/value_text.h"
#include "fate/sync/channel.h"
#include "fate/sync/shapes.h"

namespace fate {

namespace internal {

// The other side of a rendezvous: the oldest of `waiters` that is not a branch of `select` too;
// null if there is none.
WaitingOperation* FindPartner(const WaitList& waiters, const WaitingOperation* select);
// The same for `operation`; in the search, one of all those by choice. REQUIRES: there is one.
WaitingOperation& ChoosePartner(const WaitList& waiters, const WaitingOperation& operation);

// Calls `visit` for the task of each of those that ChoosePartner chooses from.
void ForEachPartner(const WaitList& waiters, const WaitingOperation* select,
                    absl::FunctionRef<void(const TaskRecord&)> visit);

}  // namespace internal

template <class T>
class [[nodiscard]] Channel<T>::SendOperation : public Awaitable<SendOperation> {
 public:
  SendOperation(Channel& channel, T value)
      : Awaitable<SendOperation>(OpKind::kSend, &channel), channel_(channel), value_(std::move(value)) {}
  bool CanProceed() const override { return channel_.closed_ || channel_.CanSend(this->owner()); }
  bool WouldQueue() const override { return !this->FirstInList(); }
  void Perform() override;
  void Link() override {
    channel_.Offered();
    if (!this->task_->cancelled) channel_.senders_.PushBack(this);
  }
  void ForEachPartner(absl::FunctionRef<void(const TaskRecord&)> visit) const override {
    if (channel_.capacity_ != 0 || channel_.closed_ || this->task_->cancelled) return;
    internal::ForEachPartner(channel_.receivers_, this->owner(), visit);
  }
  void OnCancel() override {
    if (context.search != nullptr && !this->GrantedNow()) this->Withdraw();
    Operation::OnCancel();
  }
  Openings OpenBefore() const override { return channel_.Open(channel_.closed_); }
  std::string Tell() const override {
    const bool took_effect = this->state() == Operation::State::kDone;
    if (took_effect ? !sent_ : channel_.closed_) return "finds it closed";
    // A value that has been handed over is told by its receiver.
    return took_effect ? "" : WrittenText(ValueText(value_));
  }
  bool Result() {
    this->Found(sent_);
    return sent_;
  }

 private:
  friend class ReceiveOperation;
  Channel& channel_;
  T value_;
  bool sent_ = false;
};

template <class T>
class [[nodiscard]] Channel<T>::ReceiveOperation : public Awaitable<ReceiveOperation> {
 public:
  explicit ReceiveOperation(Channel& channel)
      : Awaitable<ReceiveOperation>(OpKind::kReceive, &channel), channel_(channel) {}
  bool CanProceed() const override {
    // In the search it is the sender who is chosen.
    return !channel_.buffer_.empty() || channel_.closed_ || (context.search == nullptr && CanMeet());
  }
  // What counts for a try form, in both worlds.
  bool CanProceedNow() const { return !channel_.buffer_.empty() || channel_.closed_ || CanMeet(); }
  bool WouldQueue() const override { return !this->FirstInList(); }
  void Perform() override;
  void Link() override {
    channel_.Offered();
    if (this->task_->cancelled) return;
    channel_.receivers_.PushBack(this);
    channel_.PartnersChanged(channel_.senders_);
  }
  void Unlink() override {
    if (!this->linked()) return;
    this->UnlinkFromList();
    channel_.PartnersChanged(channel_.senders_);
  }
  void OnCancel() override {
    if (context.search != nullptr && !this->GrantedNow()) this->Withdraw();
    Operation::OnCancel();
  }
  Openings OpenBefore() const override { return channel_.Open(channel_.closed_); }
  std::string Tell() const override {
    if (value_.has_value()) return ReadText(ValueText(*value_));
    if (!channel_.buffer_.empty()) return ReadText(ValueText(channel_.buffer_[0]));
    return channel_.closed_ ? "finds it closed" : "";
  }
  std::optional<T> Result() {
    this->Found(value_.has_value());
    return std::move(value_);
  }

 private:
  friend class SendOperation;
  // A sender stands there to hand its value over. One before a buffer has not sent yet, in the search.
  bool CanMeet() const {
    return channel_.capacity_ == 0 && internal::FindPartner(channel_.senders_, this->owner()) != nullptr;
  }

  Channel& channel_;
  std::optional<T> value_;
};

template <class T>
class [[nodiscard]] Channel<T>::CloseOperation : public internal::Action<CloseOperation> {
 public:
  explicit CloseOperation(Channel& channel)
      : internal::Action<CloseOperation>(OpKind::kClose, &channel), channel_(channel) {}
  void Perform() override {
    FATE_CHECK(!channel_.closed_, "your program closed a Channel twice");
    channel_.closed_ = true;
    channel_.senders_.Serve();
    channel_.receivers_.Serve();
  }
  Openings OpenBefore() const override { return channel_.Open(false); }

 private:
  Channel& channel_;
};

// ---------------------------------------------------------------------------------------------

template <class T>
bool Channel<T>::CanSend(const WaitingOperation* select) const {
  return capacity_ == 0 ? internal::FindPartner(receivers_, select) != nullptr : buffer_.size() < capacity_;
}

template <class T>
void Channel<T>::SendOperation::Perform() {
  if (channel_.closed_) return;
  sent_ = true;
  if (channel_.capacity_ == 0) {
    auto& receiver = static_cast<ReceiveOperation&>(internal::ChoosePartner(channel_.receivers_, *this));
    receiver.Unlink();
    receiver.value_.emplace(std::move(value_));
    receiver.Complete();
  } else {
    channel_.buffer_.PushBack(std::move(value_));
    channel_.receivers_.Serve();
    if (context.search != nullptr) [[unlikely]]
      channel_.senders_.Serve();
  }
}

template <class T>
void Channel<T>::ReceiveOperation::Perform() {
  if (!channel_.buffer_.empty()) {
    value_.emplace(channel_.buffer_.PopFront());
    channel_.senders_.Serve();
    if (context.search != nullptr) [[unlikely]]
      channel_.receivers_.Serve();
  } else if (!channel_.closed_) {
    auto& sender = static_cast<SendOperation&>(internal::ChoosePartner(channel_.senders_, *this));
    sender.Unlink();
    value_.emplace(std::move(sender.value_));
    sender.sent_ = true;
    sender.Complete();
  }
}

template <class T>
template <class U>
bool Channel<T>::TrySend(U&& value) {
  const Openings open_before = Open(closed_);
  bool sent = !closed_ && CanSend(nullptr);
  if (sent) SendOperation(*this, std::forward<U>(value)).Perform();
  internal::Attempt(OpKind::kTrySend, this, sent, open_before).Now();
  return sent;
}

template <class T>
std::optional<T> Channel<T>::TryReceive() {
  ReceiveOperation receive(*this);
  const Openings open_before = Open(closed_);
  if (receive.CanProceedNow()) receive.Perform();
  std::optional<T> value = receive.Result();
  internal::Attempt(OpKind::kTryReceive, this, value.has_value(), open_before).Now();
  return value;
}

}  // namespace fate
