#include "fate/sim/strategies/replay.h"

#include "absl/strings/str_cat.h"
#include "fate/sim/core/execution.h"

namespace fate::sim {

namespace {

constexpr char kAdvice[] =
    "; the program, its input or its seed changed since the schedule was recorded: explore again and "
    "record a new one";

const char* WordOf(ChoiceKind kind) {
  static constexpr const char* kWords[] = {"which task runs", "which timer fires", "which partner is met",
                                           "which branch is taken", "a draw of the program"};
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

void Replay::BeginExecution(uint64_t) {
  index_ = 0;
  next_ = 0;
  misfit_.clear();
}

uint32_t Replay::Choose(const ChoicePoint& point) {
  uint64_t index = index_++;
  if (index >= schedule_.choices) {
    misfit_ = absl::StrCat("the schedule does not fit the program: at choice ", index,
                           " the schedule expected the end, after ", schedule_.choices,
                           " choices; the program asks for ", WordOf(point.kind), " among ", point.options, kAdvice);
    return kStop;
  }
  if (next_ == schedule_.deviations.size() || schedule_.deviations[next_].index != index) return 0;
  const Choice& choice = schedule_.deviations[next_++].choice;
  if (choice.choice_kind() != point.kind || choice.options != point.options) {
    misfit_ = absl::StrCat("the schedule does not fit the program: at choice ", index, " the schedule expected ",
                           WordOf(choice.choice_kind()), " among ", choice.options, "; the program asks for ",
                           WordOf(point.kind), " among ", point.options, kAdvice);
    return kStop;
  }
  return choice.option;
}

bool Replay::EndExecution(const Execution& execution) {
  if (misfit_.empty() && execution.choices.size() < schedule_.choices) {
    misfit_ = absl::StrCat("the schedule does not fit the program: the schedule has ", schedule_.choices,
                           " choices, and the program ended (", ToString(execution.outcome.kind), ") after ",
                           execution.choices.size(), kAdvice);
  }
  return false;
}

}  // namespace fate::sim
