#include "fate/task/callback_state.h"

#include <future>

#include "fate/runtime/check.h"
#include "fate/runtime/runtime.h"

namespace fate::internal {

namespace {

// Tells the simulator that the running step completes the await.
class CompleteOperation : public Awaitable<CompleteOperation, Operation> {
 public:
  explicit CompleteOperation(CallbackReceiver& receiver) : Awaitable(OpKind::kSet, &receiver) {}
  Openings OpenBefore() const override { return {false, false}; }
};

}  // namespace

CallbackReceiver::~CallbackReceiver() { Disconnect(); }

std::shared_ptr<CallbackSender> CallbackReceiver::MakeSender() {
  auto sender = std::make_shared<CallbackSender>(*this);
  sender_ = sender.get();
  return sender;
}

void CallbackReceiver::Disconnect() {
  if (sender_ != nullptr) std::exchange(sender_, nullptr)->Disconnect();
}

void CallbackReceiver::Settle(bool cancelled, std::exception_ptr exception) {
  settled_ = true;
  cancelled_ = cancelled;
  exception_ = std::move(exception);
  CompleteOperation(*this).Now();
  if (waiting_ != nullptr) waiting_->ProceedOrRefresh();
}

void CallbackReceiver::ThrowUnlessValue() const {
  if (exception_ != nullptr) std::rethrow_exception(exception_);
  if (cancelled_) throw Cancelled{};
}

CallbackSender::CallbackSender(CallbackReceiver& receiver)
    : Object(ObjectKind::kCustom, receiver.place()), receiver_(&receiver), runtime_(context.runtime) {}

void CallbackSender::Disconnect() {
  receiver_ = nullptr;
  if (context.simulation != nullptr && !runtime_->tearing_down()) {
    context.simulation->Access(*this, OpKind::kWrite, Place());
  }
}

// On another thread, or after the end, there is nothing left to tell.
bool CallbackSender::InTime() const {
  if (context.runtime != runtime_ || runtime_->tearing_down()) return false;
  if (receiver_ == nullptr && context.simulation != nullptr) {
    context.simulation->Access(*this, OpKind::kRead, Place());
  }
  return receiver_ != nullptr;
}

CallbackSender::~CallbackSender() {
  FATE_CHECK_IN_DESTRUCTOR(context.runtime == runtime_ || receiver_ == nullptr,
                           "your program dropped a Completion uncalled outside the runtime whose task awaits it: from "
                           "another thread, hand it over with Runtime::Post");
  if (completed_ || !InTime()) {
    if (receiver_ != nullptr) receiver_->sender_ = nullptr;  // at the end of the runtime it may go first
    return;
  }
  CallbackReceiver* receiver = receiver_;
  receiver->Disconnect();
  if (receiver->aborting_) {
    receiver->Settle(true, nullptr);
    return;
  }
  std::future_error error(std::future_errc::broken_promise);
  receiver->Settle(false, std::make_exception_ptr(std::move(error)));
}

CallbackReceiver* CallbackSender::Complete() {
  FATE_CHECK(context.runtime == runtime_ || receiver_ == nullptr,
             "your program called a Completion outside the runtime whose task awaits it: from another "
             "thread, hand the call over with Runtime::Post");
  FATE_CHECK(!completed_, "your program called a Completion twice");
  completed_ = true;
  if (!InTime()) return nullptr;
  CallbackReceiver* receiver = receiver_;
  receiver->Disconnect();
  return receiver;
}

}  // namespace fate::internal
