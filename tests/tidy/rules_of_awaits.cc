#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rules.h"

namespace fate::tidy {
namespace {

constexpr std::string_view kAwait = "co_await";

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// The code of one file as one string, with the line of each position.
class Code {
 public:
  explicit Code(const SourceFile& file) {
    for (size_t i = 0; i < file.code.size(); ++i) {
      text_ += file.code[i] + "\n";
      line_.resize(text_.size(), static_cast<int>(i) + 1);
    }
  }

  std::string_view text() const { return text_; }
  int Line(size_t at) const { return line_[at]; }

  bool IsAwait(size_t at) const {
    return text().substr(at, kAwait.size()) == kAwait && (at == 0 || !IsWord(text_[at - 1])) &&
           (at + kAwait.size() >= text_.size() || !IsWord(text_[at + kAwait.size()]));
  }

  // The position of the last character before `at` that is not white, or npos.
  size_t Before(size_t at) const { return at == 0 ? std::string::npos : text_.find_last_not_of(" \n\t", at - 1); }

  // The bracket that closes the one at `open`, or the end of the text.
  size_t Close(size_t open) const {
    int depth = 0;
    for (size_t at = open; at < text_.size(); ++at) {
      if (text_[at] == '(' || text_[at] == '[' || text_[at] == '{') ++depth;
      if (text_[at] == ')' || text_[at] == ']' || text_[at] == '}') --depth;
      if (depth == 0) return at;
    }
    return text_.size();
  }

  // Whether a lambda begins at the bracket `at`: a subscript follows a name or a bracket.
  bool IsLambda(size_t at) const {
    if (text_[at] != '[') return false;
    const size_t before = Before(at);
    if (before == std::string::npos) return true;
    if (text_[before] == '[' || (at + 1 < text_.size() && text_[at + 1] == '[')) return false;
    if (text_[before] == ')' || text_[before] == ']' || text_[before] == '"') return false;
    if (!IsWord(text_[before])) return true;
    size_t start = before;
    while (start > 0 && IsWord(text_[start - 1])) --start;
    const std::string_view word = text().substr(start, before - start + 1);
    return word == "return" || word == "co_return" || word == "co_yield" || word == "co_await";
  }

  // The name before the bracket at `open`: of the function that is called.
  std::string_view Callee(size_t open) const {
    size_t start = open;
    while (start > 0 && IsWord(text_[start - 1])) --start;
    return text().substr(start, open - start);
  }

  // The end of the body of the lambda at `at`.
  size_t EndOfLambda(size_t at) const {
    size_t next = Close(at) + 1;
    while (next < text_.size() && text_[next] != '{' && text_[next] != ';') {
      next = text_[next] == '(' ? Close(next) + 1 : next + 1;
    }
    return next < text_.size() && text_[next] == '{' ? Close(next) : next;
  }

