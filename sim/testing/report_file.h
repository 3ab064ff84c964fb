// ReportFile: the file of --fate_report=json:FILE: one object with all sim tests that ran.
//
// {"binary": "...", "tests": [{"test": "Suite.Name", "result": "failed", "outcome": ..., ...},
// ...]} "result" is passed, failed or skipped; the rest of a test is that of Report::ToJson(). The
// file is written anew after each test, so that a crash leaves what was found before it. Tested by
// tests/testing/report_file_test.cc.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fate/sim/explore/report.h"

namespace fate::sim {

class ReportFile {
 public:
  // Begins the file, empty of tests; one whose name ends in a slash is a directory, in which the
  // file is named after the binary. Errors say what could not be written.
  absl::Status Open(const std::string& file, const std::string& binary);
  // Does nothing if there is no file.
  absl::Status Add(const std::string& test, const Report& report, bool skipped, const std::string& skip_message);

 private:
  absl::Status Write() const;

  std::string path_;  // empty: none
  std::string binary_;
  std::vector<std::string> tests_;  // JSON objects, in the order of their ends
};

}  // namespace fate::sim
