#include "fate/sim/check/list_append.h"

#include <algorithm>

#include "fate/base/counted.h"
#include "fate/sim/check/dependency_graph.h"

namespace fate::sim {
namespace {

using Operation = ListAppendHistory::Operation;
using Transaction = ListAppendHistory::Transaction;
using End = ListAppendHistory::End;
using Edge = DependencyGraph::Edge;

std::string Name(uint32_t transaction) { return "T" + std::to_string(transaction); }

// "[1 2 3]", the last eight of a long one.
std::string InWords(const std::vector<int64_t>& elements) {
  std::string text = elements.size() > 8 ? "[..." : "[";
  for (size_t i = elements.size() - std::min<size_t>(8, elements.size()); i < elements.size(); ++i) {
    text += (text.size() > 1 ? " " : "") + std::to_string(elements[i]);
  }
  return text + "]";
}

// A read of a committed transaction: what it saw of others, which ends where its own appends begin.
struct Seen {
  uint32_t transaction;
  const Operation* read;
  size_t others;  // the length of that
};

struct Key {
  std::vector<Seen> reads;
  const Seen* longest = nullptr;
  std::vector<int64_t> unseen;  // committed appends that no read shows
};

class Checker {
 public:
  Checker(const ListAppendHistory& history, const CheckLimits& limits)
      : history_(history), budget_(limits), committed_(history.transactions().size()), keys_(history.keys().size()) {}

  ListAppendResult Run();

 private:
  // Why an edge is there.
  struct Reason {
    uint32_t key;
    int64_t earlier;                  // ww, wr: appended
    int64_t later;                    // ww, rw: appended
    const Operation* read = nullptr;  // wr, rw
  };

  void Report(Anomaly kind, std::vector<size_t> transactions, std::string text) {
    result_.anomalies.push_back({kind, std::move(transactions), ToString(kind) + (": " + text)});
  }
  const std::string& KeyName(uint32_t key) const { return history_.keys()[key]; }
  uint32_t Appender(uint32_t key, int64_t value) const { return history_.Appender(key, value); }

  void FindCommitted();
  void ReadAll(uint32_t number);
  void CheckElements(uint32_t number, const Operation& read);
  void CheckBetween(uint32_t key, const Seen& seen);
  void FindLongest(uint32_t key);
  void FindUnseen();
  void AddEdge(uint32_t from, uint32_t to, DependencyGraph::Kind kind, Reason reason);
  void AddEdges(uint32_t key);
  void FindCycles();
  void ReportCycle(Anomaly kind, const std::vector<Edge>& cycle);
  std::string Explain(const Edge& edge) const;

