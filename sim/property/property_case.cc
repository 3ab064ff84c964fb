#include "fate/sim/property/property_case.h"

#include <cctype>

#include "absl/strings/str_cat.h"

namespace fate::sim {

namespace {

// The last word of "std::vector<Transfer> transfers".
std::string LastWord(const std::string& text) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  size_t end = text.size();
  while (end > 0 && std::isspace(static_cast<unsigned char>(text[end - 1]))) --end;
  size_t begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  // A type alone: nothing stands before it, or it is qualified.
  const bool alone = text.find_first_not_of(" \t\n") >= begin || text[begin - 1] == ':';
  return alone ? "" : text.substr(begin, end - begin);
}

}  // namespace

std::vector<std::string> ArgumentNames(const std::string& list) {
  std::vector<std::string> names;
  std::string argument;
  int depth = 0;
  for (const char c : list) {
    const bool opens = c == '(' || c == '<' || c == '[' || c == '{';
    const bool closes = c == ')' || c == '>' || c == ']' || c == '}';
    depth += opens - closes;
    const bool ends = (c == ',' && depth == 1) || (c == ')' && depth == 0);
    if (ends) {
      names.push_back(LastWord(argument));
      argument.clear();
    } else if (depth > 1 || (depth == 1 && !opens) || closes) {
      argument += c;
    }
  }
  return names;
}

namespace internal {

std::string ShowArgument(const std::vector<std::string>& names, size_t index, const std::string& value) {
  const bool named = index < names.size() && !names[index].empty();
  const std::string name = named ? names[index] : absl::StrCat("argument ", index + 1);
  return absl::StrCat("  ", name, " = ", value, "\n");
}

}  // namespace internal
}  // namespace fate::sim
