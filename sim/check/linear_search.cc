#include <algorithm>
#include <numeric>

#include "fate/runtime/check.h"
#include "fate/sim/check/configurations.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim {
namespace {

// What was placed: the least operation not placed, by rank, and those beyond it. Ranks are by response, so that
// whatever is placed beyond was open when the least one responded.
class Placed {
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
  // The least operation not placed.
  uint32_t least() const { return least_; }
  void AppendTo(std::vector<uint32_t>& row) const {
    row.push_back(least_);
    row.insert(row.end(), beyond_.begin(), beyond_.end());
  }

 private:
  uint32_t least_ = 0;
  std::vector<uint32_t> beyond_;
};

class LinearSearch {
 public:
  LinearSearch(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget)
      : spans_(spans), model_(model), budget_(budget) {}

  OrderOutcome Run();

 private:
  struct Choice {
    uint32_t operation;
    uint32_t state;  // after it
  };
  // A configuration on the path: its choices are those from `begin` on, up to the next one's.
  struct Node {
    uint32_t state;
    uint32_t placed;  // the operation placed from here, or none
    size_t begin;
    size_t next;  // choice
  };

  void Prepare();
  bool Collect(Node& node);
  bool Descend();
  void NoteStop();
  bool WithinBudget();
  // The list of operations not placed, in the order of invocations.
  void Unlink(uint32_t operation) {
    is_placed_[operation] = true;
    next_[previous_[operation]] = next_[operation];
    previous_[next_[operation]] = previous_[operation];
  }
  void Relink(uint32_t operation) {
    is_placed_[operation] = false;
    next_[previous_[operation]] = operation;
    previous_[next_[operation]] = operation;
  }
  // Before this the next operation must have been invoked.
  uint32_t Deadline() const {
    return placed_.least() < completed_ ? spans_[by_rank_[placed_.least()]].responded : Span::kNever;
  }
  uint64_t Urgency(uint32_t operation) const {
    const Span& span = spans_[operation];
    const uint64_t when = span.effect != Span::kNever ? span.effect : span.responded;
    return when << 32 | operation;
  }

  const std::vector<Span>& spans_;
  NumberedModel& model_;
  CheckBudget& budget_;
  std::vector<uint32_t> next_, previous_;
  std::vector<bool> is_placed_;
  std::vector<uint32_t> by_rank_, rank_;
  uint32_t completed_ = 0;
  Placed placed_;
  std::vector<Node> path_;
  std::vector<Choice> choices_;
  Configurations seen_;
  std::vector<uint32_t> row_;
  OrderOutcome outcome_;
  uint32_t stopped_ = 0;  // the furthest response that could not be passed
  bool any_stop_ = false;
};

void LinearSearch::Prepare() {
  const auto earlier = [](const Span& a, const Span& b) { return a.invoked < b.invoked; };
  FATE_CHECK(std::is_sorted(spans_.begin(), spans_.end(), earlier),
             "this is a bug in fate: operations are searched in another order than that of their invocations");
  const auto size = static_cast<uint32_t>(spans_.size());
  // The list is circular; `size` is its head.
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

// Finds what may come next at `node`. False: a limit was reached.
bool LinearSearch::Collect(Node& node) {
  node.begin = node.next = choices_.size();
  const uint32_t deadline = Deadline();
  // If a pending operation was placed last: where. What comes next must not be as right without it.
  const Node* parent = nullptr;
  if (path_.size() > 1 && spans_[path_[path_.size() - 2].placed].pending()) parent = &path_[path_.size() - 2];
  const auto head = static_cast<uint32_t>(spans_.size());
  for (uint32_t i = next_[head]; i != head && spans_[i].invoked < deadline; i = next_[i]) {
    const uint32_t twin = spans_[i].pending() ? model_.TwinOf(i) : NumberedModel::kNoTwin;
    if (twin != NumberedModel::kNoTwin && !is_placed_[twin]) continue;
    if (!budget_.MayStep()) return false;
    const uint32_t state = model_.Apply(node.state, i);
    if (state == NumberedModel::kNoState) continue;
    if (spans_[i].pending()) {
      if (state == node.state) continue;
    } else if (model_.OnlyReads(i)) {
      choices_.resize(node.begin);
      choices_.push_back({i, state});
      return true;
    }
    if (parent != nullptr && model_.Apply(parent->state, i) == state) continue;
    choices_.push_back({i, state});
  }
  std::sort(choices_.begin() + static_cast<ptrdiff_t>(node.begin), choices_.end(),
            [this](const Choice& a, const Choice& b) { return Urgency(a.operation) < Urgency(b.operation); });
  return true;
}

// Places the next choice of the last node that leads to a new configuration. False: it has none.
bool LinearSearch::Descend() {
  Node& node = path_.back();
  if (node.placed != OrderOutcome::kNone) {
    placed_.Remove(rank_[node.placed]);
    Relink(node.placed);
    node.placed = OrderOutcome::kNone;
  }
  while (node.next < choices_.size()) {
    const Choice choice = choices_[node.next++];
    placed_.Add(rank_[choice.operation]);
    row_.assign(1, choice.state);
    placed_.AppendTo(row_);
    if (!seen_.Add(row_.data(), static_cast<uint32_t>(row_.size()))) {
      placed_.Remove(rank_[choice.operation]);
      continue;
    }
    Unlink(choice.operation);
    node.placed = choice.operation;
    path_.push_back({choice.state, OrderOutcome::kNone, 0, 0});
    return true;
  }
  return false;
}

// Keeps the path if none before it came as far in the history.
void LinearSearch::NoteStop() {
  const uint32_t least = placed_.least();
  if (any_stop_ && least <= stopped_) return;
  any_stop_ = true;
  stopped_ = least;
  outcome_.unplaced = by_rank_[least];
  outcome_.state = path_.back().state;
  outcome_.order.clear();
  for (const Node& node : path_) {
    if (node.placed != OrderOutcome::kNone) outcome_.order.push_back(node.placed);
  }
}

bool LinearSearch::WithinBudget() {
  outcome_.memory = !budget_.MayHold(seen_.bytes() + model_.bytes() + path_.capacity() * sizeof(Node) +
                                     choices_.capacity() * sizeof(Choice) + spans_.size() * 4 * sizeof(uint32_t));
  return !outcome_.memory;
}

OrderOutcome LinearSearch::Run() {
  Prepare();
  path_.push_back({0, OrderOutcome::kNone, 0, 0});
  bool arrived = true;  // at a new node
  while (placed_.least() < completed_) {
    if (arrived && (!WithinBudget() || !Collect(path_.back()))) {
      NoteStop();
      outcome_.verdict = Verdict::kUnknown;
      return std::move(outcome_);
    }
    if (arrived && path_.back().begin == choices_.size()) NoteStop();
    arrived = Descend();
    if (arrived) continue;
    choices_.resize(path_.back().begin);
    path_.pop_back();
    if (path_.empty()) {
      outcome_.verdict = Verdict::kIllegal;
      return std::move(outcome_);
    }
  }
  outcome_.unplaced = OrderOutcome::kNone;
  outcome_.state = path_.back().state;
  outcome_.order.clear();
  for (const Node& node : path_) {
    if (node.placed != OrderOutcome::kNone) outcome_.order.push_back(node.placed);
  }
  return std::move(outcome_);
}

}  // namespace

OrderOutcome SearchLinearization(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget) {
  return LinearSearch(spans, model, budget).Run();
}

}  // namespace fate::sim
