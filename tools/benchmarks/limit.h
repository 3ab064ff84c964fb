// The least a hand-written coroutine scheduler needs: a coroutine that nobody
// awaits, a pool for its frames and a random generator.
//
// The `limit` rows are built from this and from nothing of fate, so that a row
// of ours divided by its limit says what our features cost on this machine.
// They are written first, agree with what this kind of machine is known to allow, and
// are then left alone: a limit that is tuned when ours is slow measures nothing.
//
// What it does not do: values, exceptions, cancellation, threads.

#ifndef FATE_TOOLS_BENCHMARKS_LIMIT_H_
#define FATE_TOOLS_BENCHMARKS_LIMIT_H_

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace limit {

// PCG32 (O'Neill 2014, XSH-RR 64/32) with one fixed stream.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint32_t Next() {
    const std::uint64_t old = state_;
    state_ = old * 6364136223846793005u + 1442695040888963407u;
    const auto shifted = static_cast<std::uint32_t>(((old >> 18) ^ old) >> 27);
    const auto turn = static_cast<std::uint32_t>(old >> 59);
    return (shifted >> turn) | (shifted << (-turn & 31));
  }

  // In [0, bound), by multiply and shift, without rejection.
  std::uint32_t Below(std::uint32_t bound) { return static_cast<std::uint32_t>((std::uint64_t{Next()} * bound) >> 32); }

 private:
  std::uint64_t state_;
};

// Frames from free lists, one for each multiple of 16 bytes; single-threaded.
// Memory goes back to the system when the process ends.
class PoolFrames {
 public:
  static void* operator new(std::size_t size) {
    Block*& head = free_[Class(size)];
    if (head == nullptr) [[unlikely]] {
      Refill(Class(size));
    }
    Block* block = head;
    head = block->next;
    return block;
  }

  static void operator delete(void* memory, std::size_t size) {
    Block*& head = free_[Class(size)];
    head = new (memory) Block{head};
  }

 private:
  struct Block {
    Block* next;
  };

  static constexpr std::size_t kUnit = 16;
  static constexpr std::size_t kClasses = 64;
  static constexpr std::size_t kBlocksPerChunk = 256;

  static constexpr std::size_t Class(std::size_t size) { return (size + kUnit - 1) / kUnit; }

  // Neighbours in memory come out one after the other.
  [[gnu::noinline]] static void Refill(std::size_t size_class) {
    if (size_class >= kClasses) {
      std::terminate();
    }
    const std::size_t size = size_class * kUnit;
    chunks_.push_back(std::make_unique<std::byte[]>(size * kBlocksPerChunk));
    std::byte* chunk = chunks_.back().get();
    for (std::size_t i = kBlocksPerChunk; i-- > 0;) {
      free_[size_class] = new (chunk + i * size) Block{free_[size_class]};
    }
  }

  static inline constinit std::array<Block*, kClasses> free_{};
  static inline std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

// Frames from the global allocator.
class HeapFrames {};

// A coroutine that starts suspended and destroys its frame when it ends; one
// that never ends is destroyed by whoever holds `handle`.
template <typename Frames>
struct Routine {
  struct promise_type : Frames {
    Routine get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  std::coroutine_handle<> handle;
};

}  // namespace limit

#endif  // FATE_TOOLS_BENCHMARKS_LIMIT_H_
