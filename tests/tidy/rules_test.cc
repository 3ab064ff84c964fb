// Each rule finds what it is for, and leaves alone what it is not for.

#include "tests/tidy/rules.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tidy/source_tree.h"

namespace fate::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SourceTree MakeTree(const std::vector<std::pair<std::string, std::string>>& files) {
  SourceTree tree;
  for (const auto& [path, text] : files) tree.emplace(path, SourceFile(path, text));
  return tree;
}

// The lines of the findings, by one rule in one file.
std::vector<int> Lines(Findings (*rule)(const SourceTree&), const std::string& path, const std::string& text) {
  std::vector<int> lines;
  for (const Finding& finding : rule(MakeTree({{path, text}}))) lines.push_back(finding.line);
  return lines;
}

TEST(SourceFileTest, BlanksCommentsAndLiteralsAndKeepsColumns) {
  const SourceFile file("lib/base/a.cc", "f(\"a//b\"); // c\n/* d\n e */ int x = 1'000;\n");
  EXPECT_THAT(file.code, ElementsAre("f(\"    \");     ", "    ", "      int x = 1'000;"));
  EXPECT_THAT(file.uncommented, ElementsAre("f(\"a//b\");     ", "    ", "      int x = 1'000;"));
}

TEST(SourceFileTest, BlanksRawStringsAndCharacters) {
  const SourceFile file("a.cc", "g(R\"x(a\" )\")x\", '\"', 'b');");
  EXPECT_THAT(file.code, ElementsAre("g(R\"x(     )x\", ' ', ' ');"));
}

TEST(SourceFileTest, FirstCommentEndsAtTheFirstDeclaration) {
  const SourceFile file("a.h", "// One.\n\n#include <x>\n// Two.\nint x;\n// Three.\n");
  EXPECT_THAT(file.first_comment, ElementsAre(" One.", " Two."));
}

TEST(CheckLayersTest, FindsAnIncludeOfAHigherLayer) {
  EXPECT_THAT(Lines(CheckLayers, "lib/task/a.h", "\n#include \"fate/sync/mutex.h\"\n"), ElementsAre(2));
  EXPECT_THAT(Lines(CheckLayers, "lib/sync/a.h", "#include \"fate/time/sleep.h\"\n"), IsEmpty());
  EXPECT_THAT(Lines(CheckLayers, "lib/sync/a.h", "// #include \"fate/uv/loop.h\"\n"), IsEmpty());
}

TEST(CheckLayersTest, FindsLibIncludingSimAndSimIncludingUv) {
  EXPECT_THAT(Lines(CheckLayers, "lib/uv/a.cc", "#include \"fate/sim/core/trace.h\"\n"), ElementsAre(1));
  EXPECT_THAT(Lines(CheckLayers, "sim/testing/a.cc", "#include \"fate/uv/loop.h\"\n"), ElementsAre(1));
  EXPECT_THAT(Lines(CheckLayers, "sim/core/a.cc", "#include \"fate/io/network.h\"\n"), IsEmpty());
}

TEST(CheckLayersTest, FindsOurHeadersUnderOtherNames) {
  const SourceTree tree = MakeTree(
      {{"lib/task/a.h", "#include \"lib/task/b.h\"\n"}, {"lib/task/b.h", "#include \"a.h\"\n#include \"absl/a.h\"\n"}});
  EXPECT_THAT(ToString(CheckLayers(tree)),
              "lib/task/a.h:1: our headers are included as fate/...: write the name by which users "
              "include it\n"
              "lib/task/b.h:1: our headers are included as fate/...: write the name by which users "
              "include it\n");
}

TEST(CheckUvTest, FindsLibuvOutsideItsRoom) {
  EXPECT_THAT(Lines(CheckUv, "tests/uv/a.cc", "#include <uv.h>\n"), ElementsAre(1));
  EXPECT_THAT(Lines(CheckUv, "lib/uv/a.cc", "#include <uv.h>\n"), IsEmpty());
}

TEST(CheckSourcesAreListedTest, FindsAFileThatNobodyBuilds) {
  const SourceTree tree = MakeTree({{"sources.bzl", "\"lib/base\", \"sim/testing/main.cc\""},
                                    {"lib/base/a.cc", ""},
                                    {"lib/bas/a.cc", ""},
                                    {"sim/testing/main.cc", ""}});
  EXPECT_THAT(ToString(CheckSourcesAreListed(tree)), HasSubstr("lib/bas/a.cc:1: every source"));
  EXPECT_EQ(CheckSourcesAreListed(tree).size(), 1u);
}

TEST(CheckSizesTest, FindsALargeFileThatDoesNotSayWhy) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "int x;\n";
  EXPECT_THAT(Lines(CheckSizes, "lib/base/a.h", text), IsEmpty());
  EXPECT_THAT(Lines(CheckSizes, "lib/base/a.h", text + "\n"), ElementsAre(201));
  EXPECT_THAT(Lines(CheckSizes, "lib/base/a.cc", text + text), IsEmpty());
  EXPECT_THAT(Lines(CheckSizes, "lib/base/a.cc", text + text + "\n"), ElementsAre(401));
  EXPECT_THAT(Lines(CheckSizes, "lib/base/a.h", "// A.\n// Size: one table.\n" + text), IsEmpty());
}

