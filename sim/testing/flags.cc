#include "fate/sim/testing/flags.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace fate::sim {

namespace {

constexpr char kPrefix[] = "--fate_";
constexpr size_t kPrefixSize = sizeof(kPrefix) - 1;

// These give false for a value the flag does not take.
bool ToNumber(const std::string& value, std::optional<uint64_t>& out) {
  uint64_t number = 0;
  const bool hexadecimal = value.compare(0, 2, "0x") == 0;
  if (!(hexadecimal ? absl::SimpleHexAtoi(value, &number) : absl::SimpleAtoi(value, &number))) return false;
  out = number;
  return true;
}

bool ToPositive(const std::string& value, std::optional<uint64_t>& out) { return ToNumber(value, out) && *out > 0; }

bool ToDuration(const std::string& value, std::optional<absl::Duration>& out) {
  absl::Duration duration;
  if (!absl::ParseDuration(value, &duration) || duration < absl::ZeroDuration()) return false;
  out = duration;
  return true;
}

bool ToBool(const std::string& value, std::optional<bool>& out) {
  bool on = true;
  if (!value.empty() && !absl::SimpleAtob(value, &on)) return false;
  out = on;
  return true;
}

}  // namespace

struct Flags::Flag {
  const char* name;
  const char* value;  // as the help shows it; empty: it needs none
  const char* help;
  std::string takes;  // what an error says it takes
  bool (*set)(Flags& flags, const std::string& value);
};

const std::vector<Flags::Flag>& Flags::All() {
  static const auto* flags = new std::vector<Flag>{
      {"seed", "N", "seed of the search and of the program's draws", "a number from 0",
       [](Flags& f, const std::string& v) { return ToNumber(v, f.seed_); }},
      {"strategy", "NAME", "who chooses the schedules", "one of " + absl::StrJoin(StrategyNames(), ", "),
       [](Flags& f, const std::string& v) {
         f.strategy_ = v;
         const std::vector<std::string>& known = StrategyNames();
         return std::find(known.begin(), known.end(), v) != known.end();
       }},
      {"executions", "N", "how many executions", "a number from 1",
       [](Flags& f, const std::string& v) { return ToPositive(v, f.executions_); }},
      {"budget", "DURATION", "real time the search of one test may take", "a duration such as 500ms, 10s or 5m",
       [](Flags& f, const std::string& v) { return ToDuration(v, f.budget_); }},
      {"jobs", "N", "processes that search; 0: as many as there are cores", "a number from 0",
       [](Flags& f, const std::string& v) { return ToNumber(v, f.jobs_); }},
      {"interleaving", "NAME", "how fine the choices are", "fifo, loop or operation",
       [](Flags& f, const std::string& v) {
         for (Interleaving one : {Interleaving::kFifo, Interleaving::kLoop, Interleaving::kOperation}) {
           if (v == ToString(one)) f.interleaving_ = one;
         }
         return f.interleaving_.has_value() && v == ToString(*f.interleaving_);
       }},
      {"replay", "SCHEDULE", "follow this schedule instead of searching", "a schedule",
       [](Flags& f, const std::string& v) {
         f.replay_ = v;
         return CheckReplay(v).ok();
       }},
      {"shrink", "N", "executions that may go into making a failing schedule smaller", "a number from 0",
       [](Flags& f, const std::string& v) { return ToNumber(v, f.shrink_); }},
      {"story", "N", "executions that may go into learning more of a failure", "a number from 0",
       [](Flags& f, const std::string& v) { return ToNumber(v, f.story_); }},
      {"audit", "N", "random walks after a proof, against what fate does not see", "a number from 0",
       [](Flags& f, const std::string& v) { return ToNumber(v, f.audit_); }},
      {"corpus", "FILE", "try the old schedules of FILE first", "a file",
       [](Flags& f, const std::string& v) {
         f.corpus_ = v;
         return !v.empty();
       }},
      {"corpus_write", "", "add what fails to the file of --fate_corpus", "true or false",
       [](Flags& f, const std::string& v) { return ToBool(v, f.corpus_write_); }},
      {"trace", "", "tell a passing run step by step too", "true or false",
       [](Flags& f, const std::string& v) { return ToBool(v, f.trace_); }},
      {"report", "json:FILE", "write what was found to FILE; json:DIR/ names the file after the binary", "json:FILE",
       [](Flags& f, const std::string& v) {
         if (v.compare(0, 5, "json:") != 0 || v.size() == 5) return false;
         f.report_file_ = v.substr(5);
         return true;
       }},
      {"step_timeout", "DURATION", "real time of one step before the process is ended; 0: for ever",
       "a duration such as 500ms, 10s or 5m",
       [](Flags& f, const std::string& v) { return ToDuration(v, f.step_timeout_); }},
      {"help", "", "this list", "true or false", [](Flags& f, const std::string& v) { return ToBool(v, f.help_); }},
  };
  return *flags;
}

