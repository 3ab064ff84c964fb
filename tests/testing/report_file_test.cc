#include "fate/sim/testing/report_file.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "fate/sim/explore/report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace fate::sim {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ReportFileTest : public ::testing::Test {
 protected:
  ReportFileTest() : path_(::testing::TempDir() + "report_file_" + std::to_string(getpid()) + ".json") {}
  ~ReportFileTest() override { std::remove(path_.c_str()); }
  static json ContentOf(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return json::parse(text.str(), nullptr, false);
  }
  std::string path_;
};

TEST_F(ReportFileTest, IsWholeAfterEachTest) {
  ReportFile file;
  ASSERT_TRUE(file.Open(path_, "./bin/my_test").ok());
  EXPECT_EQ(ContentOf(path_)["binary"], "./bin/my_test");
  EXPECT_EQ(ContentOf(path_)["tests"].size(), 0u);
  Report report;
  report.executions = 5;
  ASSERT_TRUE(file.Add("A.One", report, false, "").ok());
  EXPECT_EQ(ContentOf(path_)["tests"].size(), 1u);
  report.outcome = {OutcomeKind::kDeadlock, "stuck", Place()};
  ASSERT_TRUE(file.Add("A.Two", report, false, "").ok());
  ASSERT_TRUE(file.Add("A.Three", Report(), true, "not here").ok());
  const json tests = ContentOf(path_)["tests"];
  ASSERT_EQ(tests.size(), 3u);
  EXPECT_EQ(tests[0]["test"], "A.One");
  EXPECT_EQ(tests[0]["result"], "passed");
  EXPECT_EQ(tests[0]["executions"], 5);
  EXPECT_EQ(tests[1]["result"], "failed");
  EXPECT_EQ(tests[1]["outcome"], "Deadlock");
  EXPECT_EQ(tests[1]["message"], "stuck");
  EXPECT_EQ(tests[2]["result"], "skipped");
  EXPECT_EQ(tests[2]["message"], "not here");
}

TEST_F(ReportFileTest, InADirectoryItIsNamedAfterTheBinary) {
  ReportFile file;
  const std::string binary = "report_file_test_" + std::to_string(getpid());
  ASSERT_TRUE(file.Open(::testing::TempDir() + "/", "./bin/" + binary).ok());
  const std::string path = ::testing::TempDir() + "/" + binary + ".json";
  EXPECT_EQ(ContentOf(path)["binary"], "./bin/" + binary);
  std::remove(path.c_str());
}

TEST_F(ReportFileTest, WhatCannotBeWrittenIsAnError) {
  ReportFile file;
  const absl::Status status = file.Open("/no/such/directory/report.json", "./my_test");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("--fate_report cannot write /no/such/directory/report.json: No such file"));
}

TEST_F(ReportFileTest, WithoutAFileNothingIsWritten) {
  ReportFile file;
  EXPECT_TRUE(file.Add("A.One", Report(), false, "").ok());
}

}  // namespace
}  // namespace fate::sim
