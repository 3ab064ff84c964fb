#include "fate/sim/testing/corpus.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "fate/sim/core/named_schedule.h"

namespace fate::sim {

absl::Status Corpus::Open(const std::string& file, bool writes) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  std::ifstream in(file);
  if (!in && (exists || !writes)) {
    return absl::NotFoundError(
        absl::StrCat("--fate_corpus: cannot read ", file, ": ", std::strerror(errno),
                     writes ? "" : "; with --fate_corpus_write it is made by the first failure"));
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') continue;
    CorpusEntry entry{words[0], words.size() == 3 ? words[1] : "", words.back()};
    const absl::Status status = words.size() == 2 || words.size() == 3
                                    ? NamedSchedule::Parse(entry.schedule).status()
                                    : absl::InvalidArgumentError(
                                          "a line is a test, the arguments of a property, and a "
                                          "schedule by name, with spaces between");
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--fate_corpus: ", file, ":", number, ": ", status.message()));
    }
    entries_.push_back(std::move(entry));
  }
  file_ = file;
  writes_ = writes;
  return absl::OkStatus();
}

std::vector<CorpusEntry> Corpus::Of(const std::string& test) const {
  std::vector<CorpusEntry> of_test;
  for (const CorpusEntry& entry : entries_) {
    if (entry.test == test) of_test.push_back(entry);
  }
  return of_test;
}

namespace {

// Whether the last line lacks its end: what an editor may leave.
bool EndsInALine(const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() == 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

}  // namespace

absl::Status Corpus::Add(const CorpusEntry& entry) {
  if (!writes_ || std::find(entries_.begin(), entries_.end(), entry) != entries_.end()) return absl::OkStatus();
  const bool in_a_line = EndsInALine(file_);
  std::ofstream out(file_, std::ios::app);
  out << (in_a_line ? "\n" : "") << entry.test << ' ' << entry.arguments << (entry.arguments.empty() ? "" : " ")
      << entry.schedule << '\n';
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat("--fate_corpus_write: cannot write ", file_));
  entries_.push_back(entry);
  return absl::OkStatus();
}

}  // namespace fate::sim
