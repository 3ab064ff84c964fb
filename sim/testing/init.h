// InitTesting: what the main of a test binary begins with.
//
//   Usage:
//     int main(int argc, char** argv) {
//       fate::sim::InitTesting(&argc, argv);
//       return RUN_ALL_TESTS();
//     }
//
// Example: tests/examples/init_example_test.cc
//
// Linking fate_testing_main gives a main that does the above, and refuses arguments that nobody
// knows. Reads the environment and the command line (fate/sim/testing/flags.h), takes its flags out
// of argv, and initialises GoogleTest and GoogleMock, which take theirs. A flag that does not
// exist, a bad value or a report that cannot be written is said on stderr, and ends the process
// with exit code 2. Tested by tests/testing/init_test.cc.
#pragma once

#include <string>

#include "fate/sim/testing/corpus.h"
#include "fate/sim/testing/flags.h"
#include "fate/sim/testing/report_file.h"

namespace fate::sim {

void InitTesting(int* argc, char** argv);

namespace internal {

// What this process was started with: of one kind with GoogleTest's own state, which is the
// process's.
struct Process {
  std::string command;  // argv[0]; empty: InitTesting was not called, so nobody would read our flags
  Flags flags;
  ReportFile report_file;
  Corpus corpus;
};
Process& ThisProcess();

// Says `error` on stderr and ends the process with exit code 2.
[[noreturn]] void Refuse(const std::string& error);

// `text` as one word of a shell.
std::string ShellQuoted(const std::string& text);

}  // namespace internal
}  // namespace fate::sim
