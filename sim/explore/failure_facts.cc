#include "fate/sim/explore/failure_facts.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fate::sim {

namespace {

constexpr size_t kWidth = 100;
constexpr size_t kPairsShown = 2;

std::string SettingText(const SettingLabel& setting) {
  if (setting.words.empty()) return "";
  const char* subject = absl::StartsWith(setting.words, "only") ? "It happens " : "It ";
  std::string text = Wrapped(absl::StrCat(subject, setting.words, "."), kWidth, 2);
  if (!setting.schedule.empty()) absl::StrAppend(&text, "  ", setting.schedule, "\n");
  return text;
}

std::string NearestText(const NearestPass& nearest) {
  if (nearest.schedule.empty()) {
    return nearest.executions == 0 ? std::string()
                                   : absl::StrCat("No schedule near it passes, of ", nearest.executions, " tried.\n");
  }
  const size_t count = nearest.pairs.size();
  std::string text = "The nearest schedule that passes has ";
  absl::StrAppend(&text, count == 0   ? std::string("the same order of steps, but other choices inside them:\n")
                         : count == 1 ? std::string("one pair of steps the other way round:\n")
                                      : absl::StrCat(count, " pairs of steps the other way round:\n"));
  for (size_t i = 0; i < std::min(count, kPairsShown); ++i) {
    absl::StrAppend(&text, Wrapped(absl::StrCat("  ", nearest.pairs[i].words), kWidth, 4));
  }
  if (count > kPairsShown) absl::StrAppend(&text, "  ...\n");
  absl::StrAppend(&text, "  ", nearest.schedule, "\n");
  return text;
}

}  // namespace

std::string LikelihoodWords(const std::vector<LikelihoodPoint>& points) {
  std::string text;
  for (size_t i = 0; i < points.size(); ++i) {
    const LikelihoodPoint& point = points[i];
    const auto same = [&point](const LikelihoodPoint& other) {
      return uint64_t{other.failures} * point.walks == uint64_t{point.failures} * other.walks;
    };
    if (i > 0 && same(points[i - 1])) continue;
    const bool to_the_end = i > 0 && std::all_of(points.begin() + static_cast<ptrdiff_t>(i), points.end(), same);
    absl::StrAppend(&text, text.empty() ? "" : ", ", 100 * uint64_t{point.failures} / point.walks, " % ",
                    to_the_end ? "from" : point.inside ? "in" : "before", " step ", point.step + 1, to_the_end ? " on" : "");
  }
  return text;
}

std::string FactsText(const FailureFacts& facts) {
  std::string text = SettingText(facts.setting);
  absl::StrAppend(&text, NearestText(facts.nearest));
  if (!facts.likelihood.empty()) {
    absl::StrAppend(&text, Wrapped(absl::StrCat("How likely it was, by ", facts.likelihood.front().walks,
                                                " random walks from each choice: ",
                                                LikelihoodWords(facts.likelihood), "."),
                                   kWidth, 2));
  }
  return text;
}

std::string Wrapped(const std::string& text, size_t width, size_t indent) {
  std::string wrapped;
  size_t column = 0;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (column > indent && column + 1 + word.size() > width) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '));
      column = indent;
    } else if (!wrapped.empty() || column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word.size();
    if (wrapped.empty()) column = 0;
  }
  return wrapped + "\n";
}

}  // namespace fate::sim
