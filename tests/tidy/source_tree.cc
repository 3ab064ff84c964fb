#include "tests/tidy/source_tree.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace fate::tidy {
namespace {

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Blanks what is not code. A small lexer: line and block comments, strings, raw strings,
// characters.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), uncommented_(text), code_(text) {}

  void Run() {
    while (at_ < text_.size()) {
      if (Sees("//")) {
        BlankTo(text_.find('\n', at_), /*comment=*/true);
      } else if (Sees("/*")) {
        BlankTo(After(text_.find("*/", at_ + 2), 2), /*comment=*/true);
      } else if (Sees("R\"") && (at_ == 0 || !IsWord(text_[at_ - 1]))) {
        const size_t open = text_.find('(', at_);
        if (open == std::string_view::npos) break;
        const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
        const size_t end = text_.find(close, open);
        at_ = open + 1;
        BlankTo(end, /*comment=*/false);
        at_ = After(at_, close.size());
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !InNumber())) {
        Literal(text_[at_]);
      } else {
        ++at_;
      }
    }
  }

  std::vector<std::string> uncommented() const { return SplitLines(uncommented_); }
  std::vector<std::string> code() const { return SplitLines(code_); }

 private:
  bool Sees(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

  size_t After(size_t position, size_t length) const {
    return position == std::string_view::npos ? text_.size() : std::min(position + length, text_.size());
  }

  // The quote in 1'000, which opens no literal.
  bool InNumber() const {
    size_t start = at_;
    while (start > 0 && (IsWord(text_[start - 1]) || text_[start - 1] == '\'')) --start;
    return start < at_ && std::isdigit(static_cast<unsigned char>(text_[start]));
  }

  void Literal(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    BlankTo(end, /*comment=*/false);
    at_ = After(at_, 1);
  }

  void BlankTo(size_t end, bool comment) {
    for (end = After(end, 0); at_ < end; ++at_) {
      if (text_[at_] == '\n') continue;
      code_[at_] = ' ';
      if (comment) uncommented_[at_] = ' ';
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string uncommented_;
  std::string code_;
};

// The comment lines up to the first declaration; preprocessor lines and empty ones may stand
// between.
std::vector<std::string> FirstComment(const std::vector<std::string>& lines) {
  std::vector<std::string> comment;
  for (const std::string& line : lines) {
    if (line.starts_with("//")) {
      comment.push_back(line.substr(2));
    } else if (!line.empty() && !line.starts_with('#')) {
      break;
    }
  }
  return comment;
}

std::string Extension(std::string_view path) { return std::filesystem::path(path).extension().string(); }

}  // namespace

SourceFile::SourceFile(std::string file_path, std::string_view text)
    : path(std::move(file_path)), lines(SplitLines(text)), uncommented(lines), code(lines) {
  if (!IsCpp()) return;
  Blanker blanker(text);
  blanker.Run();
  uncommented = blanker.uncommented();
  code = blanker.code();
  first_comment = FirstComment(lines);
}

bool SourceFile::IsHeader() const { return Extension(path) == ".h"; }

bool SourceFile::IsCpp() const { return IsHeader() || Extension(path) == ".cc"; }

bool SourceFile::Under(std::string_view directory) const {
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

std::string SourceFile::Room() const {
  const size_t tree = path.find('/');
  if (tree == std::string::npos) return "";
  const size_t room = path.find('/', tree + 1);
  return path.substr(0, room == std::string::npos ? tree : room);
}

bool SourceFile::Excused(int number, std::string_view marker) const {
  const std::string comment = "// " + std::string(marker);
  for (int line = number; line >= 1 && line >= number - 1; --line) {
    if (lines[line - 1].find(comment) != std::string::npos) return true;
  }
  return false;
}

std::vector<Include> Includes(const SourceFile& file) {
  std::vector<Include> includes;
  for (size_t i = 0; i < file.uncommented.size(); ++i) {
    std::string_view line = file.uncommented[i];
    if (!line.starts_with("#include")) continue;
    const size_t open = line.find_first_of("\"<");
    if (open == std::string_view::npos) continue;
    const bool quoted = line[open] == '"';
    const size_t close = line.find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    includes.push_back({static_cast<int>(i) + 1, std::string(line.substr(open + 1, close - open - 1)), quoted});
  }
  return includes;
}

SourceTree ReadSourceTree() {
  namespace fs = std::filesystem;
  fs::path top = fs::current_path();
  while (!fs::exists(top / "sources.bzl")) {
    if (!top.has_relative_path()) {
      throw std::runtime_error("run tidy_test in the source tree: no sources.bzl here or above");
    }
    top = top.parent_path();
  }
  SourceTree tree;
  const auto read = [&](const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (text.view().find('\0') != std::string_view::npos) return;  // no text: Bazel puts a program here
    std::string name = path.lexically_relative(top).generic_string();
    tree.emplace(name, SourceFile(name, text.view()));
  };
  for (const auto& entry : fs::directory_iterator(top)) {
    if (entry.is_regular_file()) read(entry.path());
  }
  for (const char* directory : {"docs", "lib", "sim", "tests", "tools"}) {
    if (!fs::exists(top / directory)) continue;
    for (const auto& entry :
         fs::recursive_directory_iterator(top / directory, fs::directory_options::follow_directory_symlink)) {
      if (entry.is_regular_file()) read(entry.path());
    }
  }
  return tree;
}

}  // namespace fate::tidy
