// FailureFacts: what is known of a failure besides its interleaving, and its words.
//
// Learned by running the program again, after a failure was found and shrunk: setting_label.h,
// nearest_pass.h, likelihood.h. Tested by tests/explore/failure_facts_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/core/settings.h"

namespace fate::sim {

// See setting_label.h.
struct SettingLabel {
  Interleaving weakest = Interleaving::kOperation;
  bool certain = true;      // every schedule of the weaker settings was run
  uint64_t executions = 0;  // that went into the weaker ones
  std::string schedule;     // that fails in a weaker setting; "": none does
  std::string otherwise;    // how else the program fails in a weaker setting; "": it was not seen to
  std::string words;        // the same in a sentence; "" if nothing was run
};

// Of the failing execution: this came before that; in the passing one it is the other way round.
struct ReversedSteps {
  uint64_t earlier = 0;  // index into the trace
  uint64_t later = 0;    // the same; if it pends, no step
  bool pends = false;    // the later one was never made: its task still waits before it
  std::string words;     // "step 3, first Load cell 1 at a/b.cc:7, came before step 5, second ..."
};

// See nearest_pass.h.
struct NearestPass {
  std::string schedule;              // "": none was found
  std::vector<ReversedSteps> pairs;  // all; empty: nothing that conflicts, other choices inside steps
  uint64_t executions = 0;           // run in looking for it
};

// See likelihood.h.
struct LikelihoodPoint {
  uint64_t choice = 0;  // from 0
  uint64_t step = 0;    // index into the trace
  bool inside = false;  // the choice was made in the step (a branch, a partner, a draw), else before it
  uint32_t walks = 0;
  uint32_t failures = 0;  // of them
};

struct FailureFacts {
  FailureFacts() {}

  SettingLabel setting;
  NearestPass nearest;
  std::vector<LikelihoodPoint> likelihood;  // by choice
  uint64_t executions = 0;                  // that went into all of it; 0: nothing is known
};

// "40% before step 1, 55% before step 4, 100% from step 5 on"; "" without points. What differs little
// from what was said last is left out.
std::string LikelihoodWords(const std::vector<LikelihoodPoint>& points);

// A paragraph each, for a report; "" if nothing is known.
std::string FactsText(const FailureFacts& facts);

// `text` in lines of at most `width` characters, as far as it has spaces; the first is indented by `first`, the
// others by `rest`.
std::string Wrapped(const std::string& text, size_t width, size_t first, size_t rest);

}  // namespace fate::sim