  const ListAppendHistory& history_;
  CheckBudget budget_;
  std::vector<bool> committed_;
  std::vector<Key> keys_;
  std::vector<Reason> reasons_;
  DependencyGraph graph_{0};
  ListAppendResult result_;
};

// Committed are those that say so, and the lost ones whose appends a committed one saw.
void Checker::FindCommitted() {
  const std::vector<Transaction>& all = history_.transactions();
  std::vector<uint32_t> to_do;
  for (uint32_t i = 0; i < all.size(); ++i) {
    committed_[i] = all[i].end == End::kCommitted;
    if (committed_[i]) to_do.push_back(i);
  }
  while (!to_do.empty()) {
    const Transaction& transaction = all[to_do.back()];
    to_do.pop_back();
    for (const Operation& operation : transaction.operations) {
      for (int64_t value : operation.elements) {
        const uint32_t appender = Appender(operation.key, value);
        if (appender == ListAppendHistory::kNobody || committed_[appender]) continue;
        if (all[appender].end != End::kUnknown) continue;
        committed_[appender] = true;
        to_do.push_back(appender);
      }
    }
  }
}

void Checker::CheckElements(uint32_t number, const Operation& read) {
  const std::string who = Name(number) + " read " + KeyName(read.key) + " as " + InWords(read.elements);
  std::vector<int64_t> sorted = read.elements;
  std::sort(sorted.begin(), sorted.end());
  auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    Report(Anomaly::kDuplicate, {number}, who + ", where " + std::to_string(*twice) + " is twice");
  }
  for (int64_t value : read.elements) {
    const uint32_t appender = Appender(read.key, value);
    if (appender == ListAppendHistory::kNobody) {
      Report(Anomaly::kGarbage, {number}, who + ", but nobody appended " + std::to_string(value));
    } else if (history_.transactions()[appender].end == End::kAborted) {
      Report(Anomaly::kG1a, {appender, number},
             who + ", but " + Name(appender) + ", which appended " + std::to_string(value) + ", was aborted");
    }
  }
}

// A read that ends with what another transaction appended before it appended more.
void Checker::CheckBetween(uint32_t key, const Seen& seen) {
  if (seen.others == 0) return;
  const int64_t last = seen.read->elements[seen.others - 1];
  const uint32_t appender = Appender(key, last);
  if (appender == ListAppendHistory::kNobody || appender == seen.transaction) return;
  bool met = false;
  for (const Operation& operation : history_.transactions()[appender].operations) {
    if (!operation.append || operation.key != key) continue;
    if (met) {
      Report(Anomaly::kG1b, {appender, seen.transaction},
             Name(seen.transaction) + " read " + KeyName(key) + " as " + InWords(seen.read->elements) + ", but " +
                 Name(appender) + ", which appended " + std::to_string(last) + ", then appended " +
                 std::to_string(operation.value));
      return;
    }
    met = operation.value == last;
  }
}

void Checker::ReadAll(uint32_t number) {
  const std::vector<Operation>& operations = history_.transactions()[number].operations;
  for (size_t i = 0; i < operations.size(); ++i) {
    const Operation& read = operations[i];
    if (read.append) continue;
    CheckElements(number, read);
    // Its own appends so far, which must be the end of the list.
    std::vector<int64_t> own;
    for (size_t j = 0; j < i; ++j) {
      if (operations[j].append && operations[j].key == read.key) own.push_back(operations[j].value);
    }
    Seen seen{number, &read, read.elements.size()};
    if (own.size() <= read.elements.size() && std::equal(own.rbegin(), own.rend(), read.elements.rbegin())) {
      seen.others -= own.size();
    } else {
      Report(Anomaly::kInternal, {number},
             Name(number) + " read " + KeyName(read.key) + " as " + InWords(read.elements) +
                 ", which does not end with " + InWords(own) + ", which it had appended itself");
    }
    CheckBetween(read.key, seen);
    keys_[read.key].reads.push_back(seen);
  }
}

void Checker::FindLongest(uint32_t number) {
  Key& key = keys_[number];
  for (const Seen& seen : key.reads) {
    if (key.longest == nullptr || seen.read->elements.size() > key.longest->read->elements.size()) key.longest = &seen;
  }
  for (const Seen& seen : key.reads) {
    const std::vector<int64_t>& all = key.longest->read->elements;
    const std::vector<int64_t>& elements = seen.read->elements;
    if (std::equal(elements.begin(), elements.end(), all.begin())) continue;
    Report(Anomaly::kIncompatible, {seen.transaction, key.longest->transaction},
           Name(seen.transaction) + " read " + KeyName(number) + " as " + InWords(elements) + ", but " +
               Name(key.longest->transaction) + " as " + InWords(all) + ", which does not begin with it");
  }
}

void Checker::FindUnseen() {
  std::vector<std::vector<int64_t>> sorted(keys_.size());
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].longest == nullptr) continue;
    sorted[i] = keys_[i].longest->read->elements;
    std::sort(sorted[i].begin(), sorted[i].end());
  }
  for (uint32_t i = 0; i < committed_.size(); ++i) {
    if (!committed_[i]) continue;
    for (const Operation& operation : history_.transactions()[i].operations) {
      if (!operation.append) continue;
      const std::vector<int64_t>& seen = sorted[operation.key];
      if (std::binary_search(seen.begin(), seen.end(), operation.value)) continue;
      keys_[operation.key].unseen.push_back(operation.value);
    }
  }
}

void Checker::AddEdge(uint32_t from, uint32_t to, DependencyGraph::Kind kind, Reason reason) {
  const auto is_node = [&](uint32_t node) { return node != ListAppendHistory::kNobody && committed_[node]; };
  if (!is_node(from) || !is_node(to)) return;
  graph_.Add({from, to, kind, static_cast<uint32_t>(reasons_.size())});
  reasons_.push_back(reason);
}

void Checker::AddEdges(uint32_t number) {
  const Key& key = keys_[number];
  if (key.longest == nullptr) return;
  const std::vector<int64_t>& order = key.longest->read->elements;
  for (size_t i = 1; i < order.size(); ++i) {
    AddEdge(Appender(number, order[i - 1]), Appender(number, order[i]), DependencyGraph::kWw,
            {number, order[i - 1], order[i]});
  }
  if (!order.empty()) {
    for (int64_t later : key.unseen) {
      AddEdge(Appender(number, order.back()), Appender(number, later), DependencyGraph::kWw,
              {number, order.back(), later});
    }
  }
  for (const Seen& seen : key.reads) {
    const std::vector<int64_t>& elements = seen.read->elements;
    if (!std::equal(elements.begin(), elements.end(), order.begin())) continue;  // it is reported
    if (seen.others > 0) {
      const int64_t last = elements[seen.others - 1];
      AddEdge(Appender(number, last), seen.transaction, DependencyGraph::kWr, {number, last, 0, seen.read});
    }
    if (seen.others < order.size()) {
      const int64_t next = order[seen.others];
      AddEdge(seen.transaction, Appender(number, next), DependencyGraph::kRw, {number, 0, next, seen.read});
    } else {
      for (int64_t next : key.unseen) {
        AddEdge(seen.transaction, Appender(number, next), DependencyGraph::kRw, {number, 0, next, seen.read});
      }
    }
  }
}

