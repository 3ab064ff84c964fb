#include "fate/sim/strategies/random_delay.h"

#include <algorithm>
#include <functional>

namespace fate::sim {

void RandomDelay::Begin() {
  contested_ = 0;
  current_ = Step::kTimerTask;  // before the first
  delays_.clear();
  if (contested_known_ == 0) return;
  uint32_t delays = prng().Below(bound_ + 1);
  for (uint32_t i = 0; i < delays; ++i) delays_.push_back(prng().Next() % contested_known_);
  std::sort(delays_.begin(), delays_.end(), std::greater<>());
}

uint32_t RandomDelay::Next(const ChoicePoint& point) const {
  uint32_t next = 0;
  uint32_t nearest = ~uint32_t{0};
  for (uint32_t slot = 0; slot < point.options; ++slot) {
    // The distance in the round; a due timer, which has no place in it, comes last.
    uint32_t distance = point.ready->at(slot).task->id - current_ - 1;
    if (distance <= nearest) {
      nearest = distance;
      next = slot;
    }
  }
  return next;
}

uint32_t RandomDelay::Pick(const ChoicePoint& point) {
  uint64_t index = contested_++;
  uint32_t slot = point.preferred != nullptr ? point.preferred->slot : Next(point);
  while (!delays_.empty() && delays_.back() == index) {
    delays_.pop_back();
    current_ = point.ready->at(slot).task->id;
    slot = Next(point);
  }
  current_ = point.ready->at(slot).task->id;
  return OptionOf(point, slot);
}

void RandomDelay::Learn(const Execution& execution) {
  contested_noted_ = std::max(contested_noted_, ContestedSteps(execution));
}

}  // namespace fate::sim
