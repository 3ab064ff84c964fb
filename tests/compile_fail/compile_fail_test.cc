// Misuse that must not compile, and what the compiler says then.
//
// A file of testdata/ holds one misuse, between `#ifdef WRONG` and `#endif`, and in its first comment
// what the error must say: `// Error: <text>`, each of them. So that no other mistake counts as
// success, the error is one of that line, and without it all the files compile.

#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fate {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kCases[] = "tests/compile_fail/testdata";

std::vector<std::string> Cases() {
  std::vector<std::string> cases;
  if (!fs::exists(kCases)) return cases;  // listed from elsewhere
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) {
    cases.push_back(entry.path().stem().string());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string PathOf(const std::string& name) { return kCases + ("/" + name + ".cc"); }

struct Misuse {
  std::vector<std::string> errors;
  std::string where;  // "name.cc:12:"
};

Misuse Read(const std::string& name) {
  Misuse misuse;
  std::ifstream file(PathOf(name));
  const std::string mark = "// Error: ";
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with(mark)) misuse.errors.push_back(line.substr(mark.size()));
    if (line == "#ifdef WRONG") misuse.where = name + ".cc:" + std::to_string(number + 1) + ":";
  }
  return misuse;
}

// A directory of includes like that of an installed fate: fate/base is lib/base, fate/sim is sim.
class IncludeDirectory {
 public:
  IncludeDirectory() {
    path_ = testing::TempDir() + "/fate_includes_XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) abort();
    const fs::path rooms = fs::path(path_) / "fate";
    fs::create_directory(rooms);
    for (const fs::directory_entry& room : fs::directory_iterator("lib")) {
      fs::create_directory_symlink(fs::absolute(room.path()), rooms / room.path().filename());
    }
    fs::create_directory_symlink(fs::absolute("sim"), rooms / "sim");
  }
  ~IncludeDirectory() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const IncludeDirectory& Includes() {
  static const IncludeDirectory includes;
  return includes;
}

struct Compiled {
  bool ok;
  std::string output;
};

Compiled Run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  Compiled compiled = {false, ""};
  char buffer[4096];
  while (size_t size = fread(buffer, 1, sizeof(buffer), pipe)) compiled.output.append(buffer, size);
  compiled.ok = pclose(pipe) == 0;
  return compiled;
}

// Compiles with the compiler that has built this test.
Compiled Compile(const std::string& arguments) {
  const char* compiler = getenv("FATE_COMPILER");
  if (compiler == nullptr) return {false, "FATE_COMPILER is not set: run this from ctest or bazel"};
  return Run(std::string(compiler) + " -std=c++20 -Werror -I. -I" + Includes().path() + " " + arguments);
}

// The headers of lib that the files of testdata/ include, compiled once for all of them: what a compiler reads for
// `-include` of it.
const std::string& Headers() {
  static const std::string* const path = [] {
    std::set<std::string> lines;
    for (const std::string& name : Cases()) {
      std::ifstream file(PathOf(name));
      for (std::string line; std::getline(file, line);) {
        if (line.starts_with("#include \"fate/") && !line.starts_with("#include \"fate/sim/")) lines.insert(line);
      }
    }
    auto* headers = new std::string(Includes().path() + "/headers.h");
    std::ofstream file(*headers);
    for (const std::string& line : lines) file << line << "\n";
    file.close();
    const Compiled compiled = Compile("-DWRONG -x c++-header " + *headers + " -o " + *headers + ".gch");
    EXPECT_TRUE(compiled.ok) << compiled.output;
    return headers;
  }();
  return *path;
}

class CompileFailTest : public testing::TestWithParam<std::string> {};

TEST_P(CompileFailTest, TheCompilerSaysWhatIsWrongAndWhere) {
  const Misuse misuse = Read(GetParam());
  ASSERT_FALSE(misuse.errors.empty());
  ASSERT_NE(misuse.where, "");
  const Compiled compiled = Compile("-DWRONG -fsyntax-only -include " + Headers() + " " + PathOf(GetParam()));
  EXPECT_FALSE(compiled.ok);
  EXPECT_THAT(compiled.output, HasSubstr("error: "));
  EXPECT_THAT(compiled.output, HasSubstr(misuse.where));
  for (const std::string& error : misuse.errors) EXPECT_THAT(compiled.output, HasSubstr(error));
}

INSTANTIATE_TEST_SUITE_P(, CompileFailTest, testing::ValuesIn(Cases()), [](const auto& info) { return info.param; });

TEST(CompileTest, WithoutTheWrongLineAllCompile) {
  ASSERT_GE(Cases().size(), 17u);
  std::string all;
  for (const std::string& name : Cases()) all += " -include " + PathOf(name);
  const Compiled compiled = Compile("-fsyntax-only -x c++" + all + " /dev/null");
  EXPECT_TRUE(compiled.ok) << compiled.output;
}

}  // namespace
}  // namespace fate
