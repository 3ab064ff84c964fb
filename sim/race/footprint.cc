#include "fate/sim/race/footprint.h"

#include <algorithm>
#include <utility>

namespace fate::sim {

uint32_t Footprints::NewIdOf(const Trace& trace, uint32_t number) {
  if (number >= cached_.size()) cached_.resize(number + 1);
  if (number == 0) return 0;
  auto& [name, id] = cached_[number];
  name = trace.object_names[number - 1];
  id = IdOfKey(name);
  return id;
}

uint32_t Footprints::OffersOf(const Trace& trace, uint32_t number, bool tried) {
  const uint64_t name = uint64_t{trace.object_names[number - 1]} + (uint64_t{1} << 32);
  if (!tried) {
    auto known = ids_.find(name);
    return known == ids_.end() ? 0 : known->second;
  }
  auto [place, is_new] = ids_.try_emplace(name, static_cast<uint32_t>(ids_.size()) + 1);
  first_try_ = first_try_ || is_new;
  return place->second;
}

StepFootprint Footprints::WithAccesses(const Trace& trace, StepFootprint footprint, const Access* accesses,
                                       size_t count) {
  std::vector<Part> parts = inside(footprint);
  for (size_t i = 0; i < count; ++i) {
    const Access& access = accesses[i];
    const bool tries = access.kind == OpKind::kTrySend || access.kind == OpKind::kTryReceive;
    if (access.kind == OpKind::kOffer) {
      if (uint32_t offers = OffersOf(trace, access.object, false); offers != 0) {
        parts.push_back({offers, OpKind::kOffer, Mode::kAdd});
      }
      continue;
    }
    if (tries && access.object_kind == static_cast<uint16_t>(ObjectKind::kRendezvous)) {
      parts.push_back({OffersOf(trace, access.object, true), access.kind, Mode::kRead});
    }
    Mode mode = RuleOf(access.kind, static_cast<ObjectKind>(access.object_kind)).mode;
    if (mode != Mode::kNone) parts.push_back({IdOf(trace, access.object), access.kind, mode});
  }
  return With(footprint, std::move(parts));
}

StepFootprint Footprints::Join(const Trace& trace, const StepFootprint& footprint, const Step& partner,
                               const Access* accesses, size_t count) {
  StepFootprint other = Of(trace, partner, accesses, count);
  std::vector<Part> parts = inside(footprint);
  parts.insert(parts.end(), inside(other).begin(), inside(other).end());
  if (other.mode != Mode::kNone) parts.push_back({other.object, other.kind, other.mode});
  return With(footprint, std::move(parts));
}

StepFootprint Footprints::Add(const StepFootprint& footprint, const Part& part) {
  std::vector<Part> parts = inside(footprint);
  parts.push_back(part);
  return With(footprint, std::move(parts));
}

StepFootprint Footprints::AddAll(const StepFootprint& footprint, const std::vector<Part>& added) {
  std::vector<Part> parts = inside(footprint);
  parts.insert(parts.end(), added.begin(), added.end());
  return With(footprint, std::move(parts));
}

StepFootprint Footprints::WithoutCancellations(const StepFootprint& footprint) {
  std::vector<Part> parts = inside(footprint);
  std::erase_if(parts, [](const Part& part) { return part.kind == OpKind::kCancel && part.mode == Mode::kEverything; });
  StepFootprint rest = footprint;
  rest.inside = 0;
  if (rest.kind == OpKind::kCancel || rest.kind == OpKind::kTimeout) rest.mode = Mode::kNone;
  return With(rest, std::move(parts));
}

StepFootprint Footprints::Merge(const StepFootprint& a, const StepFootprint& b) {
  std::vector<Part> parts = inside(a);
  parts.insert(parts.end(), inside(b).begin(), inside(b).end());
  if (b.mode != Mode::kNone) parts.push_back({b.object, b.kind, b.mode});
  return With(a, std::move(parts));
}

bool Footprints::Widen(StepFootprint& footprint, uint16_t& may) {
  auto as_may = [](const Part& part) -> Part {
    if (part.kind == OpKind::kOffer) return part;
    return {part.object, part.mode == Mode::kRead ? OpKind::kRead : OpKind::kWrite, part.mode};
  };
  std::vector<Part> wide = sets_[may];
  std::vector<Part> parts = inside(footprint);
  for (const Part& part : parts) wide.push_back(as_may(part));
  std::sort(wide.begin(), wide.end());
  wide.erase(std::unique(wide.begin(), wide.end()), wide.end());
  bool grew = wide != sets_[may];
  for (const Part& part : wide) {
    bool done = std::any_of(parts.begin(), parts.end(), [&](const Part& other) { return as_may(other) == part; });
    if (!done || part.mode == Mode::kEverything) parts.push_back(part);
  }
  if (grew) {
    const StepFootprint widened = With({}, std::move(wide));
    if (widened.inside == 0) {  // no more numbers: it conflicts with everything, and has nothing to learn
      footprint.mode = Mode::kEverything;
      return false;
    }
    may = widened.inside;
  }
  footprint = With(footprint, std::move(parts));
  return grew;
}

StepFootprint Footprints::With(StepFootprint footprint, std::vector<Part> parts) {
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  if (parts.empty()) return footprint;
  auto [place, is_new] = numbers_.try_emplace(std::move(parts), static_cast<uint16_t>(sets_.size()));
  if (is_new) {
    if (sets_.size() > 0xffff) {  // no more numbers: it conflicts with everything
      numbers_.erase(place);
      footprint.mode = Mode::kEverything;
      return footprint;
    }
    sets_.push_back(place->first);
  }
  footprint.inside = place->second;
  return footprint;
}

bool Footprints::InsideConflict(const StepFootprint& a, const StepFootprint& b) const {
  for (const Part& part : inside(a)) {
    if (SameAndConflict(part.object, part.mode, b.object, b.mode)) return true;
    for (const Part& other : inside(b)) {
      if (SameAndConflict(part.object, part.mode, other.object, other.mode)) return true;
    }
  }
  for (const Part& part : inside(b)) {
    if (SameAndConflict(part.object, part.mode, a.object, a.mode)) return true;
  }
  return false;
}

}  // namespace fate::sim
