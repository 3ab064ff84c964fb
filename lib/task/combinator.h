// Combinator: what the library's coroutines that await tasks of the program are made of.
//
// For authors of combinators (Shield, WithTimeout, WhenAll, ...). Each is a coroutine that
//   1. takes the place of its caller, so that traces and reports name its line and not ours;
//   2. awaits a task to its end whatever that is (Settled), since co_await in a catch handler is
//      no C++, and an exception that is not caught here need not be unwound twice;
//   3. joins the tasks it spawned (Siblings, JoinSiblings), which no cancellation interrupts.
// Tested by tests/task/combinator_test.cc.
// Size: the hot path of WhenAll is inline, a task in nanoseconds; the rest is in combinator.cc.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <utility>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "fate/runtime/awaitable.h"
#include "fate/runtime/cancel_scope.h"
#include "fate/task/task.h"

namespace fate::internal {

// co_await CallerPlace() takes the place of the caller for the running frame (TakePlaceOfCaller), and gives it.
class CallerPlace {
 public:
  CallerPlace Await() { return CallerPlace(); }
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) {
    FrameBase& frame = handle.promise();
    TakePlaceOfCaller(frame);
    place_ = frame.place;
    return false;
  }
  Place await_resume() const { return place_; }

 private:
  Place place_;
};

// A task that is awaited to its end; the result, or the exception, stays here until Take.
//
//   Settled<T> settled(std::move(task));
//   co_await settled;
//   ...
//   co_return settled.Take();
template <class T>
class Settled : private ChildAwaiterBase {
 public:
  explicit Settled(Task<T> task) { child = task.Release(); }
  Settled(const Settled&) = delete;
  Settled& operator=(const Settled&) = delete;
  ~Settled() {
    if (child) child.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(Settled& settled) : settled_(settled) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> parent_handle) noexcept {
      TakePlaceOfCaller(parent_handle.promise());
      return TransferToChild(settled_.promise(), settled_, parent_handle);
    }
    void await_resume() const noexcept {}

   private:
    Settled& settled_;
  };
  Awaiter Await() { return Awaiter(*this); }

  // Of the end. REQUIRES: awaited.
  bool cancelled() const { return promise().cancelled(); }
  bool failed() const { return promise().failed(); }
  const std::exception_ptr& exception() const { return promise().exception(); }
  T Take() { return promise().Take(); }

 private:
  TaskPromise<T>& promise() const { return Task<T>::Handle::from_address(child.address()).promise(); }
};

// How the result of a Task<T> is kept among others.
template <class T>
struct ResultSlot {
  using Type = T;
};
template <>
struct ResultSlot<void> {
  using Type = std::monostate;
};
template <class T>
struct ResultSlot<T&> {
  using Type = std::reference_wrapper<T>;
};
template <class T>
using Slot = typename ResultSlot<T>::Type;

// A task that fails with `exception`.
template <class T>
Task<T> FailedTask(std::exception_ptr exception) {
  std::rethrow_exception(exception);
  co_return co_await Task<T>();
}

// The task body(arguments...); an exception of the very call becomes one of the task.
template <class Body, class... Arguments>
auto CallBody(Body& body, Arguments&... arguments) -> decltype(body(arguments...)) {
  using Value = typename decltype(body(arguments...))::value_type;
  try {
    return body(arguments...);
  } catch (...) {
    return FailedTask<Value>(std::current_exception());
  }
}

// Tasks that are joined together, by the one that spawned them.
class Siblings : protected TaskOwner {
 public:
  // How many have not ended.
  size_t running() const { return running_; }

 protected:
  explicit Siblings(CancelScope* parent) : scope_(parent, *this) {}
  ~Siblings();
  Siblings(const Siblings&) = delete;
  Siblings& operator=(const Siblings&) = delete;

  // Makes a task of `task`, in the scope of the siblings.
  template <class T>
  TaskRecord* NewSibling(Task<T>& task, Place place, const SpawnOptions& options) {
    TaskRecord* record = context.runtime->NewTask(task.Release(), &scope_, place, options);
    record->handled = true;
    record->owner = this;
    ++running_;
    if (context.simulation != nullptr) [[unlikely]]
      TellGroup({record, record});
    return record;
  }
  // The same for several. REQUIRES: at least one.
  TaskRun NewSiblings(absl::Span<void* const> roots, Place place) {
    running_ += roots.size();
    const TaskRun run = context.runtime->NewTasks(roots, &scope_, place, this);
    if (context.simulation != nullptr) [[unlikely]]
      TellGroup(run);
    return run;
  }
  // One of them has ended. REQUIRES: what its end means was settled.
  void CountEnd();
  // Those that have not ended, at least, in order of spawning; more may come meanwhile.
  virtual void ForEachSibling(absl::FunctionRef<void(TaskRecord&)> call) = 0;

  // What they are spawned into.
  class Scope final : public CancelScope {
   public:
    Scope(CancelScope* parent, Siblings& siblings) : CancelScope(parent), siblings_(siblings) {}

   private:
    void ForEachMember(absl::FunctionRef<void(TaskRecord&)> reach) override { siblings_.ForEachSibling(reach); }
    Siblings& siblings_;
  };
  Scope scope_;

 private:
  friend class JoinSiblings;
  // Those of `run` are among them.
  void TellGroup(const TaskRun& run);

  size_t running_ = 0;
  uint32_t group_ = kNoGroup;  // in a simulator: the id of the first
  static constexpr uint32_t kNoGroup = 0xffffffff;
  class JoinSiblings* join_ = nullptr;  // the pending join, if there is one
};

// Waits for the end of all siblings. A cancellation is passed on to them, and waited out.
class JoinSiblings : public Inner<JoinSiblings> {
 public:
  static constexpr bool kCancellable = false;
  explicit JoinSiblings(Siblings& siblings) : Inner(OpKind::kJoin, nullptr), siblings_(siblings) {}

  bool CanProceed() const override { return siblings_.running_ == 0; }
  void Link() override { siblings_.join_ = this; }
  void Unlink() override { siblings_.join_ = nullptr; }
  void Perform() override {
    if (context.simulation != nullptr) [[unlikely]]
      TellJoin();
  }
  // A task that was cancelled by itself hands it on; what its scope hears, theirs hears too.
  void OnCancel() override { siblings_.scope_.Cancel(); }
  const TaskRecord* WaitsFor() const override;
  // What it waits for has come about.
  void AllEnded() {
    if (context.search != nullptr) return ProceedOrRefresh();
    // The same, shorter: it has no other effect than that its task goes on.
    siblings_.join_ = nullptr;
    state_ = State::kDone;
    context.runtime->MakeReady(task_);
  }

 private:
  void TellJoin() const;
  Siblings& siblings_;
};

// ---------------------------------------------------------------------------------------------

inline void Siblings::CountEnd() {
  if (--running_ == 0 && join_ != nullptr) join_->AllEnded();
}

}  // namespace fate::internal
