// Coverage: how many different traces a search has seen, and how likely the next one is new.
//
// Traces are counted by TraceHash, so interleavings that differ in the order of independent steps are
// one. Of those that were sampled, the share that was seen once estimates the chance that a further
// sample is new (Good, "The population frequencies of species", 1953), and how often traces were seen once
// and twice bounds from below how many there are (Chao, 1984). Systematic executions are no
// samples: their traces count as seen, and estimate nothing.
//
// Remembers up to kKept traces, 32 bytes each; what comes later is counted as new. O(steps) an execution.
// Tested by tests/explore/coverage_test.cc.
#pragma once

#include <cstdint>

// Unordered: only looked up.
#include "absl/container/flat_hash_map.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/trace_hash.h"

namespace fate::sim {

class Coverage {
 public:
  static constexpr size_t kKept = 1 << 22;

  // Notes a finished execution; `sampled`: by chance. Returns whether its trace is new.
  bool Note(const Execution& execution, bool sampled) { return NoteHash(hash_.Of(execution), sampled); }
  bool NoteHash(uint64_t trace, bool sampled);

  uint64_t traces() const { return traces_; }
  // Whether traces() is their number: not more were seen than are kept.
  bool exact() const { return traces_ <= kKept; }
  uint64_t samples() const { return samples_; }
  // The chance that one more sample brings a trace that no sample brought; 1 before the first.
  double Unseen() const;
  // About how many traces sampling could bring: a lower bound.
  double Estimate() const;

 private:
  TraceHash hash_;
  // How often each was sampled, up to 3.
  absl::flat_hash_map<uint64_t, uint32_t> seen_;
  uint64_t traces_ = 0;
  uint64_t samples_ = 0;
  uint64_t sampled_traces_ = 0;
  uint64_t once_ = 0;
  uint64_t twice_ = 0;
};

}  // namespace fate::sim