TEST(CheckColumnsTest, FindsALongLineAndCountsCharacters) {
  const std::string full(120, 'x');
  EXPECT_THAT(Lines(CheckColumns, "lib/base/a.h", "int x;\n" + full + "\n"), IsEmpty());
  EXPECT_THAT(Lines(CheckColumns, "lib/base/a.h", "int x;\n" + full + "y\n"), ElementsAre(2));
  EXPECT_THAT(Lines(CheckColumns, "lib/base/a.h", "//\u00e9" + full.substr(3) + "\n"), IsEmpty());
  EXPECT_THAT(Lines(CheckColumns, "docs/a.md", full + full), IsEmpty());
}

TEST(CheckHeadersAreTestedTest, FindsAHeaderWithoutTest) {
  EXPECT_THAT(Lines(CheckHeadersAreTested, "lib/base/a.h", "int x;\n"), ElementsAre(1));
  EXPECT_THAT(CheckHeadersAreTested(MakeTree({{"sim/core/a.h", ""}, {"tests/core/a_test.cc", ""}})), IsEmpty());
  const std::string excuse = "// A.\n// Tested by tests/base/b_test.cc.\n";
  EXPECT_THAT(CheckHeadersAreTested(MakeTree({{"lib/base/a.h", excuse}, {"tests/base/b_test.cc", ""}})), IsEmpty());
  EXPECT_THAT(Lines(CheckHeadersAreTested, "lib/base/a.h", excuse), ElementsAre(1));
}

std::vector<int> LinesOfUsage(const std::string& header, const std::string& example) {
  std::vector<int> lines;
  for (const Finding& finding :
       CheckExamples(MakeTree({{"lib/base/a.h", header}, {"tests/examples/a_test.cc", example}}))) {
    lines.push_back(finding.line);
  }
  return lines;
}

TEST(CheckExamplesTest, ComparesEachLineOfCodeInOrder) {
  const std::string before =
      "// A.\n//\n//   Usage:\n//     int x = 1;\n//     ...\n//     ++x;  // adds\n//\n"
      "// Example: tests/examples/a_test.cc\n//\n// Rules.\n";
  const std::string after =
      "// A.\n// Example: tests/examples/a_test.cc\n//\n//     int x = 1;\n//\n//     ++x;\n"
      "//\n// Rules.\n";
  const std::string right = "void F() {\n  int x = 1;\n  // why\n  ++x;  // so\n}\n";
  EXPECT_THAT(LinesOfUsage(before, right), IsEmpty());
  EXPECT_THAT(LinesOfUsage(after, right), IsEmpty());
  EXPECT_THAT(LinesOfUsage(before, "int x = 1;\n"), ElementsAre(6));
  EXPECT_THAT(LinesOfUsage(after, "++x;\nint x = 1;\n"), ElementsAre(6));
}

TEST(CheckExamplesTest, FindsUsageThatNobodyCompiles) {
  EXPECT_THAT(LinesOfUsage("// A.\n//   Usage:\n//     ++x;\n// Rules.\n", ""), ElementsAre(2));
  EXPECT_THAT(LinesOfUsage("// Example: tests/examples/b_test.cc\n", ""), ElementsAre(1));
  EXPECT_THAT(LinesOfUsage("// Example: tests/examples/a_test.cc\n// Rules.\n", ""), ElementsAre(1));
}

TEST(CheckToDosTest, WantsTheNumberOfAnIssue) {
  const std::string word =
      "TO"
      "DO";
  EXPECT_THAT(Lines(CheckToDos, "docs/a.md", "x\n" + word + ": more\n"), ElementsAre(2));
  EXPECT_THAT(Lines(CheckToDos, "docs/a.md", word + "(#12): more\nMAS" + word + "N\n"), IsEmpty());
}

TEST(CheckBannedCallsTest, FindsClocksSleepAndRandomness) {
  const std::string text =
      "sleep(1);\n"
      "std::this_thread::sleep_for(d);\n"
      "auto t = std::chrono::steady_clock::now();\n"
      "x = time(nullptr);\n"
      "int r = std::rand();\n"
      "std::normal_distribution<double> n;\n";
  EXPECT_THAT(Lines(CheckBannedCalls, "sim/core/a.cc", text), testing::SizeIs(6));
  EXPECT_THAT(Lines(CheckBannedCalls, "tests/core/a.cc", text), testing::SizeIs(4));
  EXPECT_THAT(Lines(CheckBannedCalls, "lib/uv/a.cc", text), IsEmpty());
}

TEST(CheckBannedCallsTest, LeavesOtherNamesAlone) {
  EXPECT_THAT(Lines(CheckBannedCalls, "sim/core/a.cc",
                    "co_await Sleep(d);\n"
                    "timer.sleep(1);\n"
                    "// sleep(1)\n"
                    "f(\"rand()\");\n"
                    "absl::Time time(int x);\n"
                    "int operand(0);\n"),
              IsEmpty());
}

