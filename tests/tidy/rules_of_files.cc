#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"

namespace fate::tidy {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool IsExplained(const SourceFile& file) {
  return std::any_of(file.first_comment.begin(), file.first_comment.end(),
                     [](std::string_view line) { return Trimmed(line).starts_with("Size:"); });
}

// The path after `marker` in `text`, up to a blank or the punctuation that ends a sentence.
std::string PathAfter(std::string_view text, std::string_view marker) {
  const size_t start = text.find(marker);
  if (start == std::string_view::npos) return "";
  text = Trimmed(text.substr(start + marker.size()));
  text = text.substr(0, text.find_first_of(" \t,;:)"));
  while (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

constexpr std::string_view kExample = "// Example: ";
constexpr std::string_view kUsed = "the usage in a header is compiled and run";

// A line without its comment at the end, and with single blanks: what counts when usage is
// compared.
std::string Words(std::string_view line) {
  std::string words;
  for (const char c : Trimmed(line.substr(0, line.find("//")))) {
    if (c != ' ' || words.back() != ' ') words += c;
  }
  return words;
}

// Usage in the comment of a header: lines of code, indented deeper than prose.
struct Usage {
  size_t begin;  // indices of lines
  size_t end;
};

// The code from line `begin` on: lines `//    code` and empty ones, up to the next of prose.
Usage UsageAt(const SourceFile& header, size_t begin) {
  Usage usage = {begin, begin};
  for (size_t i = begin; i < header.lines.size(); ++i) {
    const std::string_view line = header.lines[i];
    if (line.starts_with("//    ")) {
      usage.end = i + 1;
    } else if (line != "//") {
      break;
    }
  }
  return usage;
}

// Looks for each line of the usage in the example, in order. `...` stands for anything.
void CheckUsage(const SourceFile& header, Usage usage, const SourceFile& example, Findings& findings) {
  size_t at = 0;
  for (size_t i = usage.begin; i < usage.end; ++i) {
    const std::string code = Words(std::string_view(header.lines[i]).substr(2));
    if (code.empty() || code == "...") continue;
    size_t found = at;
    while (found < example.lines.size() && Words(example.lines[found]) != code) ++found;
    if (found < example.lines.size()) {
      at = found + 1;
    } else {
      findings.push_back({header.path, static_cast<int>(i) + 1, std::string(kUsed),
                          "this line is not in " + example.path + ", or not after the lines above it"});
    }
  }
}

}  // namespace

std::string ToString(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.file + ":" + std::to_string(finding.line) + ": " + finding.law + ": " + finding.advice + "\n";
  }
  return text;
}

Findings CheckSizes(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp()) continue;
    const int limit = file.IsHeader() ? 200 : 400;
    const int size = static_cast<int>(file.lines.size());
    if (size > limit && !IsExplained(file)) {
      findings.push_back({path, size, "at most " + std::to_string(limit) + " lines",
                          "it has " + std::to_string(size) +
                              ": split it, or say why not in its first comment, on a line `// Size: ...`"});
    }
  }
  return findings;
}

Findings CheckColumns(const SourceTree& tree) {
  constexpr ptrdiff_t kMost = 120;
  // All but the bytes that continue a character of UTF-8.
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const ptrdiff_t columns = std::count_if(file.lines[i].begin(), file.lines[i].end(), begins);
      if (columns <= kMost) continue;
      findings.push_back({path, static_cast<int>(i) + 1, "at most " + std::to_string(kMost) + " columns",
                          "it has " + std::to_string(columns) + ": wrap it"});
    }
  }
  return findings;
}

Findings CheckHeadersAreTested(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsHeader() || !(file.Under("lib") || file.Under("sim"))) continue;
    const std::string inside = path.substr(4, path.size() - 6);
    const std::string test = "tests/" + inside + "_test.cc";
    if (tree.contains(test)) continue;
    std::string named;
    for (const std::string& line : file.first_comment) {
      if (named.empty()) named = PathAfter(line, "Tested by ");
    }
    if (named.empty()) {
      findings.push_back({path, 1, "every header has a test",
                          "write " + test + ", or say `Tested by tests/...` in the first comment"});
    } else if (!tree.contains(named)) {
      findings.push_back({path, 1, "every header has a test", "write " + named + ", which the first comment names"});
    }
  }
  return findings;
}

Findings CheckExamples(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsHeader() || !(file.Under("lib") || file.Under("sim"))) continue;
    Usage usage = {0, 0};  // that waits for its example
    const auto report = [&, &name = path](size_t line, std::string advice) {
      findings.push_back({name, static_cast<int>(line) + 1, std::string(kUsed), std::move(advice)});
    };
    const auto report_waiting = [&] {
      if (usage.begin != usage.end) {
        report(usage.begin - 1, "say where, on a line `// Example: tests/examples/NAME.cc` after it");
      }
    };
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string_view line = file.lines[i];
      if (line.starts_with("//") && Trimmed(line.substr(2)) == "Usage:") {
        report_waiting();
        usage = UsageAt(file, i + 1);
      }
      if (!line.starts_with(kExample)) continue;
      if (usage.begin == usage.end) usage = UsageAt(file, i + 1);
      const auto example = tree.find(PathAfter(line, kExample));
      if (example == tree.end()) {
        report(i, "there is no such file");
      } else if (usage.begin == usage.end) {
        report(i, "there is no code before or after this line; indent it by four blanks");
      } else {
        CheckUsage(file, usage, example->second, findings);
      }
      usage = {0, 0};
    }
    report_waiting();
  }
  return findings;
}

Findings CheckToDos(const SourceTree& tree) {
  Findings findings;
  // In two parts, since this file is checked too.
  const std::string words[] = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X"};
  for (const auto& [path, file] : tree) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const size_t number = line.find('#');
      const bool has_number = number != std::string::npos && number + 1 < line.size() &&
                              std::isdigit(static_cast<unsigned char>(line[number + 1]));
      for (const std::string& word : words) {
        const size_t at = line.find(word);
        if (at == std::string::npos || has_number) continue;
        const size_t end = at + word.size();
        if ((at > 0 && std::isalnum(static_cast<unsigned char>(line[at - 1]))) ||
            (end < line.size() && std::isalnum(static_cast<unsigned char>(line[end])))) {
          continue;
        }
        findings.push_back(
            {path, static_cast<int>(i) + 1, "what is left to do has an issue", "write its number (#12), or do it now"});
      }
    }
  }
  return findings;
}

}  // namespace fate::tidy
