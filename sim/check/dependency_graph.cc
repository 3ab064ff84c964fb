#include "fate/sim/check/dependency_graph.h"

#include <algorithm>

namespace fate::sim {

std::vector<uint32_t> DependencyGraph::Components(uint8_t kinds) const {
  constexpr uint32_t kNone = UINT32_MAX;
  struct Frame {
    uint32_t node;
    size_t next;  // edge
  };
  const auto size = static_cast<uint32_t>(nodes());
  std::vector<uint32_t> component(size, kNone), number(size, kNone), low(size);
  std::vector<uint32_t> stack;
  std::vector<Frame> frames;
  uint32_t numbers = 0;
  uint32_t components = 0;
  const auto enter = [&](uint32_t node) {
    number[node] = low[node] = numbers++;
    stack.push_back(node);
    frames.push_back({node, 0});
  };
  for (uint32_t root = 0; root < size; ++root) {
    if (number[root] != kNone) continue;
    enter(root);
    while (!frames.empty()) {
      Frame& frame = frames.back();
      const uint32_t node = frame.node;
      if (frame.next < out_[node].size()) {
        const Edge& edge = edges_[out_[node][frame.next++]];
        if ((edge.kind & kinds) == 0) continue;
        if (number[edge.to] == kNone) {
          enter(edge.to);
        } else if (component[edge.to] == kNone) {
          low[node] = std::min(low[node], number[edge.to]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty()) low[frames.back().node] = std::min(low[frames.back().node], low[node]);
      if (low[node] != number[node]) continue;
      uint32_t member;
      do {
        member = stack.back();
        stack.pop_back();
        component[member] = components;
      } while (member != node);
      ++components;
    }
  }
  return component;
}

std::vector<DependencyGraph::Edge> DependencyGraph::Path(uint32_t from, uint32_t to, uint8_t kinds,
                                                         const std::vector<uint32_t>& components, CheckBudget& budget) {
  reached_by_.resize(nodes());
  reached_in_.resize(nodes());
  ++search_;
  std::vector<uint32_t> queue = {from};
  reached_in_[from] = search_;
  for (size_t i = 0; i < queue.size(); ++i) {
    for (uint32_t number : out_[queue[i]]) {
      const Edge& edge = edges_[number];
      if ((edge.kind & kinds) == 0 || components[edge.to] != components[from]) continue;
      if (reached_in_[edge.to] == search_) continue;
      if (!budget.MayStep()) return {};
      reached_in_[edge.to] = search_;
      reached_by_[edge.to] = number;
      queue.push_back(edge.to);
      if (edge.to != to) continue;
      std::vector<Edge> path;
      for (uint32_t node = to; node != from; node = path.back().from) path.push_back(edges_[reached_by_[node]]);
      std::reverse(path.begin(), path.end());
      return path;
    }
  }
  return {};
}

}  // namespace fate::sim
