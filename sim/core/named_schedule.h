// NamedSchedule: a failing schedule whose deviations are named by what the program does, not by numbers of choices,
// so that it still means something when the program has changed.
//
//   fate1n-operation-s2a-t0.1:Load.1@2:Store.1=0.2-c5e0f9a1b
//          |         |   ||   |     | |       |    checksum of all before
//          |         |   ||   |     | |       the task that runs instead
//          |         |   ||   |     | it stood before its first Store; left out if it could not go on
//          |         |   ||   |     which was the second step of that task
//          |         |   ||   after its first Load
//          |         |   |the task that made the last step
//          |         |   letter of the choice, as in Schedule; of another kind than t: =OPTION/OPTIONS
//          |         seed of draws (hexadecimal)
//          interleaving
//
// A task is named by its path: which root it descends from, counted from 0, then which child of each, counted from 1.
// A choice that is not the first after a step has +N behind the step's number. Names of tasks, lines and objects are
// not in it: they may change. Tested by tests/core/named_schedule_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fate/runtime/operation_kind.h"
#include "fate/runtime/simulation.h"
#include "fate/sim/core/settings.h"

namespace fate::sim {

// The nth operation of its kind that a task makes, from 1.
struct NthOperation {
  OpKind kind = OpKind::kStart;
  uint64_t nth = 0;
  friend bool operator==(const NthOperation&, const NthOperation&) = default;
};

struct NamedDeviation {
  ChoiceKind kind = ChoiceKind::kTask;
  std::string task;                    // that made the last step; empty: there was none
  NthOperation after;                  // that step
  uint64_t steps = 0;                  // how many it had made then
  uint32_t ordinal = 0;                // among the choices since
  std::optional<NthOperation> before;  // of kTask: what it stood before, if it could go on
  std::string target;                  // of kTask: the task that runs
  uint32_t option = 0;                 // else: the option, of how many
  uint32_t options = 0;
  friend bool operator==(const NamedDeviation&, const NamedDeviation&) = default;

  // "task 0.2 runs after Load 1 of task 0.1".
  std::string ToWords() const;
};

struct NamedSchedule {
  Interleaving interleaving = Interleaving::kOperation;
  uint64_t seed = 0;                       // of the program's draws
  std::vector<NamedDeviation> deviations;  // in order

  std::string ToText() const;
  // Errors say what is wrong with the text and what to do. Never aborts, never throws.
  static absl::StatusOr<NamedSchedule> Parse(std::string_view text);
  // Whether a text is of this form, and not of Schedule's.
  static bool IsNamed(std::string_view text);
  friend bool operator==(const NamedSchedule&, const NamedSchedule&) = default;
};

}  // namespace fate::sim
