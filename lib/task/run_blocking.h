// RunBlocking: runs a function that blocks or computes for long, off the runtime's thread.
//
//   Usage:
//     std::string text = co_await RunBlocking([&path] { return ReadAll(path); });
//
// Example: tests/examples/run_blocking_example_test.cc
//
// Production runs it on a thread of the pool: it must not touch what tasks use meanwhile, nor
// anything of fate. In the simulator it is a task of its own on the same thread, so that a replay
// stays exact. Its result, or its exception, comes back to the caller.
//
//   Order          as the functions end.
//   Scheduling     the start and the wait for the end are each a scheduling point.
//   Cancellation   throws before the start; a function that runs is waited for.
//   Destruction    what the function refers to lives until the await has ended.
//
// O(1) besides the work; two allocations.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "fate/runtime/runtime.h"
#include "fate/task/callback.h"
#include "fate/task/combinator.h"
#include "fate/task/task.h"

namespace fate {

namespace internal {

// A function and what becomes of it; shared with the thread that runs it.
template <class Work>
class BlockingWork {
 public:
  using Value = std::invoke_result_t<Work&>;
  explicit BlockingWork(Work work) : work_(std::move(work)) {}

  void Run() noexcept {
    try {
      if constexpr (std::is_void_v<Value>) {
        work_();
      } else {
        value_.emplace(work_());
      }
    } catch (...) {
      exception_ = std::current_exception();
    }
  }
  Value Take() {
    if (exception_ != nullptr) std::rethrow_exception(exception_);
    if constexpr (!std::is_void_v<Value>) return std::forward<Value>(*value_);
  }

 private:
  Work work_;
  std::optional<Slot<Value>> value_;
  std::exception_ptr exception_;
};

}  // namespace internal

template <class Work>
Task<std::invoke_result_t<Work&>> RunBlocking(Work work) {
  auto shared = std::make_shared<internal::BlockingWork<Work>>(std::move(work));
  auto start = [&shared](Completion<void> done) {
    auto finish = [done] { done(); };
    context.runtime->RunBlocking([shared] { shared->Run(); }, finish);
  };
  internal::Settled<void> settled(FromCallback<void>(start));
  co_await settled;
  settled.Take();
  co_return shared->Take();
}

}  // namespace fate
