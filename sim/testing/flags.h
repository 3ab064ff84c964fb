// Flags: what every test binary takes on its command line, and CI in its environment.
//
//   --fate_seed=N             seed of the search and of the program's draws
//   --fate_strategy=NAME      see StrategyNames()
//   --fate_executions=N       how many executions
//   --fate_budget=DURATION    real time the search of one test may take: 500ms, 10s, 5m
//   --fate_jobs=N             processes that search; 0: as many as there are cores
//   --fate_interleaving=NAME  fifo, loop or operation
//   --fate_replay=SCHEDULE    follow this schedule instead of searching: strictly; one by name
//                             (fate1n-...) as far as it fits, and then near it
//   --fate_shrink=N           executions that may go into making a failing schedule smaller; 0: none
//   --fate_story=N            executions that may go into learning more of a failure; 0: none
//   --fate_audit=N            random walks, and an execution as on the production loop, after a proof; 0: none
//   --fate_corpus=FILE        try the old schedules of FILE first; see fate/sim/testing/corpus.h
//   --fate_corpus_write       add to it what fails
//   --fate_trace              tell a passing run step by step too
//   --fate_report=json:FILE   write what was found to FILE; json:DIR/ names the file after the
//   binary
//   --fate_step_timeout=DUR   real time of one step before the process is ended; 0: for ever
//   --fate_help               this list
//
// Each is also an environment variable: FATE_SEED, FATE_STRATEGY, ... (an empty one is none); the
// command line wins. A flag wins over what a test asks for. Environment and command line are read
// in init.cc, once. Tested by tests/testing/flags_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fate/sim/explore/options.h"

namespace fate::sim {

class Flags {
 public:
  // Takes the --fate_* flags out of `arguments` (without the program's name); what is left is for
  // others. Errors name the flag, what is wrong with its value, and what it takes.
  absl::Status Parse(std::vector<std::string>& arguments);
  // Reads the variables of ours; `variable` gives the value of one, or null. Others that begin with
  // FATE_ are left alone.
  absl::Status ParseEnvironment(const std::function<const char*(const char*)>& variable);
  // The list above.
  static std::string Help();

  // Overrides what the flags say.
  void ApplyTo(ExploreOptions& options) const;
  // The file, or directory with a slash at its end, of --fate_report; empty: none.
  const std::string& report_file() const { return report_file_; }
  // The file of --fate_corpus; empty: none.
  const std::string& corpus() const { return corpus_; }
  bool corpus_write() const { return corpus_write_.value_or(false); }
  bool help() const { return help_.value_or(false); }

 private:
  struct Flag;
  static const std::vector<Flag>& All();
  absl::Status Set(const std::string& name, const std::string& value);

  std::optional<uint64_t> seed_;
  std::optional<std::string> strategy_;
  std::optional<uint64_t> executions_;
  std::optional<absl::Duration> budget_;
  std::optional<uint64_t> jobs_;
  std::optional<Interleaving> interleaving_;
  std::optional<std::string> replay_;
  std::optional<bool> trace_;
  std::optional<absl::Duration> step_timeout_;
  std::optional<uint64_t> shrink_;
  std::optional<uint64_t> story_;
  std::optional<uint64_t> audit_;
  std::string corpus_;
  std::optional<bool> corpus_write_;
  std::optional<bool> help_;
  std::string report_file_;
};

}  // namespace fate::sim
