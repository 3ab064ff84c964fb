#include "fate/runtime/value_text.h"

#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace fate {

namespace internal {

std::string NumberText(int64_t value) { return absl::StrCat(value); }
std::string NumberText(uint64_t value) { return absl::StrCat(value); }
std::string NumberText(double value) { return absl::StrCat(value); }

std::string QuotedText(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (quoted.size() > kValueLength) break;
    const bool plain = absl::ascii_isprint(static_cast<unsigned char>(c));
    quoted += plain ? c : c == '\n' ? ' ' : '?';
  }
  return Shortened(quoted + "\"");
}

std::string Shortened(std::string text) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= kValueLength) return text;
  text.resize(kValueLength - kDots.size());
  text += kDots;
  return text;
}

std::string StreamedText(void (*write)(std::ostream& out, const void* value), const void* value) {
  std::ostringstream out;
  Context unwatched = context;
  unwatched.simulation = nullptr;
  unwatched.search = nullptr;
  ContextScope scope(unwatched);
  try {
    write(out, value);
  } catch (...) {
    return "";  // the program's own run goes on as if nobody had asked
  }
  // Of one line, and without what looks like an address: it would differ from run to run.
  std::string text;
  const std::string written = out.str();
  for (size_t i = 0; i < written.size(); ++i) {
    const bool plain = absl::ascii_isprint(static_cast<unsigned char>(written[i]));
    text += plain ? written[i] : written[i] == '\n' ? ' ' : '?';
    if (written[i] != 'x' || i == 0 || written[i - 1] != '0') continue;
    text.resize(text.size() - 2);
    text += "(address)";
    while (i + 1 < written.size() && absl::ascii_isxdigit(static_cast<unsigned char>(written[i + 1]))) ++i;
  }
  return Shortened(text);
}

}  // namespace internal

std::string ReadText(const std::string& value) { return value.empty() ? value : absl::StrCat("= ", value); }

std::string WrittenText(const std::string& value) { return value.empty() ? value : absl::StrCat(":= ", value); }

std::string ChangedText(const std::string& before, const std::string& after) {
  if (before.empty() || after.empty()) return "";
  return absl::StrCat(before, " -> ", after);
}

}  // namespace fate
