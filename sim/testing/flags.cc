#include "fate/sim/testing/flags.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fate/sim/core/schedule.h"


namespace fate::sim {

namespace {

const std::vector<std::string>& Names() {
  static const auto* names = new std::vector<std::string>{
      "seed", "strategy", "executions", "budget", "interleaving", "replay", "trace", "report", "step_timeout"};
  return *names;
}

absl::Status Wrong(const std::string& name, const std::string& value, const std::string& takes) {
  return absl::InvalidArgumentError(
      absl::StrCat("--fate_", name, " takes ", takes, ", not \"", value, "\""));
}

absl::Status SetNumber(const std::string& name, const std::string& value, std::optional<uint64_t>& out) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(value, &number)) return Wrong(name, value, "a number from 0");
  out = number;
  return absl::OkStatus();
}

absl::Status SetDuration(const std::string& name, const std::string& value, std::optional<absl::Duration>& out) {
  absl::Duration duration;
  if (!absl::ParseDuration(value, &duration) || duration < absl::ZeroDuration()) {
    return Wrong(name, value, "a duration such as 500ms, 10s or 5m");
  }
  out = duration;
  return absl::OkStatus();
}

}  // namespace

absl::Status Flags::Set(const std::string& name, const std::string& value) {
  if (name == "seed") return SetNumber(name, value, seed_);
  if (name == "executions") return SetNumber(name, value, executions_);
  if (name == "budget") return SetDuration(name, value, budget_);
  if (name == "step_timeout") return SetDuration(name, value, step_timeout_);
  if (name == "strategy") {
    const std::vector<std::string>& known = StrategyNames();
    if (std::find(known.begin(), known.end(), value) == known.end()) {
      return Wrong(name, value, absl::StrCat("one of ", absl::StrJoin(known, ", ")));
    }
    strategy_ = value;
    return absl::OkStatus();
  }
  if (name == "interleaving") {
    for (Interleaving interleaving : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
      if (value != ToString(interleaving)) continue;
      interleaving_ = interleaving;
      return absl::OkStatus();
    }
    return Wrong(name, value, "fifo, loop or operation");
  }
  if (name == "replay") {
    if (absl::Status status = Schedule::Parse(value).status(); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--fate_replay: ", status.message()));
    }
    replay_ = value;
    return absl::OkStatus();
  }
  if (name == "trace") {
    bool on = true;
    if (!value.empty() && !absl::SimpleAtob(value, &on)) return Wrong(name, value, "true or false");
    trace_ = on;
    return absl::OkStatus();
  }
  if (name == "report") {
    if (value.compare(0, 5, "json:") != 0 || value.size() == 5) return Wrong(name, value, "json:FILE");
    report_file_ = value.substr(5);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no flag --fate_", name, "; there are: --fate_", absl::StrJoin(Names(), ", --fate_")));
}

absl::Status Flags::Parse(std::vector<std::string>& arguments) {
  std::vector<std::string> others;
  for (const std::string& argument : arguments) {
    if (argument.compare(0, 7, "--fate_") != 0) {
      others.push_back(argument);
      continue;
    }
    size_t equals = argument.find('=');
    std::string name = argument.substr(7, equals == std::string::npos ? equals : equals - 7);
    if (equals == std::string::npos && name != "trace") {
      const std::vector<std::string>& known = Names();
      if (std::find(known.begin(), known.end(), name) != known.end()) {
        return absl::InvalidArgumentError(absl::StrCat("--fate_", name, " needs a value: --fate_", name, "=..."));
      }
    }
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (absl::Status status = Set(name, value); !status.ok()) return status;
  }
  arguments = std::move(others);
  return absl::OkStatus();
}

absl::Status Flags::ParseEnvironment() {
  for (const std::string& name : Names()) {
    const std::string variable = absl::StrCat("FATE_", absl::AsciiStrToUpper(name));
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) continue;
    if (absl::Status status = Set(name, value); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("environment variable ", variable, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

void Flags::ApplyTo(ExploreOptions& options) const {
  if (seed_) options.seed = *seed_;
  if (strategy_) options.strategy = *strategy_;
  if (executions_) options.executions = *executions_;
  if (budget_) options.budget = *budget_;
  if (interleaving_) options.settings.interleaving = *interleaving_;
  if (replay_) options.replay = *replay_;
  if (trace_) options.trace = *trace_;
  if (step_timeout_) options.step_timeout = *step_timeout_;
}

}  // namespace fate::sim
