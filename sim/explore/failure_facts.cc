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
  std::string text = Wrapped(absl::StrCat(subject, setting.words, "."), kWidth, 0, 2);
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
    absl::StrAppend(&text, Wrapped(nearest.pairs[i].words, kWidth, 2, 4));
  }
  if (count > kPairsShown) absl::StrAppend(&text, "  ...\n");
  absl::StrAppend(&text, "  ", nearest.schedule, "\n");
  return text;
}

}  // namespace

std::string LikelihoodWords(const std::vector<LikelihoodPoint>& points) {
  // Walks are few, so what differs by less is chance.
  constexpr uint64_t kSamePercent = 10;
  const auto percent = [](const LikelihoodPoint& point) { return 100 * uint64_t{point.failures} / point.walks; };
  std::string text;
  uint64_t said = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const uint64_t now = percent(points[i]);
    const uint64_t difference = now > said ? now - said : said - now;
    const bool settled = (now == 0 || now == 100) && now != said;
    if (i > 0 && difference <= kSamePercent && !settled) continue;
    const auto same = [&](const LikelihoodPoint& other) { return percent(other) == now; };
    const bool to_the_end = std::all_of(points.begin() + static_cast<ptrdiff_t>(i), points.end(), same);
    absl::StrAppend(&text, text.empty() ? "" : ", ", now, "% ",
                    to_the_end         ? "from"
                    : points[i].inside ? "in"
                                       : "before",
                    " step ", points[i].step + 1, to_the_end ? " on" : "");
    said = now;
  }
  return text;
}

std::string FactsText(const FailureFacts& facts) {
  std::string text = SettingText(facts.setting);
  absl::StrAppend(&text, NearestText(facts.nearest));
  if (!facts.likelihood.empty()) {
    absl::StrAppend(&text,
                    Wrapped(absl::StrCat("How likely it was, by ", facts.likelihood.front().walks,
                                         " random walks from each choice: ", LikelihoodWords(facts.likelihood), "."),
                            kWidth, 0, 2));
  }
  return text;
}

std::string Wrapped(const std::string& text, size_t width, size_t first, size_t rest) {
  std::string line(first, ' ');
  std::string wrapped;
  size_t words = 0;  // in the line
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (words > 0 && line.size() + 1 + word.size() > width) {
      absl::StrAppend(&wrapped, line, "\n");
      line.assign(rest, ' ');
      words = 0;
    }
    absl::StrAppend(&line, words == 0 ? "" : " ", word);
    ++words;
  }
  return absl::StrCat(wrapped, line, "\n");
}

}  // namespace fate::sim
