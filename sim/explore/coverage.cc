#include "fate/sim/explore/coverage.h"

#include <algorithm>

namespace fate::sim {

bool Coverage::NoteHash(uint64_t trace, bool sampled) {
  samples_ += sampled;
  if (seen_.size() >= kKept && !seen_.contains(trace)) {
    ++traces_;
    sampled_traces_ += sampled;
    once_ += sampled;
    return true;
  }
  auto [place, is_new] = seen_.try_emplace(trace, 0);
  traces_ += is_new;
  if (!sampled || place->second == 3) return is_new;
  switch (++place->second) {
    case 1:
      ++sampled_traces_;
      ++once_;
      break;
    case 2:
      --once_;
      ++twice_;
      break;
    case 3:
      --twice_;
      break;
  }
  return is_new;
}

double Coverage::Unseen() const {
  return samples_ == 0 ? 1 : static_cast<double>(once_) / static_cast<double>(samples_);
}

double Coverage::Estimate() const {
  double once = static_cast<double>(once_);
  // The form that is defined without a trace seen twice.
  double missed = once * std::max(0.0, once - 1) / (2 * (static_cast<double>(twice_) + 1));
  return static_cast<double>(sampled_traces_) + missed;
}

}  // namespace fate::sim
