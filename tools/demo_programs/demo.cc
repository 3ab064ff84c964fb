// The demo: what fate does, on real input.
//
//   tools/demo                                    two printers, then six real bugs
//   tools/demo --runtime=sim --seed=7 --for=10s   the printers alone, in the simulator
//   tools/demo --runtime=uv --seed=7 --for=10s    the printers alone, on libuv
//   tools/demo --bug=B22 --fate_replay=fate1-...  one execution of a bug, again
//
// Each bug is found, replayed by its schedule, and not found in the fixed variant.
// The exit code is 0 if all went as the demo says it should, 1 if not, 2 for bad arguments.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fate/sim/core/schedule.h"
#include "tools/demo_programs/bugs.h"
#include "tools/demo_programs/show.h"

namespace fate::demo {

enum class RuntimeKind { kSimulator, kLibuv };

bool AbslParseFlag(absl::string_view text, RuntimeKind* runtime, std::string* error) {
  if (text != "sim" && text != "uv") {
    *error = "the runtimes are sim and uv";
    return false;
  }
  *runtime = text == "sim" ? RuntimeKind::kSimulator : RuntimeKind::kLibuv;
  return true;
}
std::string AbslUnparseFlag(RuntimeKind runtime) { return runtime == RuntimeKind::kSimulator ? "sim" : "uv"; }

bool AbslParseFlag(absl::string_view text, Variant* variant, std::string* error) {
  if (text != "buggy" && text != "fixed") {
    *error = "the variants are buggy and fixed";
    return false;
  }
  *variant = text == "buggy" ? Variant::kBuggy : Variant::kFixed;
  return true;
}
std::string AbslUnparseFlag(Variant variant) { return ToString(variant); }

}  // namespace fate::demo

ABSL_FLAG(fate::demo::RuntimeKind, runtime, fate::demo::RuntimeKind::kSimulator,
          "where the printers run: sim, in the simulator; uv, on libuv");
ABSL_FLAG(uint64_t, seed, 1, "of the printers' random words");
ABSL_FLAG(absl::Duration, for, absl::Seconds(10), "how long the printers run");
ABSL_FLAG(std::string, bug, "", "a row of the corpus, whose program to run again by --fate_replay");
ABSL_FLAG(fate::demo::Variant, variant, fate::demo::Variant::kBuggy, "which program of --bug: buggy or fixed");
ABSL_FLAG(std::string, fate_replay, "", "a schedule that the demo has printed for --bug");

namespace fate::demo {
namespace {

int BadArguments(const std::string& what) {
  std::fprintf(stderr, "fate_demo: %s\n", what.c_str());
  return 2;
}

int Replay(const std::string& row) {
  const std::string text = absl::GetFlag(FLAGS_fate_replay);
  if (text.empty()) return BadArguments("--bug needs the schedule to follow: --fate_replay=...");
  if (auto schedule = sim::Schedule::Parse(text); !schedule.ok()) {
    return BadArguments(absl::StrCat("--fate_replay: ", schedule.status().message()));
  }
  std::string rows;
  for (const Bug& bug : Bugs()) {
    if (row == bug.row) return ReplayBug(bug, absl::GetFlag(FLAGS_variant), text) ? 0 : 1;
    absl::StrAppend(&rows, rows.empty() ? "" : ", ", bug.row);
  }
  return BadArguments(absl::StrCat("there is no bug \"", row, "\" here; there are: ", rows));
}

int PrintWords() {
  const absl::Duration duration = absl::GetFlag(FLAGS_for);
  if (duration <= absl::ZeroDuration() || duration == absl::InfiniteDuration()) {
    return BadArguments("--for needs a time that is more than 0 and ends, such as 10s");
  }
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  if (absl::GetFlag(FLAGS_runtime) == RuntimeKind::kSimulator) {
    PrintInSimulator(seed, duration);
  } else {
    PrintOnLibuv(seed, duration);
  }
  return 0;
}

int ShowAll() {
  const bool printers = ShowPrinters(1);
  const bool bugs = ShowBugs(1);
  return printers && bugs ? 0 : 1;
}

int Main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "two printers, then six real bugs: found, replayed and fixed.\n"
      "With --runtime, --seed or --for the printers alone; with --bug and --fate_replay one bug "
      "again");
  absl::FlagsUsageConfig help;
  help.contains_help_flags = [](absl::string_view file) { return absl::EndsWith(file, "demo.cc"); };
  absl::SetFlagsUsageConfig(help);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    return BadArguments(absl::StrCat("what is \"", rest[1], "\"? --help lists the flags"));
  }
  if (argc == 1) return ShowAll();
  const std::string row = absl::GetFlag(FLAGS_bug);
  if (!row.empty()) return Replay(row);
  if (!absl::GetFlag(FLAGS_fate_replay).empty()) {
    return BadArguments("--fate_replay needs the program to follow it in: --bug=B03");
  }
  return PrintWords();
}

}  // namespace
}  // namespace fate::demo

int main(int argc, char** argv) { return fate::demo::Main(argc, argv); }
