#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/time/now.h"
#include "fate/time/timeout.h"
#include "fate/uv/run.h"
#include "tools/demo_programs/printers.h"
#include "tools/demo_programs/show.h"

namespace fate::demo {

namespace {

using Clock = std::chrono::steady_clock;

double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

struct Line {
  absl::Duration at;
  std::string_view word;
  friend bool operator==(const Line&, const Line&) = default;
};

struct Printed {
  std::vector<Line> lines;
  double microseconds;
};

Printed RunPrinters(sim::Scheduler& scheduler, uint64_t seed, absl::Duration duration) {
  Printed run;
  auto print = [&run](std::string_view word) { run.lines.push_back({Now() - absl::UnixEpoch(), word}); };
  Clock::time_point start = Clock::now();
  RunPrintersInSimulator(scheduler, seed, duration, print);
  run.microseconds = MicrosecondsSince(start);
  return run;
}

void PrintWord(std::string_view word) {
  std::printf("%.*s\n", static_cast<int>(word.size()), word.data());
  std::fflush(stdout);
}

}  // namespace

bool ShowPrinters(uint64_t seed) {
  std::printf("==== Two printers in the simulator, ten virtual seconds, seed %llu, twice\n\n",
              static_cast<unsigned long long>(seed));
  sim::Scheduler scheduler;
  Printed first = RunPrinters(scheduler, seed, absl::Seconds(10));
  Printed second = RunPrinters(scheduler, seed, absl::Seconds(10));
  for (size_t i = 0; i < std::max(first.lines.size(), second.lines.size()); ++i) {
    auto line = [i](const Printed& run) { return i < run.lines.size() ? run.lines[i] : Line(); };
    std::printf("%5.1f s  %-8s  %5.1f s  %s\n", absl::ToDoubleSeconds(line(first).at),
                std::string(line(first).word).c_str(), absl::ToDoubleSeconds(line(second).at),
                std::string(line(second).word).c_str());
  }
  bool equal = first.lines == second.lines && !first.lines.empty();
  std::printf("\n%zu lines, %s, in %.1f and %.1f microseconds of real time.\n", first.lines.size(),
              equal ? "the same in both runs" : "NOT THE SAME IN BOTH RUNS", first.microseconds, second.microseconds);
  return equal;
}

void PrintInSimulator(uint64_t seed, absl::Duration duration) {
  sim::Scheduler scheduler;
  Clock::time_point start = Clock::now();
  RunPrintersInSimulator(scheduler, seed, duration, PrintWord);
  std::fprintf(stderr, "%s of virtual time took %.1f microseconds, printing included\n",
               absl::FormatDuration(duration).c_str(), MicrosecondsSince(start));
}

void PrintOnLibuv(uint64_t seed, absl::Duration duration) {
  RunOptions options;
  options.seed = seed;
  Clock::time_point start = Clock::now();
  try {
    // It ends as DeadlineExceeded: that is what it was told to do.
    Run(WithTimeout(duration, Printers(PrintWord)), options).IgnoreError();
  } catch (const Cancelled&) {
    std::fprintf(stderr, "a signal cut it short; ");
  }
  std::fprintf(stderr, "%s on libuv took %.3f seconds\n", absl::FormatDuration(duration).c_str(),
               MicrosecondsSince(start) * 1e-6);
}

}  // namespace fate::demo
