// Reports as text, to be held against each other.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "fate/sim/explore/report.h"

namespace fate::sim::test {

// All of a report that does not tell of time or of processes.
inline std::string WithoutTime(Report report) {
  report.elapsed = absl::ZeroDuration();
  report.jobs = 1;
  return report.ToText() + report.ToJson();
}

}  // namespace fate::sim::test
