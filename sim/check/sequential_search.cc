#include <algorithm>

// Unordered: only looked up.
#include "absl/container/flat_hash_map.h"
#include "fate/sim/check/configurations.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim {
namespace {

constexpr uint32_t kNone = OrderOutcome::kNone;

// A configuration is how many operations of each client were placed, and the state. What may come next is the
// next operation of each client; the rest is as in linear_search.cc.
class SequentialSearch {
 public:
  SequentialSearch(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget)
      : spans_(spans), model_(model), budget_(budget) {}

  OrderOutcome Run();

 private:
  struct Choice {
    uint32_t client;
    uint32_t operation;
    uint32_t state;
  };
  struct Node {
    uint32_t state;
    uint32_t placed_client;  // or kNone
    size_t begin;
    size_t next;
  };

  void Prepare();
  bool Collect(Node& node);
  bool Descend();
  void NoteStop(bool end);
  uint64_t Urgency(uint32_t operation) const {
    const Span& span = spans_[operation];
    const uint64_t when = span.effect != Span::kNever ? span.effect : span.responded;
    return when << 32 | operation;
  }

  const std::vector<Span>& spans_;
  NumberedModel& model_;
  CheckBudget& budget_;
  std::vector<std::vector<uint32_t>> clients_;  // their operations, in order
  std::vector<uint32_t> placed_;                // how many of each
  uint32_t left_ = 0;                           // completed ones that are not placed
  uint32_t least_left_ = kNone;
  std::vector<Node> path_;
  std::vector<Choice> choices_;
  Configurations seen_;
  std::vector<uint32_t> row_;
  OrderOutcome outcome_;
};

void SequentialSearch::Prepare() {
  absl::flat_hash_map<uint32_t, uint32_t> numbers;
  for (uint32_t i = 0; i < spans_.size(); ++i) {
    if (spans_[i].lost) {
      clients_.push_back({i});
    } else {
      auto [number, added] = numbers.try_emplace(spans_[i].client, static_cast<uint32_t>(clients_.size()));
      if (added) clients_.emplace_back();
      clients_[number->second].push_back(i);
    }
    left_ += spans_[i].pending() ? 0 : 1;
  }
  placed_.resize(clients_.size());
}

bool SequentialSearch::Collect(Node& node) {
  node.begin = node.next = choices_.size();
  // If a pending operation was placed last: where. What comes next must not be as right without it.
  const Node* parent = nullptr;
  if (path_.size() > 1) {
    const Node& before = path_[path_.size() - 2];
    const uint32_t placed = clients_[before.placed_client][placed_[before.placed_client] - 1];
    if (spans_[placed].pending()) parent = &before;
  }
  for (uint32_t client = 0; client < clients_.size(); ++client) {
    if (placed_[client] == clients_[client].size()) continue;
    if (!budget_.MayStep()) return false;
    const uint32_t operation = clients_[client][placed_[client]];
    const uint32_t state = model_.Apply(node.state, operation);
    if (state == NumberedModel::kNoState) continue;
    if (spans_[operation].pending()) {
      if (state == node.state) continue;
    } else if (model_.OnlyReads(operation)) {
      choices_.resize(node.begin);
      choices_.push_back({client, operation, state});
      return true;
    }
    if (parent != nullptr && model_.Apply(parent->state, operation) == state) continue;
    choices_.push_back({client, operation, state});
  }
  std::sort(choices_.begin() + static_cast<ptrdiff_t>(node.begin), choices_.end(),
            [this](const Choice& a, const Choice& b) { return Urgency(a.operation) < Urgency(b.operation); });
  return true;
}

bool SequentialSearch::Descend() {
  Node& node = path_.back();
  if (node.placed_client != kNone) {
    const uint32_t operation = clients_[node.placed_client][--placed_[node.placed_client]];
    left_ += spans_[operation].pending() ? 0 : 1;
    node.placed_client = kNone;
  }
  while (node.next < choices_.size()) {
    const Choice choice = choices_[node.next++];
    ++placed_[choice.client];
    row_ = placed_;
    row_.push_back(choice.state);
    if (!seen_.Add(row_.data(), static_cast<uint32_t>(row_.size()))) {
      --placed_[choice.client];
      continue;
    }
    left_ -= spans_[choice.operation].pending() ? 0 : 1;
    node.placed_client = choice.client;
    path_.push_back({choice.state, kNone, 0, 0});
    return true;
  }
  return false;
}

// Keeps the path if none before it placed more.
void SequentialSearch::NoteStop(bool end) {
  if (!end && left_ >= least_left_) return;
  least_left_ = left_;
  outcome_.state = path_.back().state;
  outcome_.order.clear();
  // The operations are told by how many of their client come before them.
  std::vector<uint32_t> count(clients_.size());
  for (const Node& node : path_) {
    if (node.placed_client == kNone) continue;
    outcome_.order.push_back(clients_[node.placed_client][count[node.placed_client]++]);
  }
  outcome_.unplaced = kNone;
  if (end) return;
  for (uint32_t client = 0; client < clients_.size(); ++client) {
    if (placed_[client] == clients_[client].size()) continue;
    const uint32_t operation = clients_[client][placed_[client]];
    if (!spans_[operation].pending()) outcome_.unplaced = std::min(outcome_.unplaced, operation);
  }
}

OrderOutcome SequentialSearch::Run() {
  Prepare();
  path_.push_back({0, kNone, 0, 0});
  bool arrived = true;
  while (left_ > 0) {
    if (arrived) {
      outcome_.memory = !budget_.MayHold(seen_.bytes() + model_.bytes() + path_.capacity() * sizeof(Node) +
                                         choices_.capacity() * sizeof(Choice));
      if (outcome_.memory || !Collect(path_.back())) {
        NoteStop(false);
        outcome_.verdict = Verdict::kUnknown;
        return std::move(outcome_);
      }
      if (path_.back().begin == choices_.size()) NoteStop(false);
    }
    arrived = Descend();
    if (arrived) continue;
    choices_.resize(path_.back().begin);
    path_.pop_back();
    if (path_.empty()) {
      outcome_.verdict = Verdict::kIllegal;
      return std::move(outcome_);
    }
  }
  NoteStop(true);
  return std::move(outcome_);
}

}  // namespace

OrderOutcome SearchSequential(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget) {
  return SequentialSearch(spans, model, budget).Run();
}

}  // namespace fate::sim
