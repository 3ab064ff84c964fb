#include <algorithm>

// Unordered: only looked up.
#include "absl/container/flat_hash_map.h"
#include "fate/sim/check/configuration_search.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim {
namespace {

// In an order that respects that of each client: how many operations of each were placed. What may come next is the
// next one of each.
class PlacedByClient {
 public:
  PlacedByClient(const std::vector<Span>& spans, const NumberedModel&);

  bool complete() const { return reached_ == completed_; }
  template <class Visit>
  bool ForEachNext(Visit visit) const {
    for (uint32_t client = 0; client < clients_.size(); ++client) {
      if (placed_[client] < clients_[client].size() && !visit(clients_[client][placed_[client]])) return false;
    }
    return true;
  }
  void Add(uint32_t operation) {
    ++placed_[client_of_[operation]];
    reached_ += spans_[operation].pending() ? 0 : 1;
  }
  void Remove(uint32_t operation) {
    --placed_[client_of_[operation]];
    reached_ -= spans_[operation].pending() ? 0 : 1;
  }
  void AppendTo(std::vector<uint32_t>& row) const { row.insert(row.end(), placed_.begin(), placed_.end()); }
  uint32_t reached() const { return reached_; }
  uint32_t Unplaced() const {
    uint32_t least = OrderOutcome::kNone;
    ForEachNext([&](uint32_t operation) {
      if (!spans_[operation].pending()) least = std::min(least, operation);
      return true;
    });
    return least;
  }
  uint64_t bytes() const { return spans_.size() * 2 * sizeof(uint32_t); }

 private:
  const std::vector<Span>& spans_;
  std::vector<std::vector<uint32_t>> clients_;  // their operations, in order
  std::vector<uint32_t> client_of_;             // by operation
  std::vector<uint32_t> placed_;                // how many of each client
  uint32_t completed_ = 0;
  uint32_t reached_ = 0;  // how many of those are placed
};

PlacedByClient::PlacedByClient(const std::vector<Span>& spans, const NumberedModel&) : spans_(spans) {
  absl::flat_hash_map<uint32_t, uint32_t> numbers;
  for (uint32_t i = 0; i < spans_.size(); ++i) {
    auto client = static_cast<uint32_t>(clients_.size());
    if (!spans_[i].lost) client = numbers.try_emplace(spans_[i].client, client).first->second;
    if (client == clients_.size()) clients_.emplace_back();
    clients_[client].push_back(i);
    client_of_.push_back(client);
    completed_ += spans_[i].pending() ? 0 : 1;
  }
  placed_.resize(clients_.size());
}

}  // namespace

OrderOutcome SearchSequential(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget) {
  return internal::ConfigurationSearch<PlacedByClient>(spans, model, budget).Run();
}

}  // namespace fate::sim