std::string Flags::Help() {
  std::string text = "Flags of fate; each but the last is also an environment variable (FATE_SEED, ...):\n";
  for (const Flag& flag : All()) {
    const std::string usage = absl::StrCat(kPrefix, flag.name, *flag.value == '\0' ? "" : "=", flag.value);
    absl::StrAppendFormat(&text, "  %-30s %s\n", usage, flag.help);
  }
  return text;
}

absl::Status Flags::Set(const std::string& name, const std::string& value) {
  for (const Flag& flag : All()) {
    if (name != flag.name) continue;
    if (flag.set(*this, value)) return absl::OkStatus();
    std::string error = absl::StrCat(kPrefix, name, " takes ", flag.takes, ", not \"", value, "\"");
    if (name == "replay") absl::StrAppend(&error, ": ", CheckReplay(value).message());
    return absl::InvalidArgumentError(error);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no flag ", kPrefix, name, ".\n", Help()));
}

absl::Status Flags::Parse(std::vector<std::string>& arguments) {
  std::vector<std::string> others;
  for (const std::string& argument : arguments) {
    if (argument.compare(0, kPrefixSize, kPrefix) != 0) {
      others.push_back(argument);
      continue;
    }
    const size_t equals = std::min(argument.find('='), argument.size());
    const std::string name = argument.substr(kPrefixSize, equals - kPrefixSize);
    for (const Flag& flag : All()) {
      if (name == flag.name && *flag.value != '\0' && equals == argument.size()) {
        return absl::InvalidArgumentError(absl::StrCat(argument, " needs a value: ", argument, "=", flag.value));
      }
    }
    const std::string value = equals == argument.size() ? "" : argument.substr(equals + 1);
    if (absl::Status status = Set(name, value); !status.ok()) return status;
  }
  arguments = std::move(others);
  return absl::OkStatus();
}

absl::Status Flags::ParseEnvironment(const std::function<const char*(const char*)>& variable) {
  for (const Flag& flag : All()) {
    if (std::string(flag.name) == "help") continue;
    const std::string name = absl::StrCat("FATE_", absl::AsciiStrToUpper(flag.name));
    const char* value = variable(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    if (absl::Status status = Set(flag.name, value); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("the environment variable ", name, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

void Flags::ApplyTo(ExploreOptions& options) const {
  if (seed_) options.seed = *seed_;
  if (strategy_) options.strategy = *strategy_;
  if (executions_) options.executions = options.replay_executions = *executions_;
  if (budget_) options.budget = *budget_;
  if (jobs_) options.jobs = *jobs_;
  if (interleaving_) options.settings.interleaving = *interleaving_;
  if (replay_) options.replay = *replay_;
  if (shrink_) options.shrink_executions = *shrink_;
  if (story_) options.story_executions = *story_;
  if (audit_) options.audit_executions = *audit_;
  if (trace_) options.trace = *trace_;
  if (step_timeout_) options.step_timeout = *step_timeout_;
}

}  // namespace fate::sim
