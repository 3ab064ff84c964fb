// The limits of what a production loop does with frames: resume one, switch
// between two, create and destroy one, spawn one and join it.
//
// Left out: values and exceptions through a join, cancellation, timers, more
// than one joiner, a task that outlives its handle.
//
// The limits are written first and then left alone (see limit.h).

#include <benchmark/benchmark.h>

#include <array>
#include <coroutine>
#include <cstdint>

#include "limit.h"

namespace {

using Routine = limit::Routine<limit::PoolFrames>;

constexpr int kItems = 1024;

Routine SuspendForEver() {
  for (;;) {
    co_await std::suspend_always{};
  }
}

// One item: the loop resumes a coroutine, which suspends.
void Resume(benchmark::State& state) {
  std::coroutine_handle<> hidden = SuspendForEver().handle;
  // Else clang sees which coroutine it is, and that resuming it does nothing.
  benchmark::DoNotOptimize(hidden);
  const std::coroutine_handle<> handle = hidden;
  for (auto _ : state) {
    for (int i = 0; i < kItems; ++i) {
      handle.resume();
    }
  }
  handle.destroy();
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(Resume)->Name("resume/limit");

struct SwitchTo {
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const { return other; }
  void await_resume() const {}
  std::coroutine_handle<> other;
};

// Goes back to the loop after kItems switches, half of which are Pong's.
Routine Ping(const std::coroutine_handle<>& other) {
  const std::coroutine_handle<> pong = other;
  for (;;) {
    for (int i = 0; i < kItems / 2; ++i) {
      co_await SwitchTo{pong};
    }
    co_await std::suspend_always{};
  }
}

Routine Pong(const std::coroutine_handle<>& other) {
  const std::coroutine_handle<> ping = other;
  for (;;) {
    co_await SwitchTo{ping};
  }
}

// One item: one symmetric transfer from a coroutine to the other.
void Switch(benchmark::State& state) {
  std::coroutine_handle<> ping;
  std::coroutine_handle<> pong;
  ping = Ping(pong).handle;
  pong = Pong(ping).handle;
  for (auto _ : state) {
    ping.resume();
  }
  ping.destroy();
  pong.destroy();
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(Switch)->Name("switch/limit");

[[gnu::noinline]] Routine Increment(int& counter) {
  ++counter;
  co_return;
}

// One item: a frame from the pool, its run from start to end, its way back.
void Frame(benchmark::State& state) {
  int counter = 0;
  for (auto _ : state) {
    for (int i = 0; i < kItems; ++i) {
      Increment(counter).handle.resume();
    }
  }
  benchmark::DoNotOptimize(counter);
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(Frame)->Name("frame/limit");

// The ready queue, first in first out, with room for `kCapacity`.
class Fifo {
 public:
  void Push(std::coroutine_handle<> handle) { ring_[tail_++ % kCapacity] = handle; }
  std::coroutine_handle<> Pop() { return ring_[head_++ % kCapacity]; }

 private:
  static constexpr std::uint32_t kCapacity = 16;

  std::array<std::coroutine_handle<>, kCapacity> ring_;
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
};

// A root task with a join flag. Its frame lives until the joiner destroys it.
struct Joinable {
  struct promise_type : limit::PoolFrames {
    explicit promise_type(Fifo& queue, int&) : fifo(queue) {}
    Joinable get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {
      done = true;
      if (joiner != nullptr) {
        fifo.Push(joiner);
      }
    }
    void unhandled_exception() { std::terminate(); }

    Fifo& fifo;
    bool done = false;
    std::coroutine_handle<> joiner;
  };

  bool await_ready() const { return handle.promise().done; }
  void await_suspend(std::coroutine_handle<> joiner) const { handle.promise().joiner = joiner; }
  void await_resume() const { handle.destroy(); }

  std::coroutine_handle<promise_type> handle;
};

[[gnu::noinline]] Joinable Child(Fifo&, int& counter) {
  ++counter;
  co_return;
}

Routine Parent(Fifo& fifo, int& counter) {
  for (;;) {
    const Joinable child = Child(fifo, counter);
    fifo.Push(child.handle);
    co_await child;
  }
}

// One item: a parent spawns a child onto the ready queue and waits for its end;
// the loop runs the child, whose end puts the parent back onto the queue.
void SpawnJoin(benchmark::State& state) {
  Fifo fifo;
  int counter = 0;
  const std::coroutine_handle<> parent = Parent(fifo, counter).handle;
  // From here on the queue holds the child, then the parent, turn by turn.
  parent.resume();
  for (auto _ : state) {
    for (int i = 0; i < kItems; ++i) {
      fifo.Pop().resume();
      fifo.Pop().resume();
    }
  }
  fifo.Pop().destroy();
  parent.destroy();
  benchmark::DoNotOptimize(counter);
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(SpawnJoin)->Name("spawn_join/limit");

}  // namespace
