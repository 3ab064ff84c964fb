// How many schedules each strategy needs to find each bug: rows as CSV, and a table for people.
//
//   fate_bench_search --seeds=100 --cap=10000 --csv=rows.csv --table=docs/search.md
//
// A row: seed, strategy, program, found, schedules, steps, traces (different ones seen). Rows are added to
// the file as they come; to stop and to begin again, with more seeds or programs, costs nothing. A search ends
// at the first failure, when it is exhausted, or at the cap. The mean in the table is 1/p, where p is found
// bugs per schedule; its interval is that of Clopper and Pearson (1934), 95 %.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "fate/sim/explore/explorer.h"
#include "tests/detect/sct_programs.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/demo_programs/bugs.h"

ABSL_FLAG(uint32_t, seeds, 100, "how many searches of each program by each strategy");
ABSL_FLAG(uint32_t, first_seed, 1, "the seed of the first search: others tell whether a figure is chance");
ABSL_FLAG(uint64_t, cap, 10'000, "schedules after which a search gives up");
ABSL_FLAG(uint32_t, seeds_safestack, 10, "how many searches of SafeStack, which take long");
ABSL_FLAG(uint64_t, cap_safestack, 1'000'000, "schedules after which a search of SafeStack gives up");
ABSL_FLAG(std::vector<std::string>, strategies, {}, "which strategies; all if empty");
ABSL_FLAG(std::vector<std::string>, programs, {}, "which programs; all if empty");
ABSL_FLAG(std::string, csv, "", "file for the rows; those that are there already are not searched again");
ABSL_FLAG(std::string, table, "", "file for the table; if empty it is printed");

namespace {

using fate::sim::Report;
using fate::sim::Roots;

constexpr const char* kSafeStack = "B57";

struct BugProgram {
  std::string name;
  std::function<void(Roots&)> run;
  bool scaled = false;  // one of the families with many tasks
};

std::vector<BugProgram> Programs() {
  std::vector<BugProgram> programs;
  for (const fate::sct::SctProgram& program : fate::sct::SctPrograms()) {
    programs.push_back({program.name, program.run});
  }
  std::vector<BugProgram> corpus;
  for (const fate::demo::Bug& bug : fate::demo::Bugs()) {
    auto run = [program = bug.program](Roots& roots) { roots.Add(program(fate::demo::Variant::kBuggy)); };
    corpus.push_back({bug.row, run});
  }
  for (const fate::bugs::BugProgram& program : fate::bugs::BugPrograms()) {
    corpus.push_back({program.id, [buggy = program.buggy](Roots& roots) { roots.Add(buggy()); }});
  }
  std::ranges::sort(corpus, {}, &BugProgram::name);
  programs.insert(programs.end(), corpus.begin(), corpus.end());
  for (const fate::sct::ScaledProgram& program : fate::sct::ScaledPrograms()) {
    programs.push_back({program.name, program.run, true});
  }
  return programs;
}

// Those that decide by chance; the others do the same whatever the seed.
bool Samples(const std::string& strategy) {
  const char* systematic[] = {"fifo",         "depth_first",  "sleep_sets",    "source_dpor",
                              "optimal_dpor", "bounded_dpor", "delay_bounded", "preemption_bounded"};
  return std::find(std::begin(systematic), std::end(systematic), strategy) == std::end(systematic);
}

// What the searches of one program by one strategy came to.
struct Cell {
  uint32_t searches = 0;
  uint32_t found = 0;
  uint64_t schedules = 0;

  double mean() const { return found == 0 ? INFINITY : static_cast<double>(schedules) / found; }
};

// The chance of at most k successes in n trials of chance p, by the logarithms of its terms.
double AtMost(uint64_t k, uint64_t n, double p) {
  double sum = 0;
  for (uint64_t i = 0; i <= k; ++i) {
    double x = static_cast<double>(i), m = static_cast<double>(n);
    sum += std::exp(std::lgamma(m + 1) - std::lgamma(x + 1) - std::lgamma(m - x + 1) + x * std::log(p) +
                    (m - x) * std::log1p(-p));
  }
  return sum;
}

// Where a function that falls with p passes `level`.
double Solve(const std::function<double(double)>& falling, double level) {
  double low = 1e-12, high = 1 - 1e-12;
  for (int i = 0; i < 100; ++i) {
    double middle = (low + high) / 2;
    (falling(middle) > level ? low : high) = middle;
  }
  return low;
}

// The interval of 1/p.
std::pair<double, double> Interval(uint64_t found, uint64_t schedules) {
  double highest = found == schedules ? 1 : Solve([&](double p) { return AtMost(found, schedules, p); }, 0.025);
  double lowest = found == 0 ? 0 : Solve([&](double p) { return AtMost(found - 1, schedules, p); }, 0.975);
  return {1 / highest, found == 0 ? INFINITY : 1 / lowest};
}

std::string TextOf(const Cell& cell) {
  if (cell.searches == 0) return "";
  if (cell.found == 0) return absl::StrFormat("- (0/%d)", cell.searches);
  std::string text = absl::StrFormat("%.3g", cell.mean());
  if (cell.searches > 1) {
    auto [low, high] = Interval(cell.found, cell.schedules);
    absl::StrAppendFormat(&text, " [%.3g, %.3g]", low, high);
  }
  if (cell.found < cell.searches) absl::StrAppendFormat(&text, " (%d/%d)", cell.found, cell.searches);
  return text;
}

class Evaluation {
 public:
  Evaluation(std::vector<BugProgram> programs, std::vector<std::string> strategies, std::ostream* csv)
      : programs_(std::move(programs)), strategies_(std::move(strategies)), csv_(csv) {}

  // What an earlier run has left in the file counts.
  void Load(std::istream& csv) {
    std::string line;
    std::getline(csv, line);
    while (std::getline(csv, line)) {
      const std::vector<std::string> row = absl::StrSplit(line, ',');
      if (row.size() == 7)
        rows_[{row[2], row[1], row[0]}] = {row[3] == "1", std::strtoull(row[4].c_str(), nullptr, 10)};
    }
  }

  struct Effort {
    uint32_t seeds;
    uint64_t cap;
  };
  void Run(Effort effort, Effort for_safestack) {
    for (const BugProgram& program : programs_) {
      const auto [seeds, cap] = program.name == kSafeStack ? for_safestack : effort;
      for (const std::string& strategy : strategies_) {
        Cell& cell = cells_[{program.name, strategy}];
        for (uint32_t search = 0; search < (Samples(strategy) ? seeds : 1); ++search) {
          const uint32_t seed = absl::GetFlag(FLAGS_first_seed) + search;
          Row& row = rows_[{program.name, strategy, absl::StrCat(seed)}];
          if (row.schedules == 0) {
            row = Search(program, strategy, seed, cap);
          }
          ++cell.searches;
          cell.found += row.found;
          cell.schedules += row.schedules;
        }
      }
    }
  }

  std::string Table() const {
    std::string text = "| program |";
    for (const std::string& strategy : strategies_) absl::StrAppend(&text, " ", strategy, " |");
    absl::StrAppend(&text, "\n|---|");
    for (size_t i = 0; i < strategies_.size(); ++i) absl::StrAppend(&text, "---|");
    for (const BugProgram& program : programs_) {
      absl::StrAppend(&text, "\n| ", program.name, " |");
      for (const std::string& strategy : strategies_) {
        absl::StrAppend(&text, " ", TextOf(cells_.at({program.name, strategy})), " |");
      }
    }
    return text + "\n" + Price();
  }

 private:
  struct Row {
    bool found = false;
    uint64_t schedules = 0;
  };

  Row Search(const BugProgram& program, const std::string& strategy, uint32_t seed, uint64_t cap) {
    fate::sim::ExploreOptions options;
    options.strategy = strategy;
    options.seed = seed;
    options.executions = cap;
    options.budget = absl::InfiniteDuration();
    options.shrink_executions = options.story_executions = 0;
    Report report = fate::sim::Explore(program.run, options);
    // A strategy that cannot take the program at all ends as Diverged.
    const bool found = !report.passed() && report.outcome.kind != fate::sim::OutcomeKind::kDiverged;
    if (csv_ != nullptr) {
      *csv_ << seed << "," << strategy << "," << program.name << "," << found << "," << report.executions << ","
            << report.steps << "," << report.traces << std::endl;
    }
    return {found, report.executions};
  }

  // What it costs not to know which strategy is best.
  std::string Price() const {
    return Price("all programs", [](const BugProgram&) { return true; }) +
           Price("those of the ground truth and the corpus",
                 [](const BugProgram& program) { return !program.scaled; }) +
           Price("the families with up to 100 tasks", [](const BugProgram& program) { return program.scaled; });
  }
  std::string Price(const char* what, const std::function<bool(const BugProgram&)>& wanted) const {
    double sum = 0;
    int programs = 0;
    std::string missed;
    for (const BugProgram& program : programs_) {
      if (!wanted(program)) continue;
      double best = INFINITY;
      for (const std::string& strategy : strategies_) {
        if (strategy == "portfolio" || !Samples(strategy)) continue;
        best = std::min(best, cells_.at({program.name, strategy}).mean());
      }
      auto portfolio = cells_.find({program.name, "portfolio"});
      if (portfolio == cells_.end() || std::isinf(best)) continue;
      if (portfolio->second.found < portfolio->second.searches) absl::StrAppend(&missed, " ", program.name);
      sum += std::log(portfolio->second.mean() / best);
      ++programs;
    }
    if (programs == 0) return "";
    return absl::StrFormat(
        "\nOver %s the portfolio needs %.2f times the schedules of the best sampling strategy of each "
        "(geometric mean, %d programs); not found in every search:%s.\n",
        what, std::exp(sum / programs), programs, missed.empty() ? " none" : missed);
  }

  std::vector<BugProgram> programs_;
  std::vector<std::string> strategies_;
  std::ostream* csv_;
  std::map<std::tuple<std::string, std::string, std::string>, Row> rows_;  // program, strategy, seed
  std::map<std::pair<std::string, std::string>, Cell> cells_;
};

bool Wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("How many schedules each strategy needs to find each bug.");
  absl::ParseCommandLine(argc, argv);
  std::vector<std::string> strategies;
  for (const std::string& name : fate::sim::StrategyNames()) {
    if (name != "fifo" && Wanted(absl::GetFlag(FLAGS_strategies), name)) strategies.push_back(name);
  }
  std::vector<BugProgram> programs;
  for (BugProgram& program : Programs()) {
    if (Wanted(absl::GetFlag(FLAGS_programs), program.name)) programs.push_back(std::move(program));
  }
  const std::string path = absl::GetFlag(FLAGS_csv);
  std::ofstream csv;
  Evaluation evaluation(std::move(programs), strategies, path.empty() ? nullptr : &csv);
  if (!path.empty()) {
    std::ifstream before(path);
    const bool is_new = before.peek() == std::ifstream::traits_type::eof();
    if (!is_new) evaluation.Load(before);
    csv.open(path, std::ios::app);
    if (is_new) csv << "seed,strategy,program,found,schedules,steps,traces\n";
  }
  evaluation.Run({absl::GetFlag(FLAGS_seeds), absl::GetFlag(FLAGS_cap)},
                 {absl::GetFlag(FLAGS_seeds_safestack), absl::GetFlag(FLAGS_cap_safestack)});
  std::string text = absl::StrFormat(
      "# Schedules to the first bug\n\nMade by `tools/bench_search`: %d searches of each program by each strategy "
      "that samples, one by\neach that does not, at most %d schedules each; profiling runs are counted. Mean "
      "schedules to the first\nbug [95 %% interval, Clopper-Pearson] (searches that found it, where not all "
      "did). B57, SafeStack, has %d\nsearches of at most %d. A program that fails in its quiet run is found by the "
      "first schedule.\n\n%s",
      absl::GetFlag(FLAGS_seeds), absl::GetFlag(FLAGS_cap), absl::GetFlag(FLAGS_seeds_safestack),
      absl::GetFlag(FLAGS_cap_safestack), evaluation.Table());
  if (absl::GetFlag(FLAGS_table).empty()) {
    std::cout << text;
  } else {
    std::ofstream(absl::GetFlag(FLAGS_table)) << text;
  }
  return !path.empty() && !csv.good() ? 1 : 0;
}
