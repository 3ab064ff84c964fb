// Subprocess: runs this test binary again, to see what a user sees of a test that fails.
//
//   const Ended ended = RunTest("Failing.DISABLED_LosesAnUpdate", "--fate_seed=3");
//   EXPECT_EQ(ended.exit_code, 1);
//   EXPECT_THAT(ended.output, HasSubstr("AssertionFailed"));
//
// Nothing of the outer run gets through: no report file of GoogleTest's, no flag of ours. Unless the
// variables say otherwise the strategy is the random walk, whose executions can be counted: the
// default one ends when all traces were seen.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace fate::sim::test {

struct Ended {
  int exit_code = -1;  // of a signal: 128 + its number, as shells have it
  std::string output;  // stdout and stderr
};

inline std::string OwnPath() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : "";
}

// A command of the shell, with variables to set before it ("FATE_SEED=3").
inline Ended RunCommand(const std::string& command, const std::string& variables = "") {
  std::string clean = "env";
  for (const char* name : {"GTEST_OUTPUT",
                           "XML_OUTPUT_FILE",
                           "GTEST_FILTER",
                           "TESTBRIDGE_TEST_ONLY",
                           "GTEST_TOTAL_SHARDS",
                           "GTEST_SHARD_INDEX",
                           "TEST_TOTAL_SHARDS",
                           "TEST_SHARD_INDEX",
                           "TEST_SHARD_STATUS_FILE",
                           "TEST_PREMATURE_EXIT_FILE",
                           "FATE_SEED",
                           "FATE_STRATEGY",
                           "FATE_EXECUTIONS",
                           "FATE_BUDGET",
                           "FATE_INTERLEAVING",
                           "FATE_REPLAY",
                           "FATE_TRACE",
                           "FATE_REPORT",
                           "FATE_STEP_TIMEOUT",
                           "FATE_JOBS",
                           "FATE_SHRINK",
                           "FATE_STORY",
                           "FATE_CORPUS",
                           "FATE_CORPUS_WRITE"}) {
    clean += std::string(" -u ") + name;
  }
  clean += " FATE_STRATEGY=random";
  FILE* pipe = popen(("exec 2>&1; " + clean + " " + variables + " " + command).c_str(), "r");
  Ended ended;
  if (pipe == nullptr) return ended;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) ended.output += static_cast<char>(c);
  const int status = pclose(pipe);
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

inline Ended RunSelf(const std::string& arguments, const std::string& variables = "") {
  return RunCommand("'" + OwnPath() + "' " + arguments, variables);
}

// One test of this binary, disabled or not.
inline Ended RunTest(const std::string& test, const std::string& arguments = "", const std::string& variables = "") {
  return RunSelf("--gtest_also_run_disabled_tests --gtest_color=no --gtest_filter=" + test + " " + arguments,
                 variables);
}

// The line after "Replay it:".
inline std::string ReplayLineOf(const std::string& output) {
  const std::string mark = "Replay it:\n  ";
  const size_t begin = output.find(mark);
  if (begin == std::string::npos) return "";
  const size_t line = begin + mark.size();
  return output.substr(line, output.find('\n', line) - line);
}

// The schedule in it.
inline std::string ScheduleOf(const std::string& output) {
  const std::string line = ReplayLineOf(output);
  const size_t begin = line.find("fate1-");
  return begin == std::string::npos ? "" : line.substr(begin);
}

}  // namespace fate::sim::test
