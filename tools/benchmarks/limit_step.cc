// The limit of one scheduling step: pick a ready task, record the pick, resume
// the task, and get the processor back when it suspends.
//
// The tasks have 8 different bodies with 4 await points each and never end. A
// step therefore pays two mispredicted branches, one on the body and one on the
// await point: that is most of its time, and real programs pay it too. One
// body, or one await point, would flatter whoever is measured.
//
// Left out: blocking (every task stays ready), what a task is about to do and
// where, a replaceable strategy, a test for the end of an execution.
//
// The limits are written first and then left alone (see limit.h).

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstdint>
#include <utility>
#include <vector>

#include "limit.h"

namespace {

using limit::Generator;
using Task = limit::Routine<limit::PoolFrames>;

constexpr int kSteps = 1024;

// Stores that differ keep compilers from merging bodies or await points.
template <std::uint32_t kBody>
Task Body(std::uint32_t& cell) {
  for (;;) {
    cell = 4 * kBody;
    co_await std::suspend_always{};
    cell = 4 * kBody + 1;
    co_await std::suspend_always{};
    cell = 4 * kBody + 2;
    co_await std::suspend_always{};
    cell = 4 * kBody + 3;
    co_await std::suspend_always{};
  }
}

constexpr auto kBodies = []<std::uint32_t... kBody>(std::integer_sequence<std::uint32_t, kBody...>) {
  return std::array{&Body<kBody>...};
}(std::make_integer_sequence<std::uint32_t, 8>{});

struct Ready {
  std::coroutine_handle<> handle;
  std::uint32_t task;
};

struct Choice {
  std::uint32_t option;
  std::uint32_t task;
};

// Owns n tasks, body i % 8 for task i. The frames go back to the pool in
// reverse, so that the next benchmark finds it as this one did.
class Tasks {
 public:
  explicit Tasks(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) {
      ready_.push_back({kBodies[i % kBodies.size()](cell_).handle, i});
    }
  }
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  ~Tasks() {
    std::sort(ready_.begin(), ready_.end(), [](const Ready& a, const Ready& b) { return a.task > b.task; });
    for (const Ready& ready : ready_) {
      ready.handle.destroy();
    }
    benchmark::DoNotOptimize(cell_);
  }

  std::vector<Ready>& ready() { return ready_; }

 private:
  std::uint32_t cell_ = 0;
  std::vector<Ready> ready_;
};

void StepRandom(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  Tasks tasks(n);
  const Ready* ready = tasks.ready().data();
  std::vector<Choice> choices(kSteps);
  Generator generator(1);
  for (auto _ : state) {
    Choice* next = choices.data();
    for (int step = 0; step < kSteps; ++step) {
      const std::uint32_t option = generator.Below(n);
      const Ready& picked = ready[option];
      *next++ = {option, picked.task};
      picked.handle.resume();
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * kSteps);
}
BENCHMARK(StepRandom)->Name("step/limit")->Arg(2)->Arg(10)->Arg(100)->Arg(10000);

// The ready queue is a ring with room for one more than there are tasks.
void StepFifo(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  Tasks tasks(n);
  constexpr std::uint32_t kMask = 15;
  std::array<Ready, kMask + 1> ring;
  std::copy(tasks.ready().begin(), tasks.ready().end(), ring.begin());
  std::uint32_t head = 0;
  std::uint32_t tail = n;
  std::vector<Choice> choices(kSteps);
  for (auto _ : state) {
    Choice* next = choices.data();
    for (int step = 0; step < kSteps; ++step) {
      const auto [handle, task] = ring[head++ & kMask];
      *next++ = {0, task};
      handle.resume();
      ring[tail++ & kMask] = {handle, task};
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * kSteps);
}
BENCHMARK(StepFifo)->Name("step/limit_fifo")->Arg(10);

}  // namespace
