// What a program pays in production: each row runs inside one task on an EventLoop over libuv.
//
// An item is a task (spawn_join, when_all/10), an awaited child, a lock with its unlock, a yield. The row
// idle_bytes_per_task measures no time: it is what the heap gives for one more task that was spawned and
// waits, less what it gave for its frame, the pool's header and rounding with it.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fate/runtime/event_loop.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/task/run_task.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/uv/uv_event_port.h"

namespace {

using fate::Task;

constexpr int64_t kItems = 1024;

void RunOnLoop(Task<> task) {
  fate::UvEventPort port;
  fate::EventLoop loop(port, 1);
  fate::RunTask(loop, std::move(task));
}

[[gnu::noinline]] Task<> Increment(int& counter) {
  ++counter;
  co_return;
}

Task<> SpawnAndJoin(benchmark::State& state, int& counter) {
  for (auto _ : state) {
    for (int64_t i = 0; i < kItems; ++i) {
      fate::JoinHandle<> child = co_await fate::Spawn(Increment(counter));
      co_await child.Join();
    }
  }
}

Task<> AwaitChildren(benchmark::State& state, int& counter) {
  for (auto _ : state) {
    for (int64_t i = 0; i < kItems; ++i) co_await Increment(counter);
  }
}

Task<> WhenAllOfTen(benchmark::State& state, int& counter) {
  for (auto _ : state) {
    for (int64_t i = 0; i < kItems; ++i) {
      co_await fate::WhenAll(Increment(counter), Increment(counter), Increment(counter), Increment(counter),
                             Increment(counter), Increment(counter), Increment(counter), Increment(counter),
                             Increment(counter), Increment(counter));
    }
  }
}

Task<> LockAndUnlock(benchmark::State& state, int& counter) {
  fate::Mutex mutex;
  for (auto _ : state) {
    for (int64_t i = 0; i < kItems; ++i) {
      fate::MutexGuard guard = co_await mutex.Lock();
      ++counter;
    }
  }
}

Task<> YieldAgain(benchmark::State& state, int& counter) {
  for (auto _ : state) {
    for (int64_t i = 0; i < kItems; ++i) {
      co_await fate::Yield();
      ++counter;
    }
  }
}

// kTasks: how many items one round of kBody has.
template <Task<> (*kBody)(benchmark::State&, int&), int kTasks = 1>
void Production(benchmark::State& state) {
  int counter = 0;
  RunOnLoop(kBody(state, counter));
  benchmark::DoNotOptimize(counter);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * kItems * kTasks);
}
BENCHMARK(Production<SpawnAndJoin>)->Name("spawn_join");
BENCHMARK(Production<AwaitChildren>)->Name("task/await_child");
BENCHMARK(Production<WhenAllOfTen, 10>)->Name("when_all/10");
BENCHMARK(Production<LockAndUnlock>)->Name("mutex/uncontended");
BENCHMARK(Production<YieldAgain>)->Name("uv/yield");

size_t BytesInUse() {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

Task<> WaitFor(fate::Event& event) { co_await event.Wait(); }

// `over_frame`: bytes for one of `idle` tasks that wait, besides its frame.
Task<> MeasureIdle(size_t idle, double& over_frame) {
  fate::Event event;
  std::vector<Task<>> tasks;
  std::vector<fate::JoinHandle<>> handles;
  tasks.reserve(idle);
  handles.reserve(idle);
  for (size_t i = 0; i < idle; ++i) tasks.push_back(WaitFor(event));
  size_t with_frames = BytesInUse();
  for (Task<>& task : tasks) handles.push_back(fate::SpawnNow(std::move(task)));
  co_await fate::Yield();  // all of them wait now
  over_frame = static_cast<double>(BytesInUse() - with_frames) / static_cast<double>(idle);
  event.SetNow();
  for (fate::JoinHandle<>& handle : handles) co_await handle.Join();
}

void IdleBytesPerTask(benchmark::State& state) {
  constexpr size_t kIdle = 100'000;
  double bytes = 0;
  for (auto _ : state) RunOnLoop(MeasureIdle(kIdle, bytes));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(kIdle));
  state.counters["bytes"] = bytes;
}
BENCHMARK(IdleBytesPerTask)->Name("idle_bytes_per_task")->Unit(benchmark::kMillisecond);

}  // namespace
