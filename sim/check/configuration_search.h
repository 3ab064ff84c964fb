// ConfigurationSearch: the search of order_search.h, whatever the order must respect.
//
//   class Placed {                                  // what was placed, and what may come next
//    public:
//     bool complete() const;                        // nothing that completed is left
//     template <class Visit>
//     bool ForEachNext(Visit visit) const;          // of those that may come next; until `visit` gives false
//     void Add(uint32_t operation);                 // one of them
//     void Remove(uint32_t operation);              // the last one added
//     void AppendTo(std::vector<uint32_t>& row) const;  // as part of a configuration
//     uint32_t reached() const;                     // how far in the history that is
//     uint32_t Unplaced() const;                    // OrderOutcome::unplaced
//     uint64_t bytes() const;
//   };
//
// Tested by tests/check/linearizability_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fate/sim/check/configurations.h"
#include "fate/sim/check/order_search.h"

namespace fate::sim::internal {

template <class Placed>
class ConfigurationSearch {
 public:
  ConfigurationSearch(const std::vector<Span>& spans, NumberedModel& model, CheckBudget& budget)
      : spans_(spans), model_(model), budget_(budget), placed_(spans, model) {}

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

  bool Collect(Node& node);
  bool Descend();
  void NoteStop();
  void NotePath();
  bool WithinBudget();
  uint64_t Urgency(uint32_t operation) const {
    const Span& span = spans_[operation];
    const uint64_t when = span.effect != Span::kNever ? span.effect : span.responded;
    return when << 32 | operation;
  }

  const std::vector<Span>& spans_;
  NumberedModel& model_;
  CheckBudget& budget_;
  Placed placed_;
  std::vector<Node> path_;
  std::vector<Choice> choices_;
  Configurations seen_;
  std::vector<uint32_t> row_;
  OrderOutcome outcome_;
  uint32_t stopped_ = 0;  // the furthest that could not be passed
  bool any_stop_ = false;
};

// ---------------------------------------------------------------------------------------------

// Finds what may come next at `node`. False: a limit was reached.
template <class Placed>
bool ConfigurationSearch<Placed>::Collect(Node& node) {
  node.begin = node.next = choices_.size();
  // If a pending operation was placed last: where. What comes next must not be as right without it.
  const Node* parent = nullptr;
  if (path_.size() > 1 && spans_[path_[path_.size() - 2].placed].pending()) parent = &path_[path_.size() - 2];
  bool within = true;
  const bool any = placed_.ForEachNext([&](uint32_t operation) {
    if (!(within = budget_.MayStep())) return false;
    const uint32_t state = model_.Apply(node.state, operation);
    if (state == NumberedModel::kNoState) return true;
    if (spans_[operation].pending()) {
      if (state == node.state) return true;
    } else if (model_.OnlyReads(operation)) {
      choices_.resize(node.begin);
      choices_.push_back({operation, state});
      return false;
    }
    if (parent != nullptr && model_.Apply(parent->state, operation) == state) return true;
    choices_.push_back({operation, state});
    return true;
  });
  if (any) {
    std::sort(choices_.begin() + static_cast<ptrdiff_t>(node.begin), choices_.end(),
              [this](const Choice& a, const Choice& b) { return Urgency(a.operation) < Urgency(b.operation); });
  }
  return within;
}

// Places the next choice of the last node that leads to a new configuration. False: it has none.
template <class Placed>
bool ConfigurationSearch<Placed>::Descend() {
  Node& node = path_.back();
  if (node.placed != OrderOutcome::kNone) {
    placed_.Remove(node.placed);
    node.placed = OrderOutcome::kNone;
  }
  while (node.next < choices_.size()) {
    const Choice choice = choices_[node.next++];
    placed_.Add(choice.operation);
    row_.assign(1, choice.state);
    placed_.AppendTo(row_);
    if (!seen_.Add(row_.data(), static_cast<uint32_t>(row_.size()))) {
      placed_.Remove(choice.operation);
      continue;
    }
    node.placed = choice.operation;
    path_.push_back({choice.state, OrderOutcome::kNone, 0, 0});
    return true;
  }
  return false;
}

// Keeps the path if none before it came as far in the history.
template <class Placed>
void ConfigurationSearch<Placed>::NoteStop() {
  if (any_stop_ && placed_.reached() <= stopped_) return;
  any_stop_ = true;
  stopped_ = placed_.reached();
  NotePath();
  outcome_.unplaced = placed_.Unplaced();
}

template <class Placed>
void ConfigurationSearch<Placed>::NotePath() {
  outcome_.unplaced = OrderOutcome::kNone;
  outcome_.state = path_.back().state;
  outcome_.order.clear();
  for (const Node& node : path_) {
    if (node.placed != OrderOutcome::kNone) outcome_.order.push_back(node.placed);
  }
}

template <class Placed>
bool ConfigurationSearch<Placed>::WithinBudget() {
  outcome_.memory = !budget_.MayHold(seen_.bytes() + model_.bytes() + path_.capacity() * sizeof(Node) +
                                     choices_.capacity() * sizeof(Choice) + placed_.bytes());
  return !outcome_.memory;
}

template <class Placed>
OrderOutcome ConfigurationSearch<Placed>::Run() {
  path_.push_back({0, OrderOutcome::kNone, 0, 0});
  bool arrived = true;  // at a new node
  while (!placed_.complete()) {
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
  NotePath();
  return std::move(outcome_);
}

}  // namespace fate::sim::internal
