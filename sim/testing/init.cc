#include "fate/sim/testing/init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace fate::sim {

namespace internal {

Process& ThisProcess() {
  static auto* process = new Process;
  return *process;
}

void Refuse(const std::string& error) {
  std::fprintf(stderr, "fate: %s\n", error.c_str());
  std::fflush(nullptr);
  std::exit(2);
}

std::string ShellQuoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || std::string("_-+=./:@%,").find(static_cast<char>(c)) != std::string::npos;
  });
  return plain ? text : absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

}  // namespace internal

void InitTesting(int* argc, char** argv) {
  internal::Process& process = internal::ThisProcess();
  process.command = argv[0];
  const auto variable = [](const char* name) -> const char* { return std::getenv(name); };
  absl::Status status = process.flags.ParseEnvironment(variable);
  std::vector<std::string> others(argv + 1, argv + *argc);
  if (status.ok()) status = process.flags.Parse(others);
  if (!status.ok()) internal::Refuse(std::string(status.message()));

  // The strings that stay keep their memory in argv.
  const auto is_ours = [&others](char* argument) {
    return std::find(others.begin(), others.end(), argument) == others.end();
  };
  *argc = static_cast<int>(std::remove_if(argv + 1, argv + *argc, is_ours) - argv);
  argv[*argc] = nullptr;
  if (process.flags.help()) {
    std::printf("%s", Flags::Help().c_str());
    std::exit(0);
  }
  ::testing::InitGoogleMock(argc, argv);
  const std::string& corpus = process.flags.corpus();
  if (corpus.empty() && process.flags.corpus_write()) {
    internal::Refuse("--fate_corpus_write needs a file to write to: --fate_corpus=FILE");
  }
  if (!corpus.empty()) {
    status = process.corpus.Open(corpus, process.flags.corpus_write());
    if (!status.ok()) internal::Refuse(std::string(status.message()));
  }
  const std::string& file = process.flags.report_file();
  if (file.empty() || GTEST_FLAG_GET(list_tests)) return;
  status = process.report_file.Open(file, process.command);
  if (!status.ok()) internal::Refuse(std::string(status.message()));
}

}  // namespace fate::sim
