// Runs the benchmarks, then sets every row of ours beside its limit and its target.
//
//   fate_bench [--json=FILE] [flags of Google Benchmark...]
//
// A figure is the time of one item (a step, an execution, a timer, a task), from the row's
// items_per_second, which counts CPU time; with --benchmark_repetitions it is the median. The limit
// is the hand-written minimum measured in the same run, so that their ratio does not drift with the
// machine. A row that was filtered out is left out of the table, a limit that was filtered out
// leaves the ratio empty. The exit code says nothing about targets: one noisy run is no verdict.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum class Measure {
  kRatio,        // times the limit
  kNanoseconds,  // of one item
  kBytes,        // the counter bytes
};

constexpr const char* kBytesCounter = "bytes";

struct Target {
  const char* row;
  const char* limit;  // "" where there is none
  Measure measure;
  double at_most;  // 0 where no target is set
};

constexpr Target kTargets[] = {
    {"step/random/2", "step/limit/2", Measure::kRatio, 1.5},
    {"step/random/10", "step/limit/10", Measure::kRatio, 1.5},
    {"step/random/100", "step/limit/100", Measure::kRatio, 1.5},
    {"step/random/10000", "step/limit/10000", Measure::kRatio, 2},
    {"step/pct/10", "step/limit/10", Measure::kRatio, 0},
    {"step/pos/10", "step/limit/10", Measure::kRatio, 0},
    {"step/surw/10", "step/limit/10", Measure::kRatio, 0},
    {"step/urw/10", "step/limit/10", Measure::kRatio, 0},
    {"step/fifo/10", "step/limit_fifo/10", Measure::kRatio, 0},
    {"execution/tiny/random", "execution/tiny/limit", Measure::kRatio, 1.3},
    {"execution/tiny_main/random", "execution/tiny/limit", Measure::kRatio, 1.8},
    // A fifth of what GenMC needs for one, a tenth in the others.
    {"dpor/readers14", "", Measure::kNanoseconds, 1e9 / (5 * 126'000)},
    {"dpor/writers8", "", Measure::kNanoseconds, 1e9 / (10 * 254'000)},
    {"dpor/lastzero11", "", Measure::kNanoseconds, 1e9 / (10 * 33'000)},
    {"dpor/mutex8", "", Measure::kNanoseconds, 1e9 / (10 * 29'000)},
    {"dpor/spsc8", "", Measure::kNanoseconds, 1e9 / (10 * 20'000)},
    {"dpor/indexer14", "", Measure::kNanoseconds, 1e9 / (10 * 1'900)},
    {"dpor/analyse3000", "", Measure::kNanoseconds, 30'000},
    {"dpor/analyse3000_new", "", Measure::kNanoseconds, 30'000},
    {"dpor/readers16_bytes", "", Measure::kBytes, 50 * 1024 * 1024},
    // Two workers beside one: half would be all.
    {"search/random/jobs/2", "search/random/jobs/1", Measure::kRatio, 0},
    {"search/portfolio/jobs/2", "search/portfolio/jobs/1", Measure::kRatio, 0},
    {"timer/1000", "timer/limit/1000", Measure::kRatio, 0},
    {"timer/100000", "timer/limit/100000", Measure::kRatio, 1.5},
    {"timer_cancel/1000", "timer_cancel/limit/1000", Measure::kRatio, 0},
    {"timer_cancel/100000", "timer_cancel/limit/100000", Measure::kRatio, 1.5},
    {"spawn_join", "spawn_join/limit", Measure::kNanoseconds, 25},
    {"task/await_child", "frame/limit", Measure::kNanoseconds, 8},
    {"when_all/10", "", Measure::kNanoseconds, 15},
    {"mutex/uncontended", "", Measure::kNanoseconds, 4},
    {"uv/yield", "", Measure::kNanoseconds, 0},
    {"printers/10s", "", Measure::kNanoseconds, 10'000},
    {"idle_bytes_per_task", "", Measure::kBytes, 128},
    // 100 000 operations in 2 s.
    {"check/map/distinct", "", Measure::kNanoseconds, 20'000},
    {"check/map/search", "", Measure::kNanoseconds, 20'000},
    {"check/map/search_one_key", "", Measure::kNanoseconds, 20'000},
    {"check/map/effects", "", Measure::kNanoseconds, 20'000},
};

// What the console shows, and after the last row the table.
class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(isatty(STDOUT_FILENO) != 0 ? OO_Color : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      Keep(run);
    }
  }

  void Finalize() override {
    ConsoleReporter::Finalize();
    GetOutputStream().flush();
    bool first = true;
    for (const Target& target : kTargets) {
      const std::optional<double> measured = Median(target.row);
      if (!measured.has_value()) {
        continue;
      }
      if (first) {
        std::printf("\n%-28s %12s %12s %8s   %s\n", "row", "one item", "limit", "ratio", "target");
        first = false;
      }
      PrintRow(target, *measured, Median(target.limit));
    }
  }

 private:
  // Flags such as min_time or repetitions do not count as part of a row's name.
  static std::string Row(const Run& run) {
    const benchmark::BenchmarkName& name = run.run_name;
    return name.args.empty() ? name.function_name : name.function_name + "/" + name.args;
  }

  void Keep(const Run& run) {
    const bool median = run.run_type == Run::RT_Aggregate && run.aggregate_name == "median";
    if (run.error_occurred || (run.run_type == Run::RT_Aggregate && !median)) {
      return;
    }
    const auto bytes = run.counters.find(kBytesCounter);
    const auto rate = run.counters.find("items_per_second");
    if (bytes != run.counters.end()) {
      figures_[Row(run)].push_back(bytes->second);
    } else if (rate != run.counters.end() && rate->second > 0) {
      figures_[Row(run)].push_back(1e9 / rate->second);
    }
  }

  // The runs' own median, which adding their median again does not move.
  std::optional<double> Median(const std::string& row) const {
    const auto found = figures_.find(row);
    if (found == figures_.end()) {
      return std::nullopt;
    }
    std::vector<double> figures = found->second;
    std::sort(figures.begin(), figures.end());
    const std::size_t middle = figures.size() / 2;
    return figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  }

  static void PrintRow(const Target& target, double measured, std::optional<double> limit) {
    const char* unit = target.measure == Measure::kBytes ? "B" : "ns";
    std::printf("%-28s %9.1f %-2s", target.row, measured, unit);
    std::optional<double> judged = measured;
    if (limit.has_value()) {
      std::printf(" %9.1f ns %7.2fx", *limit, measured / *limit);
    } else {
      std::printf(" %12s %8s", "", "");
    }
    if (target.measure == Measure::kRatio) {
      judged = limit.has_value() ? std::optional(measured / *limit) : std::nullopt;
      unit = "x";
    }
    if (target.at_most > 0) {
      std::printf("   <= %g %s %s", target.at_most, unit,
                  !judged.has_value()         ? ""
                  : *judged <= target.at_most ? "ok"
                                              : "OVER");
    }
    std::printf("\n");
  }

  std::map<std::string, std::vector<double>> figures_;  // one per repetition
};

// `--json=FILE` in Google Benchmark's words; every other argument as it is.
std::vector<std::string> Translate(int argc, char** argv) {
  constexpr std::string_view kJson = "--json=";
  std::vector<std::string> arguments;
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(kJson) && argument.size() > kJson.size()) {
      arguments.push_back("--benchmark_out=" + std::string(argument.substr(kJson.size())));
      arguments.push_back("--benchmark_out_format=json");
    } else {
      arguments.emplace_back(argument);
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments = Translate(argc, argv);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) {
    return 2;
  }
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
  return 0;
}
