#include "fate/sim/explore/options.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/random_walk.h"

namespace fate::sim {

const std::vector<std::string>& StrategyNames() {
  static const auto* names = new std::vector<std::string>{"fifo", "random", "depth_first"};
  return *names;
}

absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(const std::string& name, uint64_t seed) {
  if (name == "fifo") return std::make_unique<Fifo>();
  if (name == "random") return std::make_unique<RandomWalk>(seed);
  if (name == "depth_first") return std::make_unique<DepthFirst>();
  return absl::InvalidArgumentError(absl::StrCat("there is no strategy \"", name, "\"; there are: ",
                                                 absl::StrJoin(StrategyNames(), ", ")));
}

}  // namespace fate::sim
