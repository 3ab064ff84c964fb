// CallbackState: the two ends of a callback that is awaited: who waits, and who completes.
//
// The internals of fate/task/callback.h, which says what they mean. The receiver lives in the frame
// that awaits, the sender is shared by the copies of the Completion; each forgets the other when it
// goes. Tested by tests/task/callback_test.cc.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "fate/runtime/object.h"
#include "fate/runtime/runtime.h"
#include "fate/task/combinator.h"

namespace fate {

// What an abort callback has achieved.
enum class AbortResult : bool {
  kAborted,       // it has no effect, and no completion counts any more
  kWillComplete,  // a completion is still to come, with a value or with Abort
};

template <class T = void>
class Completion;

// For functions that cannot be aborted.
struct NoAbort {};

namespace internal {

class CallbackSender;

// The end of a callback that waits, in the frame of FromCallback.
class CallbackReceiver : public Object {
 public:
  explicit CallbackReceiver(Place place) : Object(ObjectKind::kCustom, place) {}
  ~CallbackReceiver();
  // What the callback is given to complete; once.
  std::shared_ptr<CallbackSender> MakeSender();
  bool settled() const { return settled_; }
  void Settle(bool cancelled, std::exception_ptr exception);
  // Nothing that comes later counts.
  void Disconnect();
  void ThrowUnlessValue() const;

 private:
  friend class CallbackSender;
  template <class Abort>
  friend class CallbackWait;
  CallbackSender* sender_ = nullptr;  // null once nothing can come from it
  WaitingOperation* waiting_ = nullptr;
  std::exception_ptr exception_;
  bool settled_ = false;
  bool cancelled_ = false;
  bool aborting_ = false;  // the abort callback was called: a Completion that is dropped means Cancelled
};

// The end that completes, shared by the copies of a Completion. A completion that comes too late is no operation on the
// receiver, which may be gone: in a search it is a look at this.
class CallbackSender final : public Object {
 public:
  explicit CallbackSender(CallbackReceiver& receiver);
  ~CallbackSender();
  CallbackSender(const CallbackSender&) = delete;
  CallbackSender& operator=(const CallbackSender&) = delete;
  // Counts a completion. The receiver it is for; null if it comes too late.
  CallbackReceiver* Complete();

 private:
  friend class CallbackReceiver;
  void Disconnect();
  // Whether there is somebody to tell.
  bool InTime() const;

  CallbackReceiver* receiver_;  // null once completed or disconnected
  Runtime* runtime_;
  bool completed_ = false;
};

template <class T>
class CallbackValue : public CallbackReceiver {
 public:
  using CallbackReceiver::CallbackReceiver;
  std::optional<Slot<T>> value;
};

template <class Start, class T>
class CallbackStart : public Inner<CallbackStart<Start, T>, Operation> {
 public:
  CallbackStart(Start& start, CallbackValue<T>& receiver)
      : Inner<CallbackStart, Operation>(OpKind::kExternal, &receiver), start_(start), receiver_(receiver) {}
  void Perform() override { start_(Completion<T>(receiver_.MakeSender())); }

 private:
  Start& start_;
  CallbackValue<T>& receiver_;
};

template <class Abort>
class CallbackWait : public Inner<CallbackWait<Abort>> {
 public:
  static constexpr bool kCancellable = false;  // by itself; see OnCancel
  CallbackWait(Abort& abort, CallbackReceiver& receiver)
      : Inner<CallbackWait>(OpKind::kWait, &receiver), abort_(abort), receiver_(receiver) {}
  ~CallbackWait() { CallbackWait::Unlink(); }
  bool CanProceed() const override { return receiver_.settled_; }
  Openings OpenBefore() const override { return {receiver_.settled_, false}; }
  void Link() override {
    receiver_.waiting_ = this;
    if (this->task_->cancelled) OnCancel();  // `start` cancelled its own task
  }
  void Unlink() override {
    if (receiver_.waiting_ == this) receiver_.waiting_ = nullptr;
  }
  void OnCancel() override;

 private:
  Abort& abort_;
  CallbackReceiver& receiver_;
  bool abort_called_ = false;
};

template <class Abort>
void CallbackWait<Abort>::OnCancel() {
  if constexpr (!std::is_same_v<Abort, NoAbort>) {
    // Whether it comes in time, too: another order would have it abort.
    if (context.simulation != nullptr) context.simulation->Access(receiver_, OpKind::kRead, Place());
    if (receiver_.settled_ || std::exchange(abort_called_, true)) return;
    receiver_.aborting_ = true;
    AbortResult result = AbortResult::kAborted;
    if constexpr (std::is_void_v<std::invoke_result_t<Abort&>>) {
      abort_();
    } else {
      result = abort_();
    }
    if (result == AbortResult::kWillComplete || receiver_.settled_) return;
    receiver_.Disconnect();
    receiver_.Settle(true, nullptr);
  }
}

template <class T>
class CompletionBase {
 public:
  // The await throws `exception`.
  void Fail(std::exception_ptr exception) const {
    if (CallbackReceiver* to = sender_->Complete()) to->Settle(false, std::move(exception));
  }
  // The await throws Cancelled: what `abort` asked for has come about.
  void Abort() const {
    if (CallbackReceiver* to = sender_->Complete()) to->Settle(true, nullptr);
  }

 protected:
  explicit CompletionBase(std::shared_ptr<CallbackSender> sender) : sender_(std::move(sender)) {}
  template <class Value>
  void Give(Value&& value) const {
    CallbackReceiver* to = sender_->Complete();
    if (to == nullptr) return;
    try {
      static_cast<CallbackValue<T>*>(to)->value.emplace(std::forward<Value>(value));
    } catch (...) {
      return to->Settle(false, std::current_exception());  // the await throws it: no other completion will come
    }
    to->Settle(false, nullptr);
  }
  std::shared_ptr<CallbackSender> sender_;
};

}  // namespace internal
}  // namespace fate
