// EdgeFuture: a future with the cancellation of asyncio, and of Rust: edge-triggered.
//
//   EdgeFuture woken;
//   waiters.push_back(&woken);
//   co_await woken.Wait();        // until somebody calls woken.Resolve()
//
// fate's own primitives keep what they gave: a lock that was handed over before the cancellation
// is held. Here the cancellation wins for as long as the waiting task has not run, and what was
// given is lost, unless the catch handler, or a destructor, hands it on. Programs forget that: so
// the corpus needs it. It stands on the abort callback of FromCallback, as a future of any other
// library would.
//
// Awaited by one task. Lives in the frame of that task, and in the queue of who resolves it.
#pragma once

#include <optional>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/task/callback.h"
#include "fate/task/cancel.h"
#include "fate/task/task.h"

namespace fate::demo {

class EdgeFuture {
 public:
  EdgeFuture() = default;
  EdgeFuture(const EdgeFuture&) = delete;
  EdgeFuture& operator=(const EdgeFuture&) = delete;

  // Whether it was resolved, or cancelled while nobody had resolved it.
  bool done() const { return state_.Read() != State::kPending; }
  bool cancelled() const { return state_.Read() == State::kCancelled; }

  // REQUIRES: !done().
  void Resolve() {
    FATE_CHECK(!done(), "your program resolved a future that was done");
    state_.Write(State::kResolved);
    if (completion_.has_value()) (*completion_)();
  }

  // Throws Cancelled if its task is cancelled before it runs again, whether resolved or not.
  Task<> Wait() {
    auto start = [this](Completion<void> completion) {
      if (state_.Read() == State::kResolved) {
        completion();
      } else {
        completion_ = completion;
      }
    };
    auto abort = [this] { state_.Write(State::kCancelled); };
    co_await FromCallback<void>(start, abort);
    if (CancelRequested()) throw Cancelled{};
  }

 private:
  enum class State { kPending, kResolved, kCancelled };
  Shared<State> state_{State::kPending};
  std::optional<Completion<void>> completion_;  // of the wait, once it has begun
};

}  // namespace fate::demo
