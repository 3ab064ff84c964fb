// Schedule: the input that makes an execution what it is: deviations from the quiet run.
//
// Every decision of the simulator is a choice among options 0..n-1, and option 0 is the quiet one, so
// a schedule is the sparse list of the choices that were not 0, with how many there were, the seed of
// the program's draws and the interleaving. Its text is one line without spaces, to paste into a test
// or onto a command line:
//
//   fate1-operation-s2a-n57-3t1/2-17t2/3-c5e0f9a1b
//   |     |         |   |   |            checksum of all before
//   |     |         |   |   choice 3 (from 0) was about a task: option 1 of 2
//   |     |         |   57 choices in all
//   |     |         seed of draws (hexadecimal)
//   version
//
// The letter of a choice: t task, m timer, p partner, b branch, d draw.
// Tested by tests/core/schedule_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fate/runtime/simulation.h"
#include "fate/sim/core/log.h"
#include "fate/sim/core/settings.h"

namespace fate::sim {

// One choice as it was made. `options` >= 2: what leaves no choice is not recorded.
struct Choice {
  uint32_t option;
  uint32_t options : 28;
  uint32_t kind : 4;  // ChoiceKind

  ChoiceKind choice_kind() const { return static_cast<ChoiceKind>(kind); }
  friend bool operator==(const Choice&, const Choice&) = default;
};

struct Deviation {
  uint64_t index;  // of the choice, from 0
  Choice choice;   // option > 0
  friend bool operator==(const Deviation&, const Deviation&) = default;
};

struct Schedule {
  Interleaving interleaving = Interleaving::kOperation;
  uint64_t seed = 0;                  // of the program's draws
  uint64_t choices = 0;               // how many there were in all
  std::vector<Deviation> deviations;  // by index, ascending

  static Schedule Of(Interleaving interleaving, uint64_t seed, const Log<Choice>& choices);
  std::string ToText() const;
  // Errors say what is wrong with the text (malformed, truncated, foreign, of a newer version) and
  // what to do. Never aborts, never throws.
  static absl::StatusOr<Schedule> Parse(std::string_view text);
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// The letter of a kind in the text form; the kind of a letter, or -1.
char LetterOf(ChoiceKind kind);
int KindOf(char letter);
// What a text form ends with: -c and 8 digits or fewer.
uint32_t ScheduleChecksum(std::string_view text);

// Writes the text form of the choices to a file descriptor. Async-signal-safe: for a crash.
void WriteSchedule(int fd, Interleaving interleaving, uint64_t seed, const Choice* choices, uint64_t count);

// What a schedule costs its reader, the worst first.
struct ScheduleCost {
  uint64_t preemptions = 0;  // switches away from a task that could go on
  uint64_t switches = 0;     // steps of another task than the one before
  uint64_t deviations = 0;
  uint64_t steps = 0;
  friend auto operator<=>(const ScheduleCost&, const ScheduleCost&) = default;
};

}  // namespace fate::sim
