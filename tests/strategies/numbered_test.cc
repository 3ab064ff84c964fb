#include "fate/sim/strategies/numbered.h"

#include <gtest/gtest.h>

#include <vector>

#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/options.h"
#include "tests/detect/ground_truth.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

TEST(NumberedTest, ARoundEndsWhereTheNextBegins) {
  for (uint64_t number = 0; number < 300; ++number) {
    EXPECT_EQ(RoundOf(EndOfRound(number) - 1), RoundOf(number));
    EXPECT_EQ(RoundOf(EndOfRound(number)), RoundOf(number) + 1);
  }
}

// The search of one process, as the trace hashes of its executions.
std::vector<uint64_t> Alone(Program program, const std::string& name, uint64_t executions) {
  Scheduler scheduler;
  Coverage coverage;
  auto strategy = *MakeStrategy(name, 5, coverage);
  std::vector<uint64_t> hashes;
  bool more = true;
  for (uint64_t number = 0; number < executions && more; ++number) {
    const bool fixed = strategy->fixed_draws();
    const Execution& execution = scheduler.Run(program, *strategy, number, fixed ? 5 : number);
    hashes.push_back(execution.trace.Hash());
    coverage.Note(execution, !fixed);
    more = strategy->EndExecution(execution);
  }
  return hashes;
}

// The same by `count` copies, of which the first makes what goes on and each takes what is left from the end of
// the round; each learns of all.
std::vector<uint64_t> Together(Program program, const std::string& name, uint64_t executions, size_t count) {
  struct Copy {
    Coverage coverage;
    std::unique_ptr<Strategy> strategy;
    Numbered& numbered() { return static_cast<Numbered&>(*strategy); }
  };
  struct Made {
    Execution execution;
    Numbered::Finding finding;
    bool sampled = false;
  };
  Scheduler scheduler;
  std::vector<Copy> copies(count);
  for (Copy& copy : copies) copy.strategy = *MakeStrategy(name, 5, copy.coverage);
  std::vector<uint64_t> hashes;
  for (uint64_t first = 0; first < executions; first = EndOfRound(first)) {
    const uint64_t end = std::min(executions, EndOfRound(first));
    std::vector<Made> made(end - first);
    auto make = [&](Copy& copy, uint64_t number) {
      const bool fixed = copy.numbered().fixed_draws();
      Made& one = made[number - first];
      one.execution = scheduler.Run(program, copy.numbered(), number, fixed ? 5 : number);
      one.sampled = !fixed;
      one.finding = copy.numbered().Finish(one.execution);
    };
    for (uint64_t number = first; number < end; ++number) {
      copies[0].numbered().Prepare(number);
      if (copies[0].numbered().GoesOn()) make(copies[0], number);
    }
    for (uint64_t number = end; number-- > first;) {
      Copy& copy = copies[number % count];
      copy.numbered().Prepare(number);
      if (!copy.numbered().GoesOn()) make(copy, number);
    }
    bool more = true;
    size_t learned = 0;
    for (; learned < made.size() && more; ++learned) {
      hashes.push_back(made[learned].execution.trace.Hash());
      for (Copy& copy : copies) {
        copy.coverage.Note(made[learned].execution, made[learned].sampled);
        more = copy.numbered().LearnFrom(made[learned].execution, made[learned].finding);
      }
    }
    if (!more) break;
  }
  return hashes;
}

class EveryNumberedTest : public testing::TestWithParam<std::string> {};

TEST_P(EveryNumberedTest, DoesNotDependOnWhoMadeWhichExecution) {
  for (const ground_truth::Row& row : {ground_truth::Increments(4, 576), ground_truth::MutexOrder(3, 6)}) {
    const std::vector<uint64_t> expected = Alone(row.program, GetParam(), 300);
    EXPECT_EQ(Together(row.program, GetParam(), 300, 1), expected) << row.name;
    EXPECT_EQ(Together(row.program, GetParam(), 300, 3), expected) << row.name;
  }
}

TEST(NumberedTest, TracesGoToThoseWhoLearnFromThem) {
  std::string learners;
  for (const std::string& name : SamplingNames()) {
    auto strategy = Make(name, 1);
    if (static_cast<Numbered&>(*strategy).learns_from_traces()) learners += name + " ";
  }
  EXPECT_EQ(learners, "pct pct_chains urw surw random_delay rff ");
}

std::vector<std::string> Names() {
  std::vector<std::string> names = SamplingNames();
  names.push_back("portfolio");
  return names;
}
INSTANTIATE_TEST_SUITE_P(Strategies, EveryNumberedTest, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace fate::sim
