// DependencyGraph: which transaction depends on which, and the cycles in that.
//
// Strong components are found by Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), with a
// stack of its own, O(nodes + edges). Tested by tests/check/dependency_graph_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "fate/sim/check/verdict.h"

namespace fate::sim {

class DependencyGraph {
 public:
  enum Kind : uint8_t { kWw = 1, kWr = 2, kRw = 4 };  // masks, when given as `kinds`
  struct Edge {
    uint32_t from;
    uint32_t to;
    Kind kind;
    uint32_t reason;  // the caller's
  };

  explicit DependencyGraph(size_t nodes) : out_(nodes) {}

  // An edge to itself is none.
  void Add(const Edge& edge) {
    if (edge.from == edge.to) return;
    out_[edge.from].push_back(static_cast<uint32_t>(edges_.size()));
    edges_.push_back(edge);
  }
  const std::vector<Edge>& edges() const { return edges_; }
  size_t nodes() const { return out_.size(); }

  // For each node the number of its strong component over edges of `kinds`.
  std::vector<uint32_t> Components(uint8_t kinds) const;

  // A shortest path from one node to another over edges of `kinds` whose ends are all in one component, as edges;
  // empty if there is none, or the budget is spent.
  std::vector<Edge> Path(uint32_t from, uint32_t to, uint8_t kinds, const std::vector<uint32_t>& components,
                         CheckBudget& budget);

 private:
  std::vector<std::vector<uint32_t>> out_;  // edges
  std::vector<Edge> edges_;
  // Of Path: by which edge a node was reached in which search.
  std::vector<uint32_t> reached_by_;
  std::vector<uint32_t> reached_in_;
  uint32_t search_ = 0;
};

}  // namespace fate::sim
