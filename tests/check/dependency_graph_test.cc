#include "fate/sim/check/dependency_graph.h"

#include "gtest/gtest.h"

namespace fate::sim {
namespace {

constexpr uint8_t kAll = 7;

TEST(DependencyGraphTest, NodesInACycleAreOneComponent) {
  DependencyGraph graph(5);
  graph.Add({0, 1, DependencyGraph::kWw, 0});
  graph.Add({1, 2, DependencyGraph::kWr, 0});
  graph.Add({2, 0, DependencyGraph::kRw, 0});
  graph.Add({2, 3, DependencyGraph::kWw, 0});
  const std::vector<uint32_t> all = graph.Components(kAll);
  EXPECT_EQ(all[0], all[1]);
  EXPECT_EQ(all[1], all[2]);
  EXPECT_NE(all[2], all[3]);
  EXPECT_NE(all[3], all[4]);
  const std::vector<uint32_t> without = graph.Components(DependencyGraph::kWw | DependencyGraph::kWr);
  EXPECT_NE(without[0], without[1]);
  EXPECT_NE(without[0], without[2]);
}

TEST(DependencyGraphTest, AnEdgeToItselfIsNone) {
  DependencyGraph graph(1);
  graph.Add({0, 0, DependencyGraph::kWw, 0});
  EXPECT_TRUE(graph.edges().empty());
}

TEST(DependencyGraphTest, ALongChainTakesNoStack) {
  constexpr uint32_t kNodes = 1'000'000;
  DependencyGraph graph(kNodes);
  for (uint32_t i = 0; i + 1 < kNodes; ++i) graph.Add({i, i + 1, DependencyGraph::kWw, 0});
  graph.Add({kNodes - 1, 0, DependencyGraph::kWw, 0});
  const std::vector<uint32_t> components = graph.Components(kAll);
  EXPECT_EQ(components.front(), components.back());
}

TEST(DependencyGraphTest, APathIsAShortestOneOfTheKindsAsked) {
  DependencyGraph graph(4);
  graph.Add({0, 1, DependencyGraph::kWw, 0});
  graph.Add({1, 2, DependencyGraph::kWw, 1});
  graph.Add({2, 3, DependencyGraph::kWw, 2});
  graph.Add({0, 3, DependencyGraph::kRw, 3});
  const std::vector<uint32_t> one(4, 0);
  CheckBudget budget{CheckLimits()};
  EXPECT_EQ(graph.Path(0, 3, kAll, one, budget).size(), 1u);
  const std::vector<DependencyGraph::Edge> path = graph.Path(0, 3, DependencyGraph::kWw, one, budget);
  ASSERT_EQ(path.size(), 3u);
  EXPECT_EQ(path[0].from, 0u);
  EXPECT_EQ(path[2].to, 3u);
  EXPECT_TRUE(graph.Path(3, 0, kAll, one, budget).empty());
  // Not through another component.
  EXPECT_TRUE(graph.Path(0, 3, DependencyGraph::kWw, {0, 0, 1, 0}, budget).empty());
}

TEST(DependencyGraphTest, APathCostsItsEdges) {
  DependencyGraph graph(3);
  graph.Add({0, 1, DependencyGraph::kWw, 0});
  graph.Add({1, 2, DependencyGraph::kWw, 0});
  CheckLimits limits;
  limits.steps = 1;
  CheckBudget budget(limits);
  EXPECT_TRUE(graph.Path(0, 2, kAll, {0, 0, 0}, budget).empty());
  EXPECT_EQ(budget.steps, 1u);
}

}  // namespace
}  // namespace fate::sim
