// PropertyReport: what CheckProperty found: the smallest arguments with the smallest schedule, or what the
// pass is worth. Tested by tests/property/check_property_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "fate/sim/explore/report.h"

namespace fate::sim {

struct PropertyReport {
  PropertyReport() {}

  // Of the failing execution, shrunk; or summed up over all cases. Its replay line has the arguments too.
  Report report;
  bool skipped = false;  // see PropertyOptions::is_failure

  uint64_t cases = 0;  // generated and run, the failing one included
  uint64_t cases_asked = 0;
  uint64_t discarded = 0;  // by RC_PRE, or because nothing could be generated
  uint64_t exhausted = 0;  // cases of which all schedules were run
  // Of a failure.
  std::string arguments;                           // one a line, shrunk
  std::string found_arguments;                     // as they were found
  std::string reproduce;                           // what RC_PARAMS must say to get `arguments` back
  uint64_t argument_shrinks = 0;                   // how often they became smaller
  uint64_t joint_executions = 0;                   // that went into it
  std::map<std::string, uint64_t> other_failures;  // met on the way: identity, how often

  bool passed() const { return report.passed(); }
  std::string ToText() const;
};

}  // namespace fate::sim
