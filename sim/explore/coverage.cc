#include "fate/sim/explore/coverage.h"

#include <algorithm>
#include <cmath>

#include "fate/base/mix.h"

namespace fate::sim {

bool Coverage::Keeps(uint64_t trace) const { return halvings_ == 0 || Mix(trace) >> (64 - halvings_) == 0; }

bool Coverage::NoteHash(uint64_t trace, bool sampled) {
  samples_ += sampled;
  last_was_new_ = true;
  if (!Keeps(trace)) return true;
  auto [place, is_new] = seen_.try_emplace(trace, 0);
  if (sampled && place->second < 3) counts_.Sample(place->second++);
  if (is_new && seen_.size() > most_) Halve();
  last_was_new_ = is_new;
  return is_new;
}

void Coverage::Halve() {
  while (seen_.size() > most_) {
    ++halvings_;
    absl::erase_if(seen_, [this](const auto& kept) { return !Keeps(kept.first); });
  }
  counts_ = Counts();
  // Sums, in any order.
  for (const auto& [trace, times] : seen_) {
    for (uint32_t time = 0; time < times; ++time) counts_.Sample(time);
  }
}

double Coverage::Unseen() const {
  if (samples_ == 0) return 1;
  return std::min(
      1.0, std::ldexp(static_cast<double>(counts_.once), static_cast<int>(halvings_)) / static_cast<double>(samples_));
}

double Coverage::Estimate() const {
  const double once = static_cast<double>(counts_.once);
  // The form that is defined without a trace seen twice.
  const double missed = once * std::max(0.0, once - 1) / (2 * (static_cast<double>(counts_.twice) + 1));
  return std::ldexp(static_cast<double>(counts_.sampled) + missed, static_cast<int>(halvings_));
}

}  // namespace fate::sim
