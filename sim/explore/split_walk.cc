#include "fate/sim/explore/split_walk.h"

#include "fate/sim/strategies/split_depth_first.h"
#include "fate/sim/strategies/split_dpor.h"
#include "fate/sim/strategies/split_reduced.h"

namespace fate::sim {

namespace {

class DepthFirstWalk final : public SplitWalk {
 public:
  explicit DepthFirstWalk(uint32_t levels) : search_(levels) {}

  Strategy& search() override { return search_; }
  bool at_leaf() const override { return search_.at_leaf(); }
  bool blocked() const override { return false; }
  bool surprised() const override { return false; }
  void Descend() override { search_.Descend(); }
  uint64_t restarts() const override { return 0; }

 private:
  SplitDepthFirst search_;
};

template <class Search>
class ReducedWalk : public SplitWalk {
 public:
  explicit ReducedWalk(uint32_t levels) : search_(levels) {}

  Strategy& search() final { return search_; }
  bool at_leaf() const final { return search_.at_leaf(); }
  bool blocked() const final { return search_.blocked(); }
  bool surprised() const final { return search_.surprised(); }
  void Descend() final { search_.Descend(); }
  uint64_t restarts() const final { return search_.restarts().times; }

 private:
  Search search_;
};

// One process runs into the same sleeping tasks, so that they are no cost of splitting.
class SleepSetsWalk final : public ReducedWalk<SplitSleepSets> {
 public:
  using ReducedWalk::ReducedWalk;
  bool runs_blocked() const override { return true; }
};

}  // namespace

const std::vector<std::string>& WalkedStrategies() {
  static const auto* names = new std::vector<std::string>{"depth_first", "sleep_sets", "source_dpor", "optimal_dpor"};
  return *names;
}

std::unique_ptr<SplitWalk> MakeSplitWalk(const std::string& strategy, uint32_t levels) {
  if (strategy == "depth_first") return std::make_unique<DepthFirstWalk>(levels);
  if (strategy == "sleep_sets") return std::make_unique<SleepSetsWalk>(levels);
  if (strategy == "source_dpor") return std::make_unique<ReducedWalk<SplitSourceDpor>>(levels);
  if (strategy == "optimal_dpor") return std::make_unique<ReducedWalk<SplitDpor>>(levels);
  return nullptr;
}

}  // namespace fate::sim
