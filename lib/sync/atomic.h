// Atomic<T>: a value on which each operation is a scheduling point of its own.
//
//   Usage:
//     Atomic<int> hits(0);
//     int before = co_await hits.FetchAdd(1);
//     bool won = co_await owner.CompareExchange(expected, me);
//
// Example: tests/examples/atomic_example_test.cc
//
// In production an operation is the plain one on the plain value, since tasks of one runtime share a
// thread. In the simulator any other task may run before it, as on the memory of threads; the
// operations are sequentially consistent and order what happens before them.
//
//   Order          nobody ever waits.
//   Scheduling     each operation is a scheduling point; Peek and Poke are not, and are for set-up.
//   Cancellation   none throws Cancelled: none can wait, and cleanup must be able to use them.
//   Destruction    when no task stands before an operation on it.
//
// O(1). T is copyable; FetchAdd needs +.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/value_text.h"

namespace fate {

template <class T>
class Atomic final : public Object {
  static_assert(std::is_copy_constructible_v<T>,
                "your program loads what cannot be copied: the T of an Atomic<T> is a plain value");

 public:
  explicit Atomic(T value = T(), Place place = Place::current())
      : Object(ObjectKind::kCell, place), value_(std::move(value)) {}

  class LoadOperation;
  class StoreOperation;
  class ExchangeOperation;
  class CompareExchangeOperation;
  class FetchAddOperation;

  LoadOperation Load() { return LoadOperation(*this); }
  StoreOperation Store(T value) { return StoreOperation(*this, std::move(value)); }
  // Gives the value before.
  ExchangeOperation Exchange(T value) { return ExchangeOperation(*this, std::move(value)); }
  // Stores `desired` and gives true if the value is `expected`; else puts the value there into
  // `expected`, which must outlive the await, and gives false.
  CompareExchangeOperation CompareExchange(T& expected, T desired) {
    return CompareExchangeOperation(*this, expected, std::move(desired));
  }
  // Gives the value before. Whole numbers wrap round, signed ones too, as those of std::atomic do.
  FetchAddOperation FetchAdd(T delta) { return FetchAddOperation(*this, std::move(delta)); }

  // The value, unseen by the simulator: for set-up and for checks at the end.
  const T& Peek() const { return value_; }
  void Poke(T value) { value_ = std::move(value); }

 private:
  template <class Derived>
  class CellOperation : public Awaitable<Derived, Operation> {
   public:
    static constexpr bool kCancellable = false;
    CellOperation(OpKind kind, Atomic& atomic) : Awaitable<Derived, Operation>(kind, &atomic) {}

   protected:
    // The object of the operation: kept once.
    T& cell() { return const_cast<Atomic*>(static_cast<const Atomic*>(this->object_))->value_; }
    const T& seen() const { return static_cast<const Atomic*>(this->object_)->value_; }
  };

  T value_;
};

// ---------------------------------------------------------------------------------------------

template <class T>
class [[nodiscard]] Atomic<T>::LoadOperation : public CellOperation<LoadOperation> {
 public:
  explicit LoadOperation(Atomic& atomic) : CellOperation<LoadOperation>(OpKind::kLoad, atomic) {}
  void Perform() override {}
  std::string Tell() const override { return ReadText(ValueText(this->seen())); }
  T Result() { return this->cell(); }
};

template <class T>
class [[nodiscard]] Atomic<T>::StoreOperation : public CellOperation<StoreOperation> {
 public:
  StoreOperation(Atomic& atomic, T value)
      : CellOperation<StoreOperation>(OpKind::kStore, atomic), value_(std::move(value)) {}
  void Perform() override { this->cell() = std::move(value_); }
  std::string Tell() const override { return WrittenText(ValueText(value_)); }

 private:
  T value_;
};

template <class T>
class [[nodiscard]] Atomic<T>::ExchangeOperation : public CellOperation<ExchangeOperation> {
 public:
  ExchangeOperation(Atomic& atomic, T value)
      : CellOperation<ExchangeOperation>(OpKind::kExchange, atomic), value_(std::move(value)) {}
  void Perform() override { std::swap(this->cell(), value_); }
  std::string Tell() const override { return ChangedText(ValueText(this->seen()), ValueText(value_)); }
  T Result() { return std::move(value_); }

 private:
  T value_;
};

template <class T>
class [[nodiscard]] Atomic<T>::CompareExchangeOperation : public CellOperation<CompareExchangeOperation> {
 public:
  CompareExchangeOperation(Atomic& atomic, T& expected, T desired)
      : CellOperation<CompareExchangeOperation>(OpKind::kCompareExchange, atomic),
        expected_(expected),
        desired_(std::move(desired)) {}
  void Perform() override {
    T& value = this->cell();
    exchanged_ = value == expected_;
    this->Found(exchanged_);
    if (exchanged_) {
      value = std::move(desired_);
    } else {
      expected_ = value;
    }
  }
  std::string Tell() const override {
    const std::string before = ValueText(this->seen());
    if (this->seen() == expected_) return ChangedText(before, ValueText(desired_));
    return before.empty() ? "" : ReadText(before) + ", not " + ValueText(expected_);
  }
  bool Result() { return exchanged_; }

 private:
  T& expected_;
  T desired_;
  bool exchanged_ = false;
};

template <class T>
class [[nodiscard]] Atomic<T>::FetchAddOperation : public CellOperation<FetchAddOperation> {
 public:
  FetchAddOperation(Atomic& atomic, T delta)
      : CellOperation<FetchAddOperation>(OpKind::kFetchAdd, atomic), delta_(std::move(delta)) {}
  void Perform() override {
    T before = this->cell();
    this->cell() = Sum(before, delta_);
    delta_ = std::move(before);
  }
  std::string Tell() const override {
    T after = Sum(this->seen(), delta_);
    return ChangedText(ValueText(this->seen()), ValueText(after));
  }
  T Result() { return std::move(delta_); }

 private:
  static T Sum(const T& value, const T& delta) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      using Unsigned = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(value) + static_cast<Unsigned>(delta)));
    } else {
      return value + delta;
    }
  }

  T delta_;
};

}  // namespace fate