TEST(CheckUnorderedTest, WantsAReason) {
  const std::string include = "#include \"absl/container/flat_hash_map.h\"\n";
  EXPECT_THAT(Lines(CheckUnordered, "sim/core/a.h", include), ElementsAre(1));
  EXPECT_THAT(Lines(CheckUnordered, "lib/base/a.h", include), IsEmpty());
  EXPECT_THAT(Lines(CheckUnordered, "sim/core/a.h", "// Unordered: only looked up.\n" + include), IsEmpty());
}

TEST(CheckAwaitsTest, FindsLambdasThatCaptureByValue) {
  for (const char* captures : {"x", "=", "&a, x", "x = f(a, b)", "*this", "x = std::move(y)"}) {
    const std::string text = "  co_await f(a,\n             [" + std::string(captures) + "] { g(); });\n";
    EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc", text), ElementsAre(2)) << captures;
  }
  for (const char* captures : {"", "&", "&x", "this", "&, this", "&x = y"}) {
    const std::string text = "co_await f([" + std::string(captures) + "](int y) { return y; });\n";
    EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc", text), IsEmpty()) << captures;
  }
}

TEST(CheckAwaitsTest, LooksIntoBodiesOnlyForAwaitsOfTheirOwn) {
  EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc",
                    "co_await f([&]() -> Task<> {\n"
                    "  auto g = [x] { return x; };\n"
                    "  co_await h([x] { return x; });\n"
                    "});\n"
                    "auto k = [x] { return x; };\n"),
              ElementsAre(3));
}

TEST(CheckAwaitsTest, StopsWhereTheExpressionEnds) {
  EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc",
                    "if (co_await f(a[i])) { g([x] {}); }\n"
                    "h(co_await f(), [x] {});\n"),
              ElementsAre(2));
}

TEST(CheckAwaitsTest, FindsBracedArguments) {
  EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc",
                    "co_await f({a, b});\n"
                    "co_await f(1, {.a = 1});\n"
                    "co_await f({});\n"
                    "co_await f(Pair{a, b});\n"
                    "co_await f({a});  // Tidy: ints.\n"
                    "co_await Spawn(f(), {.name = 1});\n"
                    "co_await Spawn(f({a}), {.name = 1});\n"),
              ElementsAre(1, 2, 7));
}

TEST(CheckAwaitsTest, FindsConditionalsBetweenCalls) {
  EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc",
                    "co_await Spawn(first ? a() : b());\n"
                    "co_await (first ? world.a(1) : b).Join();\n"
                    "co_await (first ? a : b).Join();\n"
                    "log += co_await a.Send(1) ? f() : g();\n"
                    "co_await f(first ? 1 : 2);\n"),
              ElementsAre(1, 2));
}

TEST(CheckAwaitsTest, FindsTwoArgumentsThatAwait) {
  EXPECT_THAT(Lines(CheckAwaits, "tests/task/a.cc",
                    "f(co_await a, co_await b);\n"
                    "f(g(co_await a), 1, co_await b);\n"
                    "f(co_await a && co_await b, 1);\n"
                    "std::vector<int> v{co_await a, co_await b};\n"
                    "for (int i = co_await a; i < co_await b; ++i) {}\n"
                    "f([&] { co_await a; }, [&] { co_await b; });\n"),
              ElementsAre(1, 2));
}

TEST(CheckLambdasTest, FindsThoseThatAreSpawnedInTheTurnThatMakesThem) {
  EXPECT_THAT(Lines(CheckLambdas, "tests/task/a.cc",
                    "for (int i = 0; i < 3; ++i) {\n"
                    "  auto work = [&]() -> Task<> { co_await a(); };\n"
                    "  JoinHandle<> handle = co_await Spawn(work());\n"
                    "}\n"
                    "while (more) {\n"
                    "  for (int i : all) {\n"
                    "    const auto work = [i](int j) -> fate::Task<int> { co_return i + j; };\n"
                    "    group.SpawnNow(work(1), {.name = f(1)});\n"
                    "  }\n"
                    "}\n"),
              ElementsAre(2, 7));
}

TEST(CheckLambdasTest, LeavesOthersAlone) {
  EXPECT_THAT(Lines(CheckLambdas, "tests/task/a.cc",
                    "auto work = [&]() -> Task<> { co_await a(); };\n"
                    "for (int i = 0; i < 3; ++i) {\n"
                    "  co_await Spawn(work());\n"
                    "  auto plain = []() -> Task<> { co_await a(); };\n"  // nothing is in it
                    "  co_await Spawn(plain());\n"
                    "  auto make = [&] { return Work(i); };\n"  // no coroutine
                    "  co_await Spawn(make());\n"
                    "  auto all = [&]() -> Task<> { co_await Spawn(work()); };\n"
                    "  co_await all();\n"
                    "  // Tidy: joined below.\n"
                    "  auto joined = [&]() -> Task<> { co_await a(); };\n"
                    "  JoinHandle<> handle = co_await Spawn(joined());\n"
                    "}\n"),
              IsEmpty());
}

}  // namespace
}  // namespace fate::tidy
