// The law is a test: layers, sizes, banned calls, a test for every header, examples that compile,
// and what g++ 12 gets wrong. Each rule of rules.h is applied to this source tree.

#include "gtest/gtest.h"
#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace fate::tidy {
namespace {

const SourceTree& Tree() {
  static const SourceTree* const tree = new SourceTree(ReadSourceTree());
  return *tree;
}

#define EXPECT_NO_FINDINGS(rule)                                 \
  do {                                                           \
    const Findings findings = rule(Tree());                      \
    EXPECT_TRUE(findings.empty()) << '\n' << ToString(findings); \
  } while (false)

TEST(TidyTest, LayersRunOneWay) { EXPECT_NO_FINDINGS(CheckLayers); }
TEST(TidyTest, LibuvStaysInItsRoom) { EXPECT_NO_FINDINGS(CheckUv); }
TEST(TidyTest, EverySourceFileIsBuilt) { EXPECT_NO_FINDINGS(CheckSourcesAreListed); }
TEST(TidyTest, FilesAreSmallOrSayWhyNot) { EXPECT_NO_FINDINGS(CheckSizes); }
TEST(TidyTest, LinesFitOnAScreen) { EXPECT_NO_FINDINGS(CheckColumns); }
TEST(TidyTest, EveryHeaderHasATest) { EXPECT_NO_FINDINGS(CheckHeadersAreTested); }
TEST(TidyTest, UsageInHeadersIsCompiled) { EXPECT_NO_FINDINGS(CheckExamples); }
TEST(TidyTest, WhatIsLeftToDoHasAnIssue) { EXPECT_NO_FINDINGS(CheckToDos); }
TEST(TidyTest, NoWallClockSleepOrForeignRandomness) { EXPECT_NO_FINDINGS(CheckBannedCalls); }
TEST(TidyTest, SimIteratesOverNothingUnordered) { EXPECT_NO_FINDINGS(CheckUnordered); }
TEST(TidyTest, AwaitsMeanTheSameToBothCompilers) { EXPECT_NO_FINDINGS(CheckAwaits); }
TEST(TidyTest, TasksOutliveNoLambda) { EXPECT_NO_FINDINGS(CheckLambdas); }

}  // namespace
}  // namespace fate::tidy
