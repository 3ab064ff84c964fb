#include "fate/sim/explore/options.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/sim/core/named_schedule.h"
#include "fate/sim/core/schedule.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/portfolio.h"
#include "fate/sim/strategies/bounded_dpor.h"
#include "fate/sim/strategies/delay_bounded.h"
#include "fate/sim/strategies/depth_first.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/sim/strategies/optimal_dpor.h"
#include "fate/sim/strategies/pct.h"
#include "fate/sim/strategies/pct_chains.h"
#include "fate/sim/strategies/pos.h"
#include "fate/sim/strategies/preemption_bounded.h"
#include "fate/sim/strategies/random_delay.h"
#include "fate/sim/strategies/random_walk.h"
#include "fate/sim/strategies/rff.h"
#include "fate/sim/strategies/sleep_sets.h"
#include "fate/sim/strategies/source_dpor.h"
#include "fate/sim/strategies/surw.h"
#include "fate/sim/strategies/urw.h"
#include "fate/sim/strategies/weighted_walk.h"

namespace fate::sim {

const Coverage& kNothingNoted = *new Coverage;

absl::Status CheckOptions(const ExploreOptions& options) {
  if (options.executions == 0) {
    return absl::InvalidArgumentError("your program asked for a search of no executions: ask for one at least");
  }
  if (options.settings.horizon < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("your program set a horizon of ",
                                                   absl::FormatDuration(options.settings.horizon),
                                                   ": it is counted from the start, so give one that is not negative"));
  }
  return absl::OkStatus();
}

absl::Status CheckReplay(const std::string& text) {
  return NamedSchedule::IsNamed(text) ? NamedSchedule::Parse(text).status() : Schedule::Parse(text).status();
}

const std::vector<std::string>& StrategyNames() {
  static const auto* names = new std::vector<std::string>{
      "portfolio",   "fifo",         "random",        "weighted",           "pct",          "pct_chains",
      "pos",         "urw",          "surw",          "random_delay",       "depth_first",  "sleep_sets",
      "source_dpor", "optimal_dpor", "delay_bounded", "preemption_bounded", "bounded_dpor", "rff"};
  return *names;
}

absl::StatusOr<std::unique_ptr<Strategy>> MakeStrategy(const std::string& name, uint64_t seed,
                                                       const Coverage& coverage) {
  if (name == "portfolio") return std::make_unique<Portfolio>(seed, coverage);
  if (name == "fifo") return std::make_unique<Fifo>();
  if (name == "random") return std::make_unique<RandomWalk>(seed);
  if (name == "weighted") return std::make_unique<WeightedWalk>(seed);
  if (name == "pct") return std::make_unique<Pct>(seed);
  if (name == "pct_chains") return std::make_unique<PctChains>(seed);
  if (name == "pos") return std::make_unique<Pos>(seed);
  if (name == "urw") return std::make_unique<Urw>(seed);
  if (name == "surw") return std::make_unique<Surw>(seed);
  if (name == "rff") return std::make_unique<Rff>(seed);
  if (name == "random_delay") return std::make_unique<RandomDelay>(seed);
  if (name == "depth_first") return std::make_unique<DepthFirst>();
  if (name == "delay_bounded") return std::make_unique<DelayBounded>();
  if (name == "bounded_dpor") return std::make_unique<BoundedDpor>();
  if (name == "preemption_bounded") return std::make_unique<PreemptionBounded>();
  if (name == "sleep_sets") return std::make_unique<SleepSets>();
  if (name == "source_dpor") return std::make_unique<SourceDpor>();
  if (name == "optimal_dpor") return std::make_unique<OptimalDpor>();
  return absl::InvalidArgumentError(
      absl::StrCat("there is no strategy \"", name, "\"; there are: ", absl::StrJoin(StrategyNames(), ", ")));
}

}  // namespace fate::sim
