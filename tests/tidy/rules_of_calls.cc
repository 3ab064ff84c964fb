#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rules.h"

namespace fate::tidy {
namespace {

enum class Kind {
  kCall,        // a call of a free function: sleep(1), std::rand()
  kCallOnNull,  // time(nullptr), time(0), time(&t)
  kName,        // anywhere: std::chrono::system_clock
  kEndOfName,   // std::normal_distribution
};

struct Banned {
  std::string_view word;
  Kind kind;
  std::string_view advice;
};

constexpr std::string_view kVirtualTime = "the time is Now(), and Sleep() waits for it";
constexpr std::string_view kUntilQuiescent = "prove `not yet` by running until quiescent";
constexpr std::string_view kOurRandom = "random bits come from fate's Random, so that replays agree";
constexpr std::string_view kOurDistributions =
    "distributions differ between libraries; use fate's own Uniform, Choice, Shuffle";
constexpr std::string_view kConstructors =
    "options come in through constructors; flags and variables are read at the edge";

const Banned kWaiting[] = {
    {"sleep", Kind::kCall, kUntilQuiescent},       {"usleep", Kind::kCall, kUntilQuiescent},
    {"nanosleep", Kind::kCall, kUntilQuiescent},   {"sleep_for", Kind::kCall, kUntilQuiescent},
    {"sleep_until", Kind::kCall, kUntilQuiescent}, {"SleepFor", Kind::kCall, kUntilQuiescent},
};

const Banned kClocks[] = {
    {"system_clock", Kind::kName, kVirtualTime},
    {"steady_clock", Kind::kName, kVirtualTime},
    {"high_resolution_clock", Kind::kName, kVirtualTime},
    {"clock_gettime", Kind::kName, kVirtualTime},
    {"gettimeofday", Kind::kName, kVirtualTime},
    {"GetCurrentTimeNanos", Kind::kName, kVirtualTime},
    {"time", Kind::kCallOnNull, kVirtualTime},
};

const Banned kRandomness[] = {
    {"rand", Kind::kCall, kOurRandom},
    {"srand", Kind::kCall, kOurRandom},
    {"random_device", Kind::kName, kOurRandom},
    {"getrandom", Kind::kCall, kOurRandom},
    {"getentropy", Kind::kCall, kOurRandom},
    {"BitGen", Kind::kName, kOurRandom},
    {"_distribution", Kind::kEndOfName, kOurDistributions},
};

const Banned kEnvironment[] = {
    {"getenv", Kind::kCall, kConstructors},
    {"secure_getenv", Kind::kCall, kConstructors},
};

// Where a banned word may be used, and why. A path that ends in `/` is a directory, else the
// beginning of a file's path.
struct Allowance {
  std::string_view path;
  std::string_view word;  // empty: every one
  std::string_view reason;
};

const Allowance kAllowances[] = {
    {"lib/uv/", "", "is the outside world"},
    {"sim/explore/budget", "", "measures how long a search may take; no program sees it"},
    {"sim/core/watchdog", "", "measures how long a real step takes; no program sees it"},
    {"sim/core/crash", "", "measures how long a real step takes; no program sees it"},
    {"sim/testing/", "getenv", "is the edge: flags and variables are read there"},
    {"sim/property/check_property", "getenv", "RC_PARAMS is rapidcheck's own edge, read where it would be"},
    {"tests/uv/", "", "tests the outside world"},
    {"tests/conformance/", "", "runs one suite on the outside world too"},
    {"tests/tidy/", "", "names them"},
};

bool IsAllowed(const SourceFile& file, std::string_view word) {
  return std::any_of(std::begin(kAllowances), std::end(kAllowances), [&](const Allowance& allowed) {
    return file.path.starts_with(allowed.path) && (allowed.word.empty() || allowed.word == word);
  });
}

// Whether `banned` is used in `line` at `at`, where its word stands.
bool IsUse(std::string_view line, size_t at, const Banned& banned) {
  const std::string_view before = line.substr(0, at);
  std::string_view after = line.substr(at + banned.word.size());
  if (!after.empty() && IsWord(after[0])) return false;
  if (banned.kind == Kind::kEndOfName) return !before.empty() && IsWord(before.back());
  if (!before.empty() && IsWord(before.back())) return false;
  if (banned.kind == Kind::kName) return true;
  if (before.ends_with('.') || before.ends_with("->")) return false;
  after.remove_prefix(std::min(after.find_first_not_of(' '), after.size()));
  if (!after.starts_with('(')) return false;
  if (banned.kind == Kind::kCall) return true;
  return after.starts_with("(nullptr)") || after.starts_with("(NULL)") || after.starts_with("(0)") ||
         after.starts_with("(&");
}

void CheckWords(const SourceFile& file, const Banned& banned, Findings& findings) {
  if (IsAllowed(file, banned.word)) return;
  for (size_t i = 0; i < file.code.size(); ++i) {
    const std::string& line = file.code[i];
    for (size_t at = line.find(banned.word); at != std::string::npos; at = line.find(banned.word, at + 1)) {
      if (!IsUse(line, at, banned)) continue;
      findings.push_back(
          {file.path, static_cast<int>(i) + 1, std::string(banned.word) + " is banned here",
           std::string(banned.advice) + " (who may: the table of allowances, tests/tidy/rules_of_calls.cc)"});
      break;
    }
  }
}

}  // namespace

Findings CheckBannedCalls(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    const bool ours = file.Under("lib") || file.Under("sim");
    if (!file.IsCpp() || !(ours || file.Under("tests"))) continue;
    for (const Banned& banned : kWaiting) CheckWords(file, banned, findings);
    for (const Banned& banned : kClocks) CheckWords(file, banned, findings);
    if (!ours) continue;
    for (const Banned& banned : kRandomness) CheckWords(file, banned, findings);
    for (const Banned& banned : kEnvironment) CheckWords(file, banned, findings);
  }
  return findings;
}

Findings CheckUnordered(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp() || !file.Under("sim")) continue;
    const bool explained = std::any_of(file.lines.begin(), file.lines.end(), [](std::string_view line) {
      return line.find("// Unordered:") != std::string_view::npos;
    });
    if (explained) continue;
    for (const Include& include : Includes(file)) {
      if (include.path.find("unordered_") != std::string::npos || include.path.find("_hash_") != std::string::npos) {
        findings.push_back({path, include.line, "sim iterates over nothing unordered",
                            "take a sorted container, or say on a line `// Unordered: ...` why "
                            "nobody iterates over it"});
      }
    }
  }
  return findings;
}

}  // namespace fate::tidy
