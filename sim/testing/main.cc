// The main of a test binary: the flags of fate, then those of GoogleTest, then the tests.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "fate/sim/testing/init.h"

int main(int argc, char** argv) {
  fate::sim::InitTesting(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help" || argument == "-h" || argument == "-?") {
      // GoogleTest has told of its flags.
      std::printf("\n%s", fate::sim::Flags::Help().c_str());
      continue;
    }
    fate::sim::internal::Refuse("unknown argument \"" + argument +
                                "\": it is a flag of neither fate (--fate_help lists them) nor "
                                "GoogleTest (--help lists them)");
  }
  return RUN_ALL_TESTS();
}
