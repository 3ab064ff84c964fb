// The programs of the corpus that are not in the demo: the default search finds the bug of the buggy variant,
// and proves in the same way that the fixed one has none, where it can come to an end. FATE_LONG_TESTS=1 in the
// environment looks for SafeStack's bug too.
#include "tools/bug_programs/bug_programs.h"
#include "tests/base/samples.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>

#include "fate/sim/explore/explorer.h"

namespace fate::bugs {
namespace {

using sim::ExploreOptions;
using sim::OutcomeKind;
using sim::Report;

constexpr uint64_t kCap = 10'000;          // schedules, for the bug
constexpr uint64_t kCapForProof = 80'000;  // and for the proof
constexpr uint64_t kCapNotProved = 2000;
constexpr uint64_t kSeeds = 5;

// What there is to be known of one fixed variant.
struct Verdict {
  const char* id;
  uint64_t traces;         // all there are; 0: too many, nobody has counted them, and it is not proved
  uint64_t interleavings;  // that plain depth-first search runs; 0: more than 30 000
};

// Two that share no more than the scheduler agree on each number of traces: optimal DPOR, and the different
// trace hashes of all the interleavings.
constexpr Verdict kVerdicts[] = {
    {"B01", 82, 526},   {"B07", 9, 149},     {"B09", 1, 2},     {"B11", 29, 656},     {"B14", 6, 20},
    {"B16", 13718, 0},  {"B18", 1336, 5544}, {"B20", 14, 1242}, {"B24", 468, 2569},   {"B26", 6, 96},
    {"B28", 6, 106},    {"B30", 2, 10},      {"B32", 14, 63},   {"B34", 1, 175},      {"B36", 8, 654},
    {"B38", 210, 2520}, {"B40", 7, 1218},    {"B42", 2, 18},    {"B46", 1164, 18582}, {"B48", 2, 22},
    {"B50", 0, 0},                      // nine entries of readers and one of a writer, each of several steps
    {"B54", 5, 6},      {"B57", 0, 0},  // the threads try again as often as the others are in their way
    {"B60", 9, 64},     {"B62", 0, 0},  // five timeouts, and up to thirty messages in any order
    {"B64", 3, 35},     {"B66", 4716, 4716}, {"B67", 0, 0},  // as B62
    {"B68", 0, 0},                                           // as B62
    {"B72", 1, 3},      {"B74", 8, 14},
};

class BugProgramTest : public testing::TestWithParam<Verdict> {
 protected:
  const BugProgram& program() const {
    for (const BugProgram& program : BugPrograms()) {
      if (std::string(program.id) == GetParam().id) return program;
    }
    std::abort();
  }
  static ExploreOptions Options(uint64_t executions) {
    ExploreOptions options;
    options.executions = executions;
    options.shrink_executions = options.story_executions = 0;
    return options;
  }
};

// SafeStack's in nine of ten searches of a million: of a hundred it is found in 99 (docs/search.md).
TEST_P(BugProgramTest, TheBugIsFoundWithEverySeed) {
  const bool is_safestack = std::string(GetParam().id) == "B57";
  if (is_safestack && !sim::test::LongTests()) GTEST_SKIP() << "takes millions of schedules";
  const uint64_t seeds = is_safestack ? 10 : kSeeds;
  std::string missed;
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    ExploreOptions options = Options(is_safestack ? 1'000'000 : kCap);
    options.seed = seed;
    const Report report = sim::Explore(program().buggy, options);
    const bool found_it = report.outcome.kind == program().outcome;
    found += found_it ? 1 : 0;
    if (!found_it) missed += "seed " + std::to_string(seed) + ": " + report.ToText() + "\n";
  }
  EXPECT_GE(found, is_safestack ? seeds - 1 : seeds) << missed;
}

TEST_P(BugProgramTest, TheFixIsProvedOrNoTraceOfManyFails) {
  const bool proved = GetParam().traces != 0;
  if (sim::test::kSanitized && GetParam().traces > 4'000) GTEST_SKIP() << "takes long with sanitizers";
  const Report report = sim::Explore(program().fixed, Options(proved ? kCapForProof : kCapNotProved));
  EXPECT_TRUE(report.passed()) << report.ToText();
  EXPECT_EQ(report.exhausted, proved);
  if (!proved) return;
  EXPECT_EQ(report.traces, GetParam().traces);
  const std::string traces = std::to_string(GetParam().traces);
  EXPECT_EQ(report.claim,
            "proved: all " + traces + " traces of the observed operations, for these draws and this time model");
}

TEST_P(BugProgramTest, AllInterleavingsHaveTheSameTraces) {
  if (GetParam().interleavings == 0) GTEST_SKIP() << "too many interleavings";
  if (sim::test::kSanitized && GetParam().interleavings > 4'000) GTEST_SKIP() << "takes long with sanitizers";
  ExploreOptions options = Options(GetParam().interleavings + 1);
  options.strategy = "depth_first";
  const Report report = sim::Explore(program().fixed, options);
  EXPECT_TRUE(report.exhausted);
  EXPECT_EQ(report.executions, GetParam().interleavings);
  EXPECT_EQ(report.traces, GetParam().traces);
}

INSTANTIATE_TEST_SUITE_P(Corpus, BugProgramTest, testing::ValuesIn(kVerdicts),
                         [](const auto& info) { return std::string(info.param.id); });

TEST(BugProgramsTest, EachHasAVerdict) {
  ASSERT_EQ(BugPrograms().size(), std::size(kVerdicts));
  for (size_t i = 0; i < std::size(kVerdicts); ++i) EXPECT_STREQ(BugPrograms()[i].id, kVerdicts[i].id);
}

}  // namespace
}  // namespace fate::bugs
