#include "fate/sim/strategies/reads_from.h"

namespace fate::sim {

void ReadsFrom::Restart() {
  for (uint32_t object = 0; object < touched_; ++object) {
    objects_[object].last = Sites::kInitial;
    objects_[object].items.clear();
    objects_[object].received = 0;
  }
  touched_ = 0;
}

void ReadsFrom::Touch(uint32_t object) {
  touched_ = object + 1;
  if (objects_.size() < touched_) objects_.resize(touched_);
}

}  // namespace fate::sim
