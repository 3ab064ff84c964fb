#include "fate/sync/barrier.h"

#include "fate/runtime/simulation.h"

namespace fate {

Barrier::Token Barrier::Count(bool drop) {
  FATE_CHECK(participants_ > 0, "your program arrived at a Barrier all of whose participants dropped out");
  Token token{generation_};
  // One that drops out and one that arrives leave the same number to wait for.
  drop ? --participants_ : ++arrived_;
  if (arrived_ == participants_) {
    arrived_ = 0;
    ++generation_;
    waiters_.Serve();
  }
  return token;
}

// The arrival of ArriveAndWait, which a cancellation prevents.
class Barrier::EnterOperation : public internal::Inner<EnterOperation, Operation> {
 public:
  explicit EnterOperation(Barrier& barrier) : Inner(OpKind::kArrive, &barrier), barrier_(barrier) {}
  void Perform() override { token_ = barrier_.Count(false); }
  Token Result() { return token_; }

 private:
  Barrier& barrier_;
  Token token_{};
};

// The wait of ArriveAndWait. It decides about a cancellation itself, at once: while the generation
// is incomplete the arrival is taken back, afterwards it stands.
class Barrier::StayOperation : public internal::Inner<StayOperation> {
 public:
  static constexpr bool kCancellable = false;
  explicit StayOperation(Barrier& barrier) : Inner(OpKind::kWait, &barrier), barrier_(barrier) {}
  void Stay(Token token) { token_ = token; }
  bool CanProceed() const override { return left_ || Token{barrier_.generation_} != token_; }
  void Link() override { barrier_.waiters_.PushBack(this); }
  void OnCancel() override {
    if (state_ != State::kPending) return;
    // Whether it comes in time, too: another order would have it leave.
    if (context.simulation != nullptr) internal::ReportImmediate(*this);
    if (CanProceed()) return;
    --barrier_.arrived_;
    left_ = true;
    ProceedOrRefresh();
  }
  bool left() const { return left_; }

 private:
  Barrier& barrier_;
  Token token_{};
  bool left_ = false;
};

Task<> Barrier::ArriveAndWait() {
  EnterOperation enter(*this);
  StayOperation stay(*this);
  stay.Stay(co_await enter);
  co_await stay;
  if (stay.left()) throw Cancelled{};
}

}  // namespace fate
