// ReadsFrom: which step each reading step of an execution read from, as it unfolds.
//
// In the sense of "Greybox fuzzing for concurrency testing" (Wolff, Shi, Duck, Mathur,
// Roychoudhury, ASPLOS 2024): a read reads from the last write of its object, or from its initial
// state. Of the objects that are not cells: a lock reads from the lock before it, whose release it
// waited for (a release by a guard is no step); an acquire from the last release, a wait from the
// last set, a receive from the send of its item (items are taken in order).
//
// Sites are what steps are told apart by from one execution to the next: the place of the co_await
// and the kind of the object, so that all instances of a task are alike. O(1) a step.
//
// Tested by tests/strategies/reads_from_test.cc.
//
// Unordered: sites are looked up by place only.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fate/base/mix.h"
#include "fate/sim/core/trace.h"
#include "fate/sim/strategies/interests.h"

namespace fate::sim {

using Site = uint32_t;

class Sites {
 public:
  static constexpr Site kInitial = 0;  // no step: what is there before all writes
  static constexpr Site kUnknown = 0xffffffff;

  // Numbers it if it is new: from 1.
  Site Of(const Place& place, uint32_t object_kind) {
    return numbers_.try_emplace(KeyOf(place, object_kind), static_cast<Site>(numbers_.size() + 1))
        .first->second;
  }
  // Or kUnknown.
  Site Find(const Place& place, uint32_t object_kind) const {
    auto at = numbers_.find(KeyOf(place, object_kind));
    return at == numbers_.end() ? kUnknown : at->second;
  }
  size_t size() const { return numbers_.size(); }

 private:
  static uint64_t KeyOf(const Place& place, uint32_t object_kind) {
    return Mix(Interests::KeyOf(place), object_kind);
  }
  absl::flat_hash_map<uint64_t, Site> numbers_;
};

bool Reads(OpKind kind);
bool Writes(OpKind kind);

class ReadsFrom {
 public:
  void Restart();
  // What a read of the object with this number would read from now. 0: an object not touched yet.
  Site SourceOf(uint32_t object) const {
    if (object >= objects_.size()) return Sites::kInitial;
    const Source& source = objects_[object];
    return source.received < source.items.size() ? source.items[source.received] : source.last;
  }
  // A step at `site` took effect. Returns what it read from, if it reads.
  Site Follow(const Step& step, Site site);

 private:
  struct Source {
    Site last = Sites::kInitial;  // write
    std::vector<Site> items;      // of a channel: sent
    size_t received = 0;          // of them
  };
  std::vector<Source> objects_;  // by number
};

}  // namespace fate::sim
