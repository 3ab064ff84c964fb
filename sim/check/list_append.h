// CheckListAppend: whether transactions that append to lists and read them could have run one after the other.
//
//   Usage:
//     ListAppendHistory history;
//     history.Begin(1);
//     history.Read(1, "x", {});            // client 1 read the empty list x
//     history.Begin(2);
//     history.Read(2, "x", {});
//     history.Append(2, "x", 20);
//     history.Commit(2);
//     history.Append(1, "x", 10);
//     history.Commit(1);
//     history.Begin(3);
//     history.Read(3, "x", {20, 10});      // client 1's update overlooked client 2's
//     history.Commit(3);
//     ListAppendResult result = CheckListAppend(history);
//     EXPECT_TRUE(result.Has(Anomaly::kGSingle)) << result.text;
//
// Example: tests/examples/list_append_example_test.cc
//
// Elle's way (Kingsbury and Alvaro, "Elle: inferring isolation anomalies from experimental observations", VLDB
// 2020): a list tells the order of the appends to it, so reads tell which transaction depends on which: ww, one
// appended to a list before the other; wr, one read what the other appended; rw, one read a list before the
// other appended. A cycle of dependencies is an anomaly of Adya ("Weak consistency", 1999):
//
//   G0  only ww    G1c  ww and wr    G-single  one rw    G2  several rw
//   G1a  a read of what an aborted transaction appended    G1b  a read of what was appended in between
//
// What is reported is there (sound). Each transaction aside which is lost and of which nobody saw anything, none
// found means that there is a serial order (complete). Ours: an append that is committed and that no read shows
// comes after all that are shown, which adds ww and rw edges. The order in real time is not looked at.
//
// A client has one transaction open at a time; each value is appended to a list at most once; a transaction that was
// neither committed nor aborted (Lose, or still open) counts as committed if somebody saw an append of it. Misuse is
// a FATE_CHECK. O(operations + edges), but for G-single: O(edges) for each rw edge in a cycle.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// Unordered: only looked up.
#include "absl/container/flat_hash_map.h"
#include "fate/sim/check/verdict.h"

namespace fate::sim {

class ListAppendHistory {
 public:
  enum class End : uint8_t { kUnknown, kCommitted, kAborted };
  struct Operation {
    bool append;
    uint32_t key;                   // a number; keys()
    int64_t value;                  // appended
    std::vector<int64_t> elements;  // read
  };
  struct Transaction {
    uint32_t client;
    End end = End::kUnknown;
    std::vector<Operation> operations = {};
  };

  // Opens a transaction of a client. Returns its number, from 0.
  size_t Begin(uint32_t client);
  void Append(uint32_t client, const std::string& key, int64_t value);
  // The whole list, oldest first.
  void Read(uint32_t client, const std::string& key, std::vector<int64_t> elements);
  void Commit(uint32_t client) { Close(client, "Commit", End::kCommitted); }
  void Abort(uint32_t client) { Close(client, "Abort", End::kAborted); }
  // Nobody knows how it ended.
  void Lose(uint32_t client) { Close(client, "Lose", End::kUnknown); }

  const std::vector<Transaction>& transactions() const { return transactions_; }
  const std::vector<std::string>& keys() const { return keys_; }
  // The transaction that appended `value` to the list number `key`; kNobody.
  static constexpr uint32_t kNobody = UINT32_MAX;
  uint32_t Appender(uint32_t key, int64_t value) const {
    auto found = appenders_.find({key, value});
    return found == appenders_.end() ? kNobody : found->second;
  }

 private:
  Transaction& Open(uint32_t client, const char* what);
  void Close(uint32_t client, const char* what, End end);
  uint32_t KeyNumber(const std::string& key);

  std::vector<Transaction> transactions_;
  std::vector<std::string> keys_;
  absl::flat_hash_map<std::string, uint32_t> key_numbers_;
  absl::flat_hash_map<uint32_t, size_t> open_;
  absl::flat_hash_map<std::pair<uint32_t, int64_t>, uint32_t> appenders_;
};

enum class Anomaly : uint8_t {
  kGarbage,       // a read of what nobody appended
  kDuplicate,     // an element twice in one list
  kIncompatible,  // two reads of a list, neither of which begins with the other
  kInternal,      // a read that lacks what its own transaction had appended
  kG0,
  kG1a,
  kG1b,
  kG1c,
  kGSingle,
  kG2,
};

const char* ToString(Anomaly anomaly);

// What forbids what: each the anomalies above it, and its own. The first four are forbidden everywhere.
enum class Isolation : uint8_t {
  kReadUncommitted,  // G0
  kReadCommitted,    // G1a, G1b, G1c
  kConsistentView,   // G-single; snapshot isolation implies it
  kSerializable,     // G2
};

struct FoundAnomaly {
  Anomaly kind;
  // Those of the cycle, in its order; or those concerned.
  std::vector<size_t> transactions;
  std::string text;
};

struct ListAppendResult {
  // That of Holds(kSerializable).
  Verdict verdict = Verdict::kOk;
  // In the order of their kinds; of cycles one of each kind for each set of transactions that are all in cycles with
  // each other; G2 only where nothing worse is.
  std::vector<FoundAnomaly> anomalies;
  // For people; empty if there are none.
  std::string text;
  // A limit was reached: what is reported as G2 may be G-single.
  bool limited = false;

  bool Has(Anomaly kind) const {
    for (const FoundAnomaly& anomaly : anomalies) {
      if (anomaly.kind == kind) return true;
    }
    return false;
  }
  // Whether the history could come from a system that keeps this level.
  Verdict Holds(Isolation level) const;
};

// Of the limits, a step is an edge looked at.
ListAppendResult CheckListAppend(const ListAppendHistory& history, const CheckLimits& limits = CheckLimits());

}  // namespace fate::sim
