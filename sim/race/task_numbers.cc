#include "fate/sim/race/task_numbers.h"

namespace fate::sim {

uint32_t TaskNumbers::OfName(uint64_t name) {
  auto [place, is_new] = numbers_.try_emplace(name, next_);
  if (is_new) ++next_;
  if (place->second < kMax) return place->second;
  overflow_ = true;
  return kMax - 1;
}

void TaskNumbers::CountRoots(const Trace& trace) {
  while (roots_ < trace.births.size() && trace.births[roots_].step == Birth::kBeforeSteps) ++roots_;
  next_ = roots_;
  if (roots_ > kMax) overflow_ = true, roots_ = kMax;
}

uint32_t TaskNumbers::OfOther(const Trace& trace, uint32_t id, uint64_t timer) {
  if (roots_ == 0) {
    CountRoots(trace);
    if (id < roots_) return id;
  }
  if (id == Step::kTimerTask) return OfName(trace.PathOf(id, timer));
  if (id >= cached_.size()) cached_.resize(id + 1);
  uint64_t path = trace.births[id].path_hash;
  auto& [cached_path, number] = cached_[id];
  if (cached_path != path) {
    cached_path = path;
    number = OfName(path);
  }
  return number;
}

}  // namespace fate::sim
