// Show: the parts of the demo, each telling on stdout what it does.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tools/demo_programs/bugs.h"

namespace fate::demo {

// The printers in the simulator, twice with the same seed. Whether the lines were the same.
bool ShowPrinters(uint64_t seed);
// The printers alone: their words on stdout, what they took on stderr.
void PrintInSimulator(uint64_t seed, absl::Duration duration);
void PrintOnLibuv(uint64_t seed, absl::Duration duration);

// All bugs: found, replayed, and not found in the fixed variant; a table at the end. Whether all
// went as it should.
bool ShowBugs(uint64_t seed);
// One execution of one program, by its schedule. Whether the schedule fits the program.
bool ReplayBug(const Bug& bug, Variant variant, const std::string& schedule);

}  // namespace fate::demo
