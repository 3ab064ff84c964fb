#include "fate/sim/testing/report_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fate::sim {

namespace {
using Json = nlohmann::ordered_json;
}  // namespace

absl::Status ReportFile::Open(const std::string& file, const std::string& binary) {
  path_ = file;
  binary_ = binary;
  if (!file.empty() && file.back() == '/') {
    absl::StrAppend(&path_, binary.substr(binary.find_last_of('/') + 1), ".json");
  }
  return Write();
}

absl::Status ReportFile::Add(const std::string& test, const Report& report, bool skipped,
                             const std::string& skip_message) {
  if (path_.empty()) return absl::OkStatus();
  Json json;
  json["test"] = test;
  json["result"] = skipped ? "skipped" : report.passed() ? "passed" : "failed";
  if (skipped) {
    json["message"] = skip_message;
  } else {
    json.update(Json::parse(report.ToJson()));
  }
  tests_.push_back(json.dump(2, ' ', false, Json::error_handler_t::replace));
  return Write();
}

absl::Status ReportFile::Write() const {
  errno = 0;
  std::ofstream out(path_);
  out << "{\"binary\": " << Json(binary_).dump(-1, ' ', false, Json::error_handler_t::replace) << ", \"tests\": [\n"
      << absl::StrJoin(tests_, ",\n") << "\n]}\n";
  out.close();
  if (out) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("--fate_report cannot write ", path_, ": ", std::strerror(errno)));
}

}  // namespace fate::sim
