#include "fate/sim/strategies/depth_first.h"

#include "absl/strings/str_cat.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

uint32_t DepthFirst::Choose(const ChoicePoint& point) {
  uint32_t kind = static_cast<uint32_t>(point.kind);
  if (depth_ == path_.size()) {
    path_.push_back({0, point.options, kind});
  } else if (path_[depth_].options != point.options || path_[depth_].kind != kind) {
    return kStop;
  }
  return path_[depth_++].option;
}

bool DepthFirst::EndExecution(const Execution&) {
  // The deepest choice with an option left is the next to change.
  path_.resize(depth_);
  while (path_.size() > floor_ && path_.back().option + 1 == path_.back().options) path_.pop_back();
  if (path_.size() <= floor_) return false;
  ++path_.back().option;
  return true;
}

// Each option of a choice counts the same: Knuth, "Estimating the efficiency of backtrack programs"
// (1975), read backwards.
double DepthFirst::Progress() const {
  double seen = 0;
  double share = 1;
  for (const Choice& choice : path_) {
    share /= choice.options;
    seen += share * choice.option;
  }
  return seen;
}

std::string DepthFirst::StopReason() const {
  return absl::StrCat("your program is not deterministic: the same choices led to another set of options at choice ",
                      depth_,
                      "; look for state that outlives an execution, real clocks, addresses and real randomness");
}

}  // namespace fate::sim
