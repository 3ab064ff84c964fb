#include "fate/sim/explore/budget.h"

#include <algorithm>

namespace fate::sim {

bool Budget::Allows(uint64_t number) {
  if (number >= executions_) return false;
  if (number < next_look_ || time_ == absl::InfiniteDuration()) return true;
  absl::Duration spent = elapsed();
  if (spent >= time_ && number > 0) {
    capped_ = true;
    return false;
  }
  next_look_ = number + 1;
  if (number >= 16) {
    // At the rate so far, one per cent of the budget from here.
    double rate = static_cast<double>(number) / std::max(absl::ToDoubleSeconds(spent), 1e-9);
    next_look_ += static_cast<uint64_t>(std::min(rate * absl::ToDoubleSeconds(time_) * 0.01, 1e9));
  }
  return true;
}

absl::Duration Budget::elapsed() const { return absl::FromChrono(Clock::now() - start_); }

}  // namespace fate::sim
