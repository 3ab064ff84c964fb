#include "fate/sim/property/property_report.h"

#include "absl/strings/str_cat.h"
#include "fate/base/counted.h"

namespace fate::sim {

std::string PropertyReport::ToText() const {
  if (!passed()) {
    if (arguments.empty()) return report.ToText();
    std::string text = absl::StrCat("Falsifiable, in case ", cases, ":\n", arguments);
    if (argument_shrinks > 0) {
      absl::StrAppend(&text, "(shrunk in ", Counted(argument_shrinks, "step"), " and ",
                      Counted(joint_executions, "execution"), "; found with\n", found_arguments, ")\n");
    }
    absl::StrAppend(&text, "\n", report.ToText());
    if (!other_failures.empty()) {
      absl::StrAppend(&text, "\nOther failures met on the way, which were not followed:\n");
      for (const auto& [identity, count] : other_failures) {
        absl::StrAppend(&text, "  ", identity, " (", Counted(count, "time"), ")\n");
      }
    }
    return text;
  }
  std::string text =
      absl::StrCat("Passed: ", Counted(cases, "case"), ", all schedules of ", exhausted, " of them; ",
                   Counted(report.executions, "execution"), ", ", Counted(report.steps, "step"), " in ",
                   absl::FormatDuration(absl::Trunc(report.elapsed, absl::Microseconds(1))), " (strategy ",
                   report.strategy, ", interleaving ", ToString(report.interleaving), ", seed ", report.seed, ")");
  if (discarded > 0) absl::StrAppend(&text, "; ", discarded, " discarded");
  if (report.capped) {
    absl::StrAppend(&text, "; the time budget ended it ", Counted(cases_asked - cases, "case"), " short of ",
                    cases_asked);
  }
  if (report.interrupted) {
    absl::StrAppend(&text, "; interrupted, ", Counted(cases_asked - cases, "case"), " short of ", cases_asked);
  }
  if (!report.contested) {
    absl::StrAppend(&text, "; warning: no two tasks were ever ready together, so no interleaving was tested");
  }
  absl::StrAppend(&text, "\n");
  for (const OldScheduleFacts& old : report.corpus) absl::StrAppend(&text, "  corpus: ", old.ToText(), "\n");
  return text;
}

}  // namespace fate::sim
