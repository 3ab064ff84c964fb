// SplitWalk: any systematic search that is split by a walk of its first levels, as split_search.h sees it.
//
// What splits each is in fate/sim/strategies/split_*.h; which those are stands in split_walk.cc alone. Bounded searches
// are not among them: what they run at a bound branches off from all executions of the bounds before (split_bounded.h).
// Tested by tests/explore/split_walk_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fate/sim/core/strategy.h"

namespace fate::sim {

class SplitWalk {
 public:
  virtual ~SplitWalk() = default;

  virtual Strategy& search() = 0;
  // After an execution of the walk: whether it was ended at the root of a part; whether there is nothing to run below.
  virtual bool at_leaf() const = 0;
  virtual bool blocked() const = 0;
  // Whether one process makes an execution there all the same: then it is made once.
  virtual bool runs_blocked() const { return false; }
  // Whether what the walk believes of steps does not hold.
  virtual bool surprised() const = 0;
  // From here on it is the search of that part alone.
  virtual void Descend() = 0;
  // Of the part: how often it began again.
  virtual uint64_t restarts() const = 0;
};

// The strategies that are split so.
const std::vector<std::string>& WalkedStrategies();
// One that ends each execution after so many levels; null: it is not one of them. REQUIRES: levels > 0.
std::unique_ptr<SplitWalk> MakeSplitWalk(const std::string& strategy, uint32_t levels);

}  // namespace fate::sim