std::string Checker::Explain(const Edge& edge) const {
  const Reason& reason = reasons_[edge.reason];
  const std::string& key = KeyName(reason.key);
  const std::string from = Name(edge.from), to = Name(edge.to);
  switch (edge.kind) {
    case DependencyGraph::kWw:
      return from + " appended " + std::to_string(reason.earlier) + " to " + key + " before " + to + " appended " +
             std::to_string(reason.later) + " (ww)";
    case DependencyGraph::kWr:
      return from + " appended " + std::to_string(reason.earlier) + " to " + key + ", and " + to + " read it (wr)";
    case DependencyGraph::kRw:
      break;
  }
  return from + " read " + key + " as " + InWords(reason.read->elements) + ", without the " +
         std::to_string(reason.later) + " that " + to + " appended (rw)";
}

void Checker::ReportCycle(Anomaly kind, const std::vector<Edge>& cycle) {
  std::vector<size_t> transactions;
  std::string text = "each of these came before the next, and the last before the first:";
  for (const Edge& edge : cycle) {
    transactions.push_back(edge.from);
    text += "\n  " + Explain(edge);
  }
  Report(kind, std::move(transactions), std::move(text));
}

// One cycle of each kind in each component: through an edge of the kind that makes it what it is, and back.
void Checker::FindCycles() {
  constexpr uint8_t kWw = DependencyGraph::kWw;
  constexpr uint8_t kWwWr = kWw | DependencyGraph::kWr;
  constexpr uint8_t kAll = kWwWr | DependencyGraph::kRw;
  const std::vector<uint32_t> whole = graph_.Components(kAll);
  std::vector<bool> worse(graph_.nodes());  // by component of the whole: something was found there
  CheckBudget unlimited(CheckLimits{UINT64_MAX, UINT64_MAX});
  const auto find = [&](Anomaly kind, uint8_t through, uint8_t back, const std::vector<uint32_t>& components,
                        CheckBudget& budget) {
    std::vector<bool> done(graph_.nodes());
    for (const Edge& edge : graph_.edges()) {
      if ((edge.kind & through) == 0 || components[edge.from] != components[edge.to]) continue;
      if (done[components[edge.from]] || (kind == Anomaly::kG2 && worse[whole[edge.from]])) continue;
      std::vector<Edge> cycle = graph_.Path(edge.to, edge.from, back, components, budget);
      if (cycle.empty()) continue;
      cycle.insert(cycle.begin(), edge);
      done[components[edge.from]] = true;
      worse[whole[edge.from]] = true;
      ReportCycle(kind, cycle);
    }
  };
  // Every edge within a component is in a cycle: the first one is found in O(edges). Only with one rw is it a search.
  find(Anomaly::kG0, kWw, kWw, graph_.Components(kWw), unlimited);
  find(Anomaly::kG1c, DependencyGraph::kWr, kWwWr, graph_.Components(kWwWr), unlimited);
  find(Anomaly::kGSingle, DependencyGraph::kRw, kWwWr, whole, budget_);
  result_.limited = budget_.steps >= budget_.limits.steps;
  find(Anomaly::kG2, DependencyGraph::kRw, kAll, whole, unlimited);
}

ListAppendResult Checker::Run() {
  FindCommitted();
  for (uint32_t i = 0; i < committed_.size(); ++i) {
    if (committed_[i]) ReadAll(i);
  }
  for (uint32_t key = 0; key < keys_.size(); ++key) FindLongest(key);
  FindUnseen();
  graph_ = DependencyGraph(committed_.size());
  for (uint32_t key = 0; key < keys_.size(); ++key) AddEdges(key);
  FindCycles();
  // By kind; those of one kind as they were found.
  std::vector<FoundAnomaly> found = std::move(result_.anomalies);
  result_.anomalies.clear();
  for (int kind = 0; kind <= static_cast<int>(Anomaly::kG2); ++kind) {
    for (FoundAnomaly& anomaly : found) {
      if (static_cast<int>(anomaly.kind) == kind) result_.anomalies.push_back(std::move(anomaly));
    }
  }
  for (const FoundAnomaly& anomaly : result_.anomalies) result_.text += anomaly.text + "\n";
  if (result_.limited) {
    result_.text += "our limit of " + Counted(budget_.limits.steps, "step") +
                    " was reached (CheckLimits::steps): a cycle told as G2 may be a G-single\n";
  }
  result_.verdict = result_.Holds(Isolation::kSerializable);
  return std::move(result_);
}

}  // namespace

const char* ToString(Anomaly anomaly) {
  static constexpr const char* kNames[] = {"garbage", "duplicate", "incompatible order", "internal", "G0", "G1a",
                                           "G1b",     "G1c",       "G-single",           "G2"};
  return kNames[static_cast<int>(anomaly)];
}

Verdict ListAppendResult::Holds(Isolation level) const {
  static constexpr Anomaly kLast[] = {Anomaly::kG0, Anomaly::kG1c, Anomaly::kGSingle, Anomaly::kG2};
  for (const FoundAnomaly& anomaly : anomalies) {
    if (anomaly.kind <= kLast[static_cast<int>(level)]) return Verdict::kIllegal;
  }
  // Which kind the cycles are is not known where the limit was reached.
  return limited && !anomalies.empty() ? Verdict::kUnknown : Verdict::kOk;
}

ListAppendResult CheckListAppend(const ListAppendHistory& history, const CheckLimits& limits) {
  return Checker(history, limits).Run();
}

}  // namespace fate::sim
