// SelectOperation: what Select waits in: body of select.h, which includes this.
//
// Tested by tests/sync/select_test.cc.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "fate/runtime/awaitable.h"
#include "fate/runtime/simulation.h"
#include "fate/sync/select.h"
#include "fate/sync/shapes.h"

namespace fate {

namespace internal {

// Of the branches whose bits are set in `ready`: the first, or, in the search, one by choice.
// REQUIRES: ready != 0.
uint32_t ChooseBranch(uint32_t ready);

template <class Branch>
auto TakeResult(Branch& branch) {
  if constexpr (std::is_void_v<decltype(branch.Result())>) {
    branch.Result();
    return std::monostate();
  } else {
    return branch.Result();
  }
}

}  // namespace internal

template <class... Branches>
class [[nodiscard]] SelectOperation : public Awaitable<SelectOperation<Branches...>> {
  static_assert(sizeof...(Branches) >= 1 && sizeof...(Branches) <= 32);
  static_assert((!std::is_reference_v<Branches> && ...),
                "make the branches of a Select inside its parentheses: each is awaited once");
  static_assert((std::is_base_of_v<WaitingOperation, Branches> && ...),
                "a branch of a Select is an operation that may have to wait");

 public:
  using Selected = SelectResult<decltype(internal::TakeResult(std::declval<Branches&>()))...>;

  explicit SelectOperation(Branches&... branches)
      : Awaitable<SelectOperation>(OpKind::kSelect, nullptr), typed_(branches...), branches_{&branches...} {}

  bool CanProceed() const override { return Allowed() != 0; }
  bool Ready() {
    ready_ = Mask([](auto& branch) { return branch.Ready(); });
    return ready_ != 0;
  }
  bool WouldQueue() const override {
    for (const WaitingOperation* branch : branches_) {
      if (branch->CanProceed() && !branch->WouldQueue()) return false;
    }
    return true;
  }
  void Perform() override {
    if (context.search != nullptr) ready_ = Allowed();
    Commit();
  }
  void Link() override {
    for (WaitingOperation* branch : branches_) {
      branch->set_owner(this);
      branch->Link();
    }
  }
  void Unlink() override {
    for (WaitingOperation* branch : branches_) branch->Unlink();
  }
  void OnCancel() override {
    if (context.search != nullptr) CancelledInSearch();
    Operation::OnCancel();
  }
  void ForEachBranch(absl::FunctionRef<void(const Operation&)> visit) const override {
    for (const WaitingOperation* branch : branches_) visit(*branch);
  }
  void ForEachPartner(absl::FunctionRef<void(const TaskRecord&)> visit) const override {
    for (const WaitingOperation* branch : branches_) branch->ForEachPartner(visit);
  }
  Selected Result(bool tried = false) {
    Selected selected = ResultOf<0>();
    this->Found(index_);
    if (context.search != nullptr) [[unlikely]]
      context.search->Took(index_, tried);
    return selected;
  }
  std::optional<Selected> Try();

 private:
  void OnBranchGranted(WaitingOperation& granted) override {
    for (uint32_t i = 0; i < branches_.size(); ++i) {
      if (branches_[i] == &granted) {
        index_ = i;
      } else {
        branches_[i]->Unlink();
      }
    }
    this->Complete();
  }
  // It still waits to be chosen, to throw, but is a partner for nobody any more; unless it was the running step that
  // let it go on. Whether that did depends on each branch: another may have been open before.
  void CancelledInSearch() {
    const bool granted = this->GrantedNow();
    const bool opened =
        std::ranges::any_of(branches_, [](const auto* branch) { return context.search->MayHaveOpened(*branch); });
    for (WaitingOperation* branch : branches_) {
      const Object* object = branch->object();
      if (object != nullptr && opened) context.search->Access(*object, OpKind::kTryReceive, Place());
      if (!granted) branch->Withdraw();
    }
  }
  void Commit() {
    index_ = internal::ChooseBranch(ready_);
    if (context.simulation != nullptr) [[unlikely]]
      internal::ReportImmediate(*branches_[index_]);
    branches_[index_]->Perform();
  }
  // One bit a branch: whether `predicate` holds of it.
  template <class Predicate>
  uint32_t Mask(Predicate predicate) const {
    return std::apply(
        [&predicate](auto&... branch) {
          uint32_t mask = 0;
          uint32_t bit = 1;
          ((mask |= predicate(branch) ? bit : 0, bit <<= 1), ...);
          return mask;
        },
        typed_);
  }
  uint32_t Allowed() const {
    return Mask([](auto& branch) { return branch.CanProceed(); });
  }
  template <size_t I>
  Selected ResultOf() {
    if constexpr (I + 1 < sizeof...(Branches)) {
      if (index_ != I) return ResultOf<I + 1>();
    }
    return Selected(std::in_place_index<I>, internal::TakeResult(std::get<I>(typed_)));
  }

  std::tuple<Branches&...> typed_;
  std::array<WaitingOperation*, sizeof...(Branches)> branches_;
  uint32_t ready_ = 0;  // the branches that may be taken, one bit each
  uint32_t index_ = 0;  // the branch that took effect
};

template <class... Branches>
std::optional<typename SelectOperation<Branches...>::Selected> SelectOperation<Branches...>::Try() {
  ready_ = Mask([](auto& branch) {
    if constexpr (requires { branch.CanProceedNow(); }) {
      return branch.CanProceedNow();
    } else {
      return context.search != nullptr ? branch.CanProceed() : branch.Ready();
    }
  });
  std::optional<Selected> selected;
  if (ready_ != 0) {
    Commit();
    selected.emplace(Result(true));
  }
  internal::Attempt(OpKind::kSelect, nullptr, ready_ != 0 ? index_ : branches_.size()).Now();
  return selected;
}

}  // namespace fate
