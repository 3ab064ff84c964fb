#include "tests/race/brute_force.h"

#include <unordered_set>

namespace fate::sim::small {

namespace {

class Walk {
 public:
  Walk(const SmallProgram& program, size_t limit, Failed failed) : program_(program), limit_(limit), failed_(failed) {}
  std::set<std::string> Run() {
    Visit(Interpreter(program_, failed_));
    if (seen_.size() > limit_) complete_.clear();
    return complete_;
  }

 private:
  void Visit(Interpreter state) {
    if (seen_.size() > limit_) return;
    std::vector<Move> enabled = state.Enabled();
    while (enabled.empty() && state.MoveClock()) enabled = state.Enabled();
    if (enabled.empty()) {
      complete_.insert(state.Form());
      return;
    }
    for (const Move& move : enabled) {
      Meet(state, move, {});
    }
  }
  // Makes the move; where a try form could meet several, with each.
  void Meet(const Interpreter& state, const Move& move, const std::vector<Met>& met) {
    Interpreter next = state;
    next.Make(move, met);
    const std::vector<std::vector<Met>> could_meet = next.could_meet();
    if (could_meet.size() > met.size()) {
      for (const Met& one : could_meet[met.size()]) {
        std::vector<Met> longer = met;
        longer.push_back(one);
        Meet(state, move, longer);
      }
    } else if (seen_.insert(next.Form()).second) {
      Visit(next);
    }
  }
  const SmallProgram& program_;
  size_t limit_;
  Failed failed_;
  std::unordered_set<std::string> seen_;
  std::set<std::string> complete_;
};

}  // namespace

std::set<std::string> AllTraces(const SmallProgram& program, size_t limit, Failed failed) {
  return Walk(program, limit, failed).Run();
}

std::string FormOf(const SmallProgram& program, const std::vector<Happened>& steps, Failed failed) {
  Interpreter state(program, failed);
  for (const Happened& step : steps) {
    if (step.starts && !state.StartThrows(step.task)) {
      state.Begin(step.task);
      continue;
    }
    while (state.Enabled().empty() && state.MoveClock()) {
    }
    std::vector<Met> met = step.met;
    const Move move = state.MoveOf(step, met);
    if (move.task == -2) return "";
    state.Make(move, met);
    if (!state.met_as_told()) return "";
  }
  while (state.Enabled().empty() && state.MoveClock()) {
  }
  return state.Enabled().empty() ? state.Form() : "";
}

}  // namespace fate::sim::small
