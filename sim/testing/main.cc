// The main of a test binary: flags of fate, then those of GoogleTest, then the tests.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "fate/sim/testing/runner.h"

namespace {

int Refuse(const absl::Status& status) {
  std::fprintf(stderr, "fate: %s\n", std::string(status.message()).c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  fate::sim::internal::Process& process = fate::sim::internal::ThisProcess();
  process.command = argv[0];
  if (absl::Status status = process.flags.ParseEnvironment(); !status.ok()) return Refuse(status);
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (absl::Status status = process.flags.Parse(arguments); !status.ok()) return Refuse(status);

  std::vector<char*> rest = {argv[0]};
  for (std::string& argument : arguments) rest.push_back(argument.data());
  int rest_count = static_cast<int>(rest.size());
  rest.push_back(nullptr);
  ::testing::InitGoogleTest(&rest_count, rest.data());
  if (rest_count > 1) {
    return Refuse(absl::InvalidArgumentError(std::string("unknown argument \"") + rest[1] +
                                             "\": it is a flag of neither fate (--fate_...) nor "
                                             "GoogleTest (--gtest_...; see --help)"));
  }
  int result = RUN_ALL_TESTS();
  if (absl::Status status = fate::sim::internal::WriteReport(); !status.ok()) return Refuse(status);
  return result;
}
