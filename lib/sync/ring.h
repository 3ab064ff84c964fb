// Ring: a queue in one block of memory that doubles when it is full: no allocation in steady state.
//
// std::deque allocates as it moves along; this does not. Elements need only be movable. Amortised
// O(1). Tested by tests/sync/ring_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace fate::internal {

template <class T>
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    for (size_t i = 0; i < size_; ++i) (*this)[i].~T();
    if (capacity_ > 0) Allocator().deallocate(slots_, capacity_);
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // The i-th oldest. REQUIRES: i < size().
  T& operator[](size_t i) { return slots_[(first_ + i) & (capacity_ - 1)]; }

  template <class U>
  void PushBack(U&& value) {
    if (size_ == capacity_) Grow();
    new (&slots_[(first_ + size_) & (capacity_ - 1)]) T(std::forward<U>(value));
    ++size_;
  }
  // Takes the oldest. REQUIRES: !empty().
  T PopFront() {
    T& front = slots_[first_];
    T value = std::move(front);
    front.~T();
    first_ = (first_ + 1) & (capacity_ - 1);
    --size_;
    return value;
  }

 private:
  using Allocator = std::allocator<T>;

  void Grow() {
    size_t capacity = capacity_ == 0 ? 4 : 2 * capacity_;
    T* slots = Allocator().allocate(capacity);
    for (size_t i = 0; i < size_; ++i) {
      T& old = (*this)[i];
      new (&slots[i]) T(std::move(old));
      old.~T();
    }
    if (capacity_ > 0) Allocator().deallocate(slots_, capacity_);
    slots_ = slots;
    capacity_ = capacity;
    first_ = 0;
  }

  T* slots_ = nullptr;
  size_t capacity_ = 0;  // 0 or a power of two
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace fate::internal
