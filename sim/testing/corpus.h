// Corpus: a file of schedules that once failed, each with its test, to be tried again before the test searches.
//
//   # comment
//   Account.KeepsTrack fate1n-operation-s1-t0.1:Load.1@2:Store.1=0.2-c5e0f9a1b
//   Bank.KeepsTheMoney reproduce=... fate1n-...        (a property: with its arguments)
//
// Schedules are by name, so that they survive changes of the program (fate/sim/explore/old_schedule.h). To be kept
// with the sources. Lines that cannot be read are an error when the file is opened, with their number. Not
// thread-safe; two processes must not write one file. Tested by tests/testing/corpus_test.cc.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace fate::sim {

struct CorpusEntry {
  std::string test;       // "Suite.Name"
  std::string arguments;  // of a property: the value of RC_PARAMS that brings them back; else empty
  std::string schedule;   // by name
  friend bool operator==(const CorpusEntry&, const CorpusEntry&) = default;
};

class Corpus {
 public:
  // Reads `file`. `writes`: Add puts what it is given into the file, which need not exist yet.
  absl::Status Open(const std::string& file, bool writes);
  // Those of one test, in the order of the file.
  std::vector<CorpusEntry> Of(const std::string& test) const;
  // Appends, if it writes and has no such entry. Errors say what could not be written.
  absl::Status Add(const CorpusEntry& entry);

 private:
  std::string file_;  // empty: none
  bool writes_ = false;
  std::vector<CorpusEntry> entries_;
};

}  // namespace fate::sim