 private:
  std::string text_;
  std::vector<int> line_;  // of each character of text_
};

// Whether a list of captures holds one by value: [x], [=], [x = f()], [*this]; not [&], [&x],
// [this].
bool CapturesByValue(std::string_view captures) {
  int depth = 0;
  bool at_start = true;
  for (size_t i = 0; i < captures.size(); ++i) {
    const char c = captures[i];
    if (c == '(' || c == '[' || c == '{' || c == '<') ++depth;
    if (c == ')' || c == ']' || c == '}' || c == '>') --depth;
    if (depth == 0 && c == ',') {
      at_start = true;
    } else if (at_start && !IsSpace(c)) {
      at_start = false;
      std::string_view rest = captures.substr(i);
      rest = rest.substr(0, rest.find_first_of(", "));
      if (c != '&' && rest != "this") return true;
    }
  }
  return false;
}

// What they take, SpawnOptions, is trivially copyable: destroyed twice, it does no harm.
bool IsSpawn(std::string_view callee) { return callee == "Spawn" || callee == "SpawnNow"; }

// Whether the first branch of the conditional at `at` is a call: what that gives may be more than a number.
bool ChoosesACall(std::string_view text, size_t at) {
  size_t next = at + 1;
  while (next < text.size() && text[next] == ' ') ++next;
  while (next < text.size() && (IsWord(text[next]) || text[next] == ':' || text[next] == '.')) ++next;
  return next < text.size() && text[next] == '(';
}

// Looks at the expression that follows the `co_await` at `await`.
void CheckOperand(const SourceFile& file, const Code& code, size_t await, Findings& findings) {
  const auto report = [&](size_t at, std::string advice) {
    if (file.Excused(code.Line(at), "Tidy:")) return;
    findings.push_back({file.path, code.Line(at), "g++ 12 destroys temporaries of co_await twice", std::move(advice)});
  };
  const std::string_view text = code.text();
  std::vector<size_t> open;
  for (size_t at = await + kAwait.size(); at < text.size(); ++at) {
    const char c = text[at];
    if (c == ';' && open.empty()) return;
    if (code.IsLambda(at)) {
      const size_t close = code.Close(at);
      if (CapturesByValue(text.substr(at + 1, close - at - 1))) {
        report(at, "name the lambda before the expression, or capture by reference");
      }
      at = code.EndOfLambda(at);
      continue;
    }
    if (c == '{' && !open.empty()) {
      const size_t before = code.Before(at);
      const bool is_argument = text[before] == '(' || text[before] == ',';
      const bool is_empty = code.Before(code.Close(at)) == at;
      if (is_argument && !is_empty && !IsSpawn(code.Callee(open.back()))) {
        report(at, "name the list before the expression");
      }
    }
    if (c == '?' && !open.empty() && ChoosesACall(text, at)) report(at, "choose before the expression");
    if (c == '(' || c == '[' || c == '{') open.push_back(at);
    if (c == ')' || c == ']' || c == '}') {
      if (open.empty()) return;
      open.pop_back();
    }
  }
}

// Looks for calls of which two arguments await. A frame is an open bracket.
void CheckOrder(const SourceFile& file, const Code& code, Findings& findings) {
  struct Frame {
    char bracket;
    int argument = 0;
    std::set<int> awaiting = {};
  };
  std::vector<Frame> frames;
  const std::string_view text = code.text();
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '[' || c == '{') frames.push_back({c});
    if (frames.empty()) continue;
    if (c == ')' || c == ']' || c == '}') frames.pop_back();
    if (c == ',') ++frames.back().argument;
    if (c == ';') frames.back() = {frames.back().bracket};
    if (!code.IsAwait(at)) continue;
    for (auto frame = frames.rbegin(); frame != frames.rend() && frame->bracket != '{'; ++frame) {
      frame->awaiting.insert(frame->argument);
      if (frame->bracket == '(' && frame->awaiting.size() == 2 && !file.Excused(code.Line(at), "Tidy:")) {
        findings.push_back({file.path, code.Line(at), "the compiler chooses in which order arguments await",
                            "await them in statements of their own"});
      }
    }
  }
}

// The name that the lambda at `at` is given: `auto name = [`. Empty if it is given none.
std::string_view NameOf(const Code& code, size_t at) {
  const size_t equals = code.Before(at);
  if (equals == std::string::npos || code.text()[equals] != '=') return "";
  const size_t end = code.Before(equals);
  return end == std::string::npos ? "" : code.Callee(end + 1);
}

// Looks at the body of a loop, from its bracket to the one that closes it.
void CheckLoop(const SourceFile& file, const Code& code, size_t open, size_t close, std::set<size_t>& found,
               Findings& findings) {
  const std::string_view text = code.text();
  for (size_t at = open; at < close; ++at) {
    if (!code.IsLambda(at)) continue;
    const size_t end = code.EndOfLambda(at);
    const std::string_view head = text.substr(at, text.find('{', code.Close(at)) - at);
    const std::string name(NameOf(code, at));
    if (code.Close(at) > at + 1 && head.find("Task<") != std::string_view::npos && !name.empty()) {
      const std::string_view rest = text.substr(end, close - end);
      const bool spawned = rest.find("Spawn(" + name + "(") != std::string_view::npos ||
                           rest.find("SpawnNow(" + name + "(") != std::string_view::npos;
      if (spawned && !file.Excused(code.Line(at), "Tidy:") && found.insert(at).second) {
        findings.push_back({file.path, code.Line(at), "a task reads what its lambda captures in the lambda",
                            "make the lambda before the loop"});
      }
    }
    at = end;
  }
}

}  // namespace

Findings CheckLambdas(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp()) continue;
    const Code code(file);
    const std::string_view text = code.text();
    std::set<size_t> found;  // an outer loop has what an inner one has
    for (size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '(') continue;
      const size_t before = code.Before(at);
      const std::string_view callee = before == std::string::npos ? "" : code.Callee(before + 1);
      if (callee != "for" && callee != "while") continue;
      size_t open = code.Close(at) + 1;
      while (open < text.size() && IsSpace(text[open])) ++open;
      if (open < text.size() && text[open] == '{') CheckLoop(file, code, open, code.Close(open), found, findings);
    }
  }
  return findings;
}

Findings CheckAwaits(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp() || file.Under("tests/compile_fail")) continue;
    const Code code(file);
    for (size_t at = 0; at < code.text().size(); ++at) {
      if (code.IsAwait(at)) CheckOperand(file, code, at, findings);
    }
    CheckOrder(file, code, findings);
  }
  return findings;
}

}  // namespace fate::tidy
