#include <algorithm>
#include <numeric>

#include "fate/runtime/check.h"
#include "fate/sim/check/configuration_search.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim {
namespace {

// Ranks: the least one not placed, and those placed beyond it. They are by response, so that whatever is placed beyond
// was open when the least one responded.
class PlacedRanks {
 public:
  void Add(uint32_t rank) {
    if (rank != least_) {
      beyond_.insert(std::lower_bound(beyond_.begin(), beyond_.end(), rank), rank);
      return;
    }
    ++least_;
    size_t next = 0;
    while (next < beyond_.size() && beyond_[next] == least_) ++next, ++least_;
    beyond_.erase(beyond_.begin(), beyond_.begin() + static_cast<ptrdiff_t>(next));
  }
  void Remove(uint32_t rank) {
    if (rank > least_) {
      beyond_.erase(std::lower_bound(beyond_.begin(), beyond_.end(), rank));
      return;
    }
    // What stood between had been placed beyond it.
    beyond_.insert(beyond_.begin(), least_ - rank - 1, 0);
    std::iota(beyond_.begin(), beyond_.begin() + static_cast<ptrdiff_t>(least_ - rank - 1), rank + 1);
    least_ = rank;
  }
  uint32_t least() const { return least_; }
  void AppendTo(std::vector<uint32_t>& row) const {
    row.push_back(least_);
    row.insert(row.end(), beyond_.begin(), beyond_.end());
  }

 private:
  uint32_t least_ = 0;
  std::vector<uint32_t> beyond_;
};

// In an order that respects precedence: what may come next was invoked before the first response that is left.
class PlacedInTime {
 public:
  PlacedInTime(const std::vector<Span>& spans, const NumberedModel& model);

  bool complete() const { return ranks_.least() >= completed_; }
  template <class Visit>
  bool ForEachNext(Visit visit) const {
    const uint32_t deadline = complete() ? Span::kNever : spans_[by_rank_[ranks_.least()]].responded;
    const auto head = static_cast<uint32_t>(spans_.size());
    for (uint32_t i = next_[head]; i != head && spans_[i].invoked < deadline; i = next_[i]) {
      const uint32_t twin = spans_[i].pending() ? model_.TwinOf(i) : NumberedModel::kNoTwin;
      if (twin != NumberedModel::kNoTwin && !is_placed_[twin]) continue;
      if (!visit(i)) return false;
    }
    return true;
  }
  void Add(uint32_t operation) {
    ranks_.Add(rank_[operation]);
    is_placed_[operation] = true;
    next_[previous_[operation]] = next_[operation];
    previous_[next_[operation]] = previous_[operation];
  }
  void Remove(uint32_t operation) {
    ranks_.Remove(rank_[operation]);
    is_placed_[operation] = false;
    next_[previous_[operation]] = operation;
    previous_[next_[operation]] = operation;
  }
  void AppendTo(std::vector<uint32_t>& row) const { ranks_.AppendTo(row); }
  uint32_t reached() const { return ranks_.least(); }
  uint32_t Unplaced() const { return by_rank_[ranks_.least()]; }
  uint64_t bytes() const { return spans_.size() * 4 * sizeof(uint32_t); }

 private:
  const std::vector<Span>& spans_;
  const NumberedModel& model_;
  std::vector<uint32_t> next_, previous_;  // those not placed, in the order of invocations: circular, with a head
  std::vector<bool> is_placed_;
  std::vector<uint32_t> by_rank_, rank_;
  uint32_t completed_ = 0;
  PlacedRanks ranks_;
};

PlacedInTime::PlacedInTime(const std::vector<Span>& spans, const NumberedModel& model) : spans_(spans), model_(model) {
  const auto earlier = [](const Span& a, const Span& b) { return a.invoked < b.invoked; };
  FATE_CHECK(std::is_sorted(spans_.begin(), spans_.end(), earlier),
             "this is a bug in fate: operations are searched in another order than that of their invocations");
  const auto size = static_cast<uint32_t>(spans_.size());
  next_.resize(size + 1);
  previous_.resize(size + 1);
  for (uint32_t i = 0; i <= size; ++i) {
    next_[i] = i == size ? 0 : i + 1;
    previous_[i] = i == 0 ? size : i - 1;
  }
  is_placed_.resize(size);
  by_rank_.resize(size);
  rank_.resize(size);
  for (uint32_t i = 0; i < size; ++i) {
    by_rank_[i] = i;
    completed_ += spans_[i].pending() ? 0 : 1;
  }
  std::sort(by_rank_.begin(), by_rank_.end(), [this](uint32_t a, uint32_t b) {
    return spans_[a].responded != spans_[b].responded ? spans_[a].responded < spans_[b].responded : a < b;
  });
  for (uint32_t rank = 0; rank < size; ++rank) rank_[by_rank_[rank]] = rank;
}

}  // namespace

OrderOutcome SearchLinearization(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget) {
  return internal::ConfigurationSearch<PlacedInTime>(spans, model, budget).Run();
}

}  // namespace fate::sim
