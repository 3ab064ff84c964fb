// Coverage: how many different traces a search has seen, and how likely the next one is new.
//
// Traces are counted by TraceHash, so interleavings that differ in the order of independent steps are
// one. Of those that were sampled, the share that was seen once estimates the chance that a further
// sample is new (Good, "The population frequencies of species", 1953), and how often traces were seen once
// and twice bounds from below how many there are (Chao, 1984). Systematic executions are no
// samples: their traces count as seen, and estimate nothing.
//
// Memory is bounded: exact up to kKept traces, some 40 bytes each. When there are more only those are kept whose hash,
// mixed, is in the lower half, then in the lower quarter, and so on, and each stands for two, for four (Flajolet, "On
// adaptive sampling", 1990): the error is about 1.2 / sqrt(kKept), less than a thousandth. Which are kept depends on
// what was seen, not on the order in which it was. O(steps) an execution.
// Tested by tests/explore/coverage_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

// Unordered: looked up, and thinned out by a rule for each alone.
#include "absl/container/flat_hash_map.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/race/trace_hash.h"

namespace fate::sim {

class Coverage {
 public:
  static constexpr size_t kKept = 1 << 22;

  // REQUIRES: kept > 0.
  explicit Coverage(size_t kept = kKept) : most_(kept) {}

  // Notes a finished execution; `sampled`: by chance. Returns whether its trace is new; one that is not kept is taken
  // for new.
  bool Note(const Execution& execution, bool sampled) { return NoteHash(hash_.Of(execution), sampled); }
  bool NoteHash(uint64_t trace, bool sampled);
  // What Note returned last.
  bool last_was_new() const { return last_was_new_; }

  // About how many there are, unless exact().
  uint64_t traces() const { return seen_.size() << halvings_; }
  bool exact() const { return halvings_ == 0; }
  uint64_t samples() const { return samples_; }
  // The chance that one more sample brings a trace that no sample brought; 1 before the first.
  double Unseen() const;
  // About how many traces sampling could bring: a lower bound.
  double Estimate() const;

 private:
  // How many traces were sampled, once and twice.
  struct Counts {
    uint64_t sampled = 0;
    uint64_t once = 0;
    uint64_t twice = 0;

    // One that was sampled so often is sampled once more.
    void Sample(uint32_t times) {
      sampled += times == 0;
      once += times == 0;
      once -= times == 1;
      twice += times == 1;
      twice -= times == 2;
    }
  };

  bool Keeps(uint64_t trace) const;
  void Halve();

  size_t most_;
  uint32_t halvings_ = 0;
  TraceHash hash_;
  // How often each was sampled, up to 3.
  absl::flat_hash_map<uint64_t, uint32_t> seen_;
  uint64_t samples_ = 0;
  Counts counts_;  // of those that are kept
  bool last_was_new_ = false;
};

}  // namespace fate::sim
