#include "fate/task/promise_state.h"

#include "fate/task/spawn.h"

namespace fate::internal {

namespace {

// Tells the simulator that the running step settles the promise.
class SettleOperation : public Awaitable<SettleOperation, Operation> {
 public:
  explicit SettleOperation(PromiseState& state) : Awaitable(OpKind::kSet, &state) {}
  Openings OpenBefore() const override { return {false, false}; }
};

}  // namespace

PromiseState::~PromiseState() {
  if (!unobserved_failure() || context.runtime == nullptr || context.runtime->tearing_down()) return;
  // Nobody can see the failure any more: a task of its own fails with it.
  SpawnOptions options;
  options.name = "promise whose failure nobody followed";
  options.lifetime = Lifetime::kProgram;
  SpawnNow(FailedTask<void>(exception_), options, place()).Detach();
}

void PromiseState::Settle(std::exception_ptr exception, bool failed) {
  exception_ = std::move(exception);
  failed_ = failed;
  settled_ = true;
  SettleOperation(*this).Now();
  followers_.Serve();
}

}  // namespace fate::internal
