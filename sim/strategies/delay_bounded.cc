#include "fate/sim/strategies/delay_bounded.h"

#include <algorithm>

#include "fate/sim/strategies/round_robin.h"

namespace fate::sim {

uint32_t DelayBounded::OptionAt(const ChoicePoint& point, uint32_t rank) {
  if (point.options > kCrowd) return rank;
  const RoundRobin round(point);
  turns_.clear();
  for (uint32_t option = 0; option < point.options; ++option) {
    // Timers that are due at once share a place.
    turns_.push_back(round.PlaceOf(option) << 30 | option);
  }
  std::nth_element(turns_.begin(), turns_.begin() + rank, turns_.end());
  return static_cast<uint32_t>(turns_[rank] & ((1u << 30) - 1));
}

}  // namespace fate::sim
