// The limits of timers on a virtual clock: arm one, take it when it is the
// earliest, resume the coroutine that waits for it. Deadlines are drawn at
// random, equal ones fire in the order of arming.
//
// `limit` is a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990, one level): a
// virtual clock never goes back, which is what it asks for. `limit_4ary` is a
// heap of four children a node; up to about a thousand timers it may win.
//
// `timer_cancel` is the same radix heap under a timeout around every sleep:
// each coroutine arms a guard and a sleep, the sleep fires, the guard is
// cancelled. So half of the armed are cancelled, none of the cancelled was due.
// Cancelling only marks; when the marked outnumber the rest they are swept out.
//
// Left out: a ready queue between timer and task (a timer resumes its coroutine
// itself), a look at the next deadline without taking it, slots for timers that
// come and go (a coroutine keeps its two), a choice among equal deadlines.
//
// The limits are written first and then left alone (see limit.h).

#include <benchmark/benchmark.h>

#include <array>
#include <bit>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "limit.h"

namespace {

using limit::Generator;
using Routine = limit::Routine<limit::PoolFrames>;

constexpr int kItems = 1024;

// A sleep takes 1 to this many ticks of the virtual clock, all equally likely.
constexpr std::uint32_t kSleepMax = 1'000'000;

// A guard is due long after the sleep it guards.
constexpr std::uint64_t kGuard = 10 * std::uint64_t{kSleepMax};

// Entries by `deadline`, equal ones first in, first out.
// REQUIRES: no deadline pushed is before the last one popped, or is 2^63 or more.
template <typename Entry>
class RadixHeap {
 public:
  void Push(const Entry& entry) {
    const int bucket = std::bit_width(entry.deadline ^ last_);
    buckets_[bucket].push_back(entry);
    occupied_ |= Bit(bucket);
  }

  // REQUIRES: the heap is not empty.
  Entry Pop() {
    if (taken_ == buckets_[0].size()) {
      Refill();
    }
    return buckets_[0][taken_++];
  }

  // Removes the entries for which `dead` holds; the others keep their order.
  template <typename Dead>
  void Sweep(Dead dead) {
    std::vector<Entry>& due = buckets_[0];
    due.erase(due.begin(), due.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    for (int bucket = 0; bucket < kBuckets; ++bucket) {
      std::erase_if(buckets_[bucket], dead);
      if (buckets_[bucket].empty()) {
        occupied_ &= ~Bit(bucket);
      }
    }
  }

 private:
  // Bucket 0 holds the deadlines equal to `last_`; bucket b those that differ
  // from it in bit b - 1 and in none above.
  static constexpr int kBuckets = 64;

  static constexpr std::uint64_t Bit(int bucket) { return std::uint64_t{1} << bucket; }

  // Spreads the first bucket that has entries over those before it, by its
  // earliest deadline.
  void Refill() {
    buckets_[0].clear();
    taken_ = 0;
    occupied_ &= ~Bit(0);
    const int first = std::countr_zero(occupied_);
    std::vector<Entry>& from = buckets_[first];
    last_ = from[0].deadline;
    for (const Entry& entry : from) {
      last_ = entry.deadline < last_ ? entry.deadline : last_;
    }
    for (const Entry& entry : from) {
      Push(entry);
    }
    from.clear();
    occupied_ &= ~Bit(first);
  }

  std::uint64_t last_ = 0;
  std::uint64_t occupied_ = 0;
  std::size_t taken_ = 0;
  std::array<std::vector<Entry>, kBuckets> buckets_;
};

// As RadixHeap; the number of the arming decides between equal deadlines.
template <typename Entry>
class FourAryHeap {
 public:
  void Push(const Entry& entry) {
    const Node node{entry, pushed_++};
    std::size_t hole = nodes_.size();
    nodes_.push_back(node);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 4;
      if (!Before(node, nodes_[parent])) {
        break;
      }
      nodes_[hole] = nodes_[parent];
      hole = parent;
    }
    nodes_[hole] = node;
  }

  // REQUIRES: the heap is not empty.
  Entry Pop() {
    const Entry first = nodes_[0].entry;
    const Node last = nodes_.back();
    nodes_.pop_back();
    const std::size_t size = nodes_.size();
    std::size_t hole = 0;
    for (;;) {
      const std::size_t child = 4 * hole + 1;
      if (child >= size) {
        break;
      }
      const std::size_t end = child + 4 < size ? child + 4 : size;
      std::size_t least = child;
      for (std::size_t other = child + 1; other < end; ++other) {
        least = Before(nodes_[other], nodes_[least]) ? other : least;
      }
      if (!Before(nodes_[least], last)) {
        break;
      }
      nodes_[hole] = nodes_[least];
      hole = least;
    }
    if (size > 0) {
      nodes_[hole] = last;
    }
    return first;
  }

 private:
  struct Node {
    Entry entry;
    std::uint64_t number;
  };

