// Flags: what every test binary takes on its command line, and CI in its environment.
//
//   --fate_seed=N             seed of the search and of the program's draws
//   --fate_strategy=NAME      see StrategyNames()
//   --fate_executions=N       how many executions
//   --fate_budget=DURATION    real time a test may take: 500ms, 10s, 5m
//   --fate_interleaving=NAME  fifo, loop, operation
//   --fate_replay=SCHEDULE    follow this schedule instead of searching
//   --fate_trace              tell a passing run step by step too
//   --fate_report=json:FILE   write what was found to FILE
//   --fate_step_timeout=DUR   real time of one step before the process is ended; 0: for ever
//
// Each is also an environment variable: FATE_SEED, FATE_STRATEGY, ...; the command line wins. A flag wins
// over what a test asks for. This is the one place that reads the environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fate/sim/explore/options.h"

namespace fate::sim {

class Flags {
 public:
  // Takes the --fate_* flags out of `arguments` (without the program's name); what is left is for others.
  // Errors name the flag, what is wrong with its value, and what it takes.
  absl::Status Parse(std::vector<std::string>& arguments);
  // Reads the FATE_* variables. FATE_LONG_TESTS and the like are not ours and are left alone.
  absl::Status ParseEnvironment();

  // Overrides what the flags say.
  void ApplyTo(ExploreOptions& options) const;
  // The file of --fate_report; empty: none.
  const std::string& report_file() const { return report_file_; }

 private:
  absl::Status Set(const std::string& name, const std::string& value);

  std::optional<uint64_t> seed_;
  std::optional<std::string> strategy_;
  std::optional<uint64_t> executions_;
  std::optional<absl::Duration> budget_;
  std::optional<Interleaving> interleaving_;
  std::optional<std::string> replay_;
  std::optional<bool> trace_;
  std::optional<absl::Duration> step_timeout_;
  std::string report_file_;
};

}  // namespace fate::sim
