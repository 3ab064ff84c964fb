// The limit of one whole execution of *tiny*: two tasks, each lock; read;
// yield; write; unlock on one counter, picked at random, every pick recorded.
//
// A scheduling point stands before each operation. A task's first pick starts
// it and goes on through its lock if that is free; a task before a held lock is
// no candidate until the unlock. So a task takes 5 picks, 6 if it was blocked;
// a pick from one candidate is recorded but draws nothing.
//
// `limit` reuses scheduler, record and frames of the execution before;
// `tiny_fresh/limit` makes a new scheduler and takes frames from the heap.
//
// Left out: what a task is about to do and where, more than one waiter on the
// mutex, a replaceable strategy, an outcome, deadlock, a step limit.
//
// The limits are written first and then left alone (see limit.h).

#include <benchmark/benchmark.h>

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "limit.h"

namespace {

using limit::Generator;

struct Ready {
  std::coroutine_handle<> handle;
  std::uint32_t task;
};

struct Choice {
  std::uint32_t option;
  std::uint32_t task;
};

class Scheduler {
 public:
  Scheduler() {
    ready_.reserve(kTasks);
    choices_.reserve(kChoices);
  }

  void Start(std::uint32_t task, std::coroutine_handle<> handle) { ready_.push_back({handle, task}); }

  void Run(Generator& generator) {
    choices_.clear();
    while (!ready_.empty()) {
      const auto candidates = static_cast<std::uint32_t>(ready_.size());
      current_ = candidates == 1 ? 0 : generator.Below(candidates);
      const Ready& picked = ready_[current_];
      choices_.push_back({current_, picked.task});
      picked.handle.resume();
    }
  }

  // The current task is no candidate any more: it blocked or ended.
  Ready RemoveCurrent() {
    const Ready removed = ready_[current_];
    ready_[current_] = ready_.back();
    ready_.pop_back();
    return removed;
  }

  void Wake(const Ready& blocked) { ready_.push_back(blocked); }

  const std::vector<Choice>& choices() const { return choices_; }

 private:
  static constexpr std::size_t kTasks = 2;
  static constexpr std::size_t kChoices = 16;

  std::vector<Ready> ready_;
  std::vector<Choice> choices_;
  std::uint32_t current_ = 0;
};

// With room for one waiter, which is what two tasks need.
class Mutex {
 public:
  explicit Mutex(Scheduler& scheduler) : scheduler_(scheduler) {}

  auto Lock() {
    struct Awaiter {
      bool await_ready() const { return !mutex.locked_; }
      void await_suspend(std::coroutine_handle<>) const { mutex.waiter_ = mutex.scheduler_.RemoveCurrent(); }
      void await_resume() const { mutex.locked_ = true; }
      Mutex& mutex;
    };
    return Awaiter{*this};
  }

  void Unlock() {
    locked_ = false;
    if (waiter_.handle != nullptr) {
      scheduler_.Wake(waiter_);
      waiter_.handle = nullptr;
    }
  }

 private:
  Scheduler& scheduler_;
  bool locked_ = false;
  Ready waiter_{};
};

struct Program {
  explicit Program(Scheduler& s) : scheduler(s), mutex(s) {}

  Scheduler& scheduler;
  Mutex mutex;
  int counter = 0;
};

template <typename Frames>
limit::Routine<Frames> Increment(Program& program) {
  constexpr std::suspend_always kSchedulingPoint;
  co_await program.mutex.Lock();
  co_await kSchedulingPoint;
  const int seen = program.counter;
  co_await kSchedulingPoint;
  // The yield itself does nothing: the point before it let others run.
  co_await kSchedulingPoint;
  program.counter = seen + 1;
  co_await kSchedulingPoint;
  program.mutex.Unlock();
  program.scheduler.RemoveCurrent();
}

template <typename Frames>
void Execute(Scheduler& scheduler, Generator& generator) {
  Program program(scheduler);
  scheduler.Start(0, Increment<Frames>(program).handle);
  scheduler.Start(1, Increment<Frames>(program).handle);
  scheduler.Run(generator);
  benchmark::DoNotOptimize(program.counter);
}

void TinyReused(benchmark::State& state) {
  Scheduler scheduler;
  Generator generator(1);
  for (auto _ : state) {
    Execute<limit::PoolFrames>(scheduler, generator);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TinyReused)->Name("execution/tiny/limit");

void TinyFresh(benchmark::State& state) {
  Generator generator(1);
  for (auto _ : state) {
    Scheduler scheduler;
    Execute<limit::HeapFrames>(scheduler, generator);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(TinyFresh)->Name("execution/tiny_fresh/limit");

}  // namespace