  static bool Before(const Node& a, const Node& b) {
    return a.entry.deadline != b.entry.deadline ? a.entry.deadline < b.entry.deadline : a.number < b.number;
  }

  std::uint64_t pushed_ = 0;
  std::vector<Node> nodes_;
};

struct Sleeping {
  std::uint64_t deadline;
  std::coroutine_handle<> handle;
};

template <template <typename> typename Heap>
struct Clock {
  auto Sleep(std::uint64_t ticks) {
    struct Awaiter {
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> handle) const { clock.timers.Push({clock.now + ticks, handle}); }
      void await_resume() const {}
      Clock& clock;
      std::uint64_t ticks;
    };
    return Awaiter{*this, ticks};
  }

  void FireNext() {
    const Sleeping due = timers.Pop();
    now = due.deadline;
    due.handle.resume();
  }

  std::uint64_t now = 0;
  Heap<Sleeping> timers;
};

template <typename AnyClock>
Routine Sleeper(AnyClock& clock, Generator& generator) {
  for (;;) {
    co_await clock.Sleep(1 + generator.Below(kSleepMax));
  }
}

// Frames go back to the pool in reverse, so that the next benchmark finds it as
// this one did.
void DestroyAll(std::vector<std::coroutine_handle<>>& tasks) {
  for (; !tasks.empty(); tasks.pop_back()) {
    tasks.back().destroy();
  }
}

template <template <typename> typename Heap>
void Timer(benchmark::State& state) {
  Clock<Heap> clock;
  Generator generator(1);
  std::vector<std::coroutine_handle<>> tasks;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    tasks.push_back(Sleeper(clock, generator).handle);
    tasks.back().resume();
  }
  for (auto _ : state) {
    for (int i = 0; i < kItems; ++i) {
      clock.FireNext();
    }
  }
  DestroyAll(tasks);
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(Timer<RadixHeap>)->Name("timer/limit")->Arg(1000)->Arg(100000);
BENCHMARK(Timer<FourAryHeap>)->Name("timer/limit_4ary")->Arg(1000)->Arg(100000);

struct Armed {
  std::uint64_t deadline;
  std::coroutine_handle<> handle;
  std::uint32_t slot;
  std::uint32_t generation;
};

// A slot is one timer at a time. When it fires or is cancelled its generation
// moves on; the entry of a cancelled one stays in the heap, and is dead.
class CancellingClock {
 public:
  explicit CancellingClock(std::uint32_t slots) : generations_(slots) {}

  void Arm(std::uint32_t slot, std::uint64_t ticks, std::coroutine_handle<> handle) {
    timers_.Push({now_ + ticks, handle, slot, generations_[slot]});
    ++live_;
  }

  // REQUIRES: the slot is armed.
  void Cancel(std::uint32_t slot) {
    ++generations_[slot];
    --live_;
    ++dead_;
    if (dead_ > live_) {
      timers_.Sweep([this](const Armed& timer) { return Dead(timer); });
      dead_ = 0;
    }
  }

  void FireNext() {
    Armed due = timers_.Pop();
    while (Dead(due)) {
      --dead_;
      due = timers_.Pop();
    }
    now_ = due.deadline;
    --live_;
    ++generations_[due.slot];
    due.handle.resume();
  }

 private:
  bool Dead(const Armed& timer) const { return generations_[timer.slot] != timer.generation; }

  std::uint64_t now_ = 0;
  std::uint64_t live_ = 0;
  std::uint64_t dead_ = 0;
  std::vector<std::uint32_t> generations_;
  RadixHeap<Armed> timers_;
};

struct GuardedSleep {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    clock.Arm(slot, kGuard, handle);
    clock.Arm(slot + 1, ticks, handle);
  }
  void await_resume() const { clock.Cancel(slot); }

  CancellingClock& clock;
  std::uint32_t slot;
  std::uint64_t ticks;
};

Routine GuardedSleeper(CancellingClock& clock, Generator& generator, std::uint32_t slot) {
  for (;;) {
    co_await GuardedSleep{clock, slot, 1 + generator.Below(kSleepMax)};
  }
}

void TimerCancel(benchmark::State& state) {
  const auto n = static_cast<std::uint32_t>(state.range(0));
  CancellingClock clock(2 * n);
  Generator generator(1);
  std::vector<std::coroutine_handle<>> tasks;
  for (std::uint32_t i = 0; i < n; ++i) {
    tasks.push_back(GuardedSleeper(clock, generator, 2 * i).handle);
    tasks.back().resume();
  }
  for (auto _ : state) {
    for (int i = 0; i < kItems; ++i) {
      clock.FireNext();
    }
  }
  DestroyAll(tasks);
  // Every firing arms two timers.
  state.SetItemsProcessed(state.iterations() * kItems * 2);
}
BENCHMARK(TimerCancel)->Name("timer_cancel/limit")->Arg(1000)->Arg(100000);

}  // namespace
