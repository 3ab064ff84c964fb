#include "fate/sim/check/list_append.h"

#include <algorithm>
#include <map>

#include "fate/sim/core/prng.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"

namespace fate::sim::list_append_test {
namespace {

using Elements = std::vector<int64_t>;

// A transaction in one go, by a client of its own.
struct Step {
  bool append;
  std::string key;
  int64_t value;
  Elements elements;
};
Step Append(const std::string& key, int64_t value) { return {true, key, value, {}}; }
Step Read(const std::string& key, Elements elements) { return {false, key, 0, std::move(elements)}; }

using End = ListAppendHistory::End;

size_t Add(ListAppendHistory& history, const std::vector<Step>& steps, End end = End::kCommitted) {
  const auto client = static_cast<uint32_t>(history.transactions().size());
  const size_t number = history.Begin(client);
  for (const Step& step : steps) {
    step.append ? history.Append(client, step.key, step.value) : history.Read(client, step.key, step.elements);
  }
  if (end == End::kCommitted) history.Commit(client);
  if (end == End::kAborted) history.Abort(client);
  if (end == End::kUnknown) history.Lose(client);
  return number;
}

std::vector<Anomaly> Kinds(const ListAppendResult& result) {
  std::vector<Anomaly> kinds;
  for (const FoundAnomaly& anomaly : result.anomalies) kinds.push_back(anomaly.kind);
  return kinds;
}

void ExpectOnly(const ListAppendHistory& history, Anomaly kind, const std::vector<size_t>& transactions,
                const std::string& text) {
  const ListAppendResult result = CheckListAppend(history);
  ASSERT_EQ(Kinds(result), std::vector<Anomaly>{kind}) << result.text;
  EXPECT_EQ(result.anomalies[0].transactions, transactions);
  EXPECT_EQ(result.text, text);
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
}

TEST(ListAppendTest, SerialTransactionsHaveNoAnomaly) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Read("x", {1}), Append("y", 1)});
  Add(history, {Read("x", {1}), Append("x", 2), Read("x", {1, 2})});
  Add(history, {Read("y", {1}), Read("x", {1, 2})});
  const ListAppendResult result = CheckListAppend(history);
  EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
  EXPECT_EQ(result.text, "");
}

TEST(ListAppendTest, AnEmptyHistoryHasNoAnomaly) {
  EXPECT_EQ(CheckListAppend(ListAppendHistory()).verdict, Verdict::kOk);
}

TEST(ListAppendTest, G0IsACycleOfWrites) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Append("y", 1)});
  Add(history, {Append("x", 2), Append("y", 2)});
  Add(history, {Read("x", {1, 2})});
  Add(history, {Read("y", {2, 1})});
  ExpectOnly(history, Anomaly::kG0, {0, 1},
             "G0: each of these came before the next, and the last before the first:\n"
             "  T0 appended 1 to x before T1 appended 2 (ww)\n"
             "  T1 appended 2 to y before T0 appended 1 (ww)\n");
}

TEST(ListAppendTest, G1aIsAReadOfAnAbortedAppend) {
  ListAppendHistory history;
  Add(history, {Append("x", 1)}, End::kAborted);
  Add(history, {Read("x", {1})});
  ExpectOnly(history, Anomaly::kG1a, {0, 1}, "G1a: T1 read x as [1], but T0, which appended 1, was aborted\n");
}

TEST(ListAppendTest, G1bIsAReadOfWhatWasAppendedInBetween) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Append("x", 2)});
  Add(history, {Read("x", {1})});
  const ListAppendResult result = CheckListAppend(history);
  // The read is between the two appends, so the transactions are in a cycle, too.
  EXPECT_EQ(Kinds(result), (std::vector<Anomaly>{Anomaly::kG1b, Anomaly::kGSingle}));
  EXPECT_EQ(result.anomalies[0].text, "G1b: T1 read x as [1], but T0, which appended 1, then appended 2");
  EXPECT_EQ(result.Holds(Isolation::kReadUncommitted), Verdict::kOk);
  EXPECT_EQ(result.Holds(Isolation::kReadCommitted), Verdict::kIllegal);
}

TEST(ListAppendTest, G1cIsACycleWithARead) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Read("y", {1})});
  Add(history, {Append("y", 1), Read("x", {1})});
  ExpectOnly(history, Anomaly::kG1c, {0, 1},
             "G1c: each of these came before the next, and the last before the first:\n"
             "  T0 appended 1 to x, and T1 read it (wr)\n"
             "  T1 appended 1 to y, and T0 read it (wr)\n");
}

TEST(ListAppendTest, GSingleIsACycleWithOneMissedAppend) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Append("y", 1)});
  Add(history, {Read("x", {1}), Read("y", {})});
  Add(history, {Read("y", {1})});
  ExpectOnly(history, Anomaly::kGSingle, {1, 0},
             "G-single: each of these came before the next, and the last before the first:\n"
             "  T1 read y as [], without the 1 that T0 appended (rw)\n"
             "  T0 appended 1 to x, and T1 read it (wr)\n");
}

TEST(ListAppendTest, G2IsACycleWithSeveralMissedAppends) {
  ListAppendHistory history;  // write skew
  Add(history, {Read("x", {}), Append("y", 1)});
  Add(history, {Read("y", {}), Append("x", 1)});
  Add(history, {Read("x", {1}), Read("y", {1})});
  ExpectOnly(history, Anomaly::kG2, {0, 1},
             "G2: each of these came before the next, and the last before the first:\n"
             "  T0 read x as [], without the 1 that T1 appended (rw)\n"
             "  T1 read y as [], without the 1 that T0 appended (rw)\n");
  EXPECT_EQ(CheckListAppend(history).Holds(Isolation::kConsistentView), Verdict::kOk);
}

TEST(ListAppendTest, AnAppendThatNobodyReadComesAfterThoseThatWereRead) {
  ListAppendHistory history;  // the same, but nobody read the appends
  Add(history, {Read("x", {}), Append("y", 1)});
  Add(history, {Read("y", {}), Append("x", 1)});
  EXPECT_TRUE(CheckListAppend(history).Has(Anomaly::kG2));
}

TEST(ListAppendTest, AReadOfWhatNobodyAppendedIsGarbage) {
  ListAppendHistory history;
  Add(history, {Read("x", {7})});
  ExpectOnly(history, Anomaly::kGarbage, {0}, "garbage: T0 read x as [7], but nobody appended 7\n");
}

TEST(ListAppendTest, AnElementThatIsTwiceInAListIsADuplicate) {
  ListAppendHistory history;
  Add(history, {Append("x", 1)});
  Add(history, {Read("x", {1, 1})});
  ExpectOnly(history, Anomaly::kDuplicate, {1}, "duplicate: T1 read x as [1 1], where 1 is twice\n");
}

TEST(ListAppendTest, ReadsOfWhichNoneBeginsWithTheOtherAreIncompatible) {
  ListAppendHistory history;
  Add(history, {Append("x", 1)});
  Add(history, {Append("x", 2)});
  Add(history, {Read("x", {1, 2})});
  Add(history, {Read("x", {2})});
  ExpectOnly(history, Anomaly::kIncompatible, {3, 2},
             "incompatible order: T3 read x as [2], but T2 as [1 2], which does not begin with it\n");
}

TEST(ListAppendTest, ATransactionSeesWhatItAppended) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Read("x", {})});
  ExpectOnly(history, Anomaly::kInternal, {0},
             "internal: T0 read x as [], which does not end with [1], which it had appended itself\n");
}

TEST(ListAppendTest, ALostTransactionCountsIfItWasSeen) {
  ListAppendHistory history;
  Add(history, {Read("x", {}), Append("y", 1)}, End::kUnknown);
  Add(history, {Read("y", {}), Append("x", 1)});
  EXPECT_EQ(CheckListAppend(history).verdict, Verdict::kOk);
  Add(history, {Read("y", {1})});
  EXPECT_EQ(Kinds(CheckListAppend(history)), std::vector<Anomaly>{Anomaly::kG2});
}

TEST(ListAppendTest, WithoutStepsTheKindOfACycleIsUnknownButNotThatThereIsOne) {
  ListAppendHistory history;
  Add(history, {Append("x", 1), Append("y", 1)});
  Add(history, {Read("x", {1}), Read("y", {})});
  Add(history, {Read("y", {1})});
  CheckLimits limits;
  limits.steps = 0;
  const ListAppendResult result = CheckListAppend(history, limits);
  EXPECT_TRUE(result.limited);
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.Holds(Isolation::kConsistentView), Verdict::kUnknown);
  EXPECT_NE(result.text.find("our limit of 0 steps was reached"), std::string::npos);
}

// What a store does that runs transactions of up to three operations; sloppy in one of a few ways.
struct Store {
  Prng prng;
  ListAppendHistory history;
  std::map<std::string, Elements> lists;
  int64_t next = 1;

  void Run() {
    const uint32_t clients = 1 + prng.Below(3);
    const uint32_t sloppy = prng.Below(4);
    std::vector<uint32_t> left(clients, 0);
    std::vector<std::map<std::string, Elements>> snapshots(clients);
    uint32_t begun = 0;
    for (int i = 0; i < 60; ++i) {
      const uint32_t client = prng.Below(clients);
      if (left[client] == 0) {
        if (begun == 5) continue;
        ++begun;
        history.Begin(client);
        snapshots[client] = lists;
        left[client] = 1 + prng.Below(4);
        continue;
      }
      const std::string key = prng.Below(2) == 0 ? "x" : "y";
      if (left[client] == 1) {
        Close(client);
      } else if (prng.Below(2) == 0) {
        history.Append(client, key, next);
        lists[key].push_back(next);
        snapshots[client][key].push_back(next++);
      } else {
        history.Read(client, key, sloppy == 0 || prng.Below(4) < sloppy ? lists[key] : snapshots[client][key]);
      }
      --left[client];
    }
  }
  void Close(uint32_t client) {
    const uint32_t end = prng.Below(12);
    if (end == 0) {
      history.Abort(client);
    } else if (end == 1) {
      history.Lose(client);
    } else {
      history.Commit(client);
    }
  }
};

// Whether some of the lost transactions and all committed ones can run one after the other, by trying all orders.
bool IsSerializable(const ListAppendHistory& history) {
  std::vector<size_t> committed, lost;
  for (size_t i = 0; i < history.transactions().size(); ++i) {
    const End end = history.transactions()[i].end;
    if (end == End::kCommitted) committed.push_back(i);
    if (end == End::kUnknown) lost.push_back(i);
  }
  for (uint32_t with = 0; with < 1u << lost.size(); ++with) {
    std::vector<size_t> order = committed;
    for (size_t i = 0; i < lost.size(); ++i) {
      if ((with >> i & 1) != 0) order.push_back(lost[i]);
    }
    std::sort(order.begin(), order.end());
    do {
      std::map<uint32_t, Elements> lists;
      bool right = true;
      for (size_t number : order) {
        for (const auto& operation : history.transactions()[number].operations) {
          if (operation.append) {
            lists[operation.key].push_back(operation.value);
          } else {
            right = right && lists[operation.key] == operation.elements;
          }
        }
      }
      if (right) return true;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return false;
}

TEST(ListAppendTest, NoAnomalyMeansThatThereIsASerialOrder) {
  const uint64_t count = test::Samples(20'000, 500'000);
  std::map<Anomaly, uint64_t> found;
  uint64_t serializable = 0;
  for (uint64_t number = 0; number < count; ++number) {
    Store store{Prng(number), {}, {}, 1};
    store.Run();
    const ListAppendResult result = CheckListAppend(store.history);
    const bool expected = IsSerializable(store.history);
    ASSERT_EQ(result.verdict, expected ? Verdict::kOk : Verdict::kIllegal) << number << "\n" << result.text;
    serializable += expected ? 1 : 0;
    for (const FoundAnomaly& anomaly : result.anomalies) ++found[anomaly.kind];
  }
  EXPECT_GT(serializable, count / 20);
  EXPECT_LT(serializable, count - count / 20);
  for (Anomaly kind : {Anomaly::kG0, Anomaly::kG1a, Anomaly::kG1b, Anomaly::kG1c, Anomaly::kGSingle, Anomaly::kG2}) {
    EXPECT_GT(found[kind], count / 1000) << ToString(kind);
  }
}

TEST(ListAppendDeathTest, MisuseSaysWhatToDo) {
  ListAppendHistory history;
  EXPECT_DEATH(history.Commit(3), "your program called Commit for client 3, which has no transaction open: Begin one");
  EXPECT_DEATH(history.Read(3, "x", {}), "called Read for client 3, which has no transaction open");
  history.Begin(3);
  EXPECT_DEATH(history.Begin(3), "began a transaction of client 3 while its transaction T0 is open");
  history.Append(3, "x", 1);
  EXPECT_DEATH(history.Append(3, "x", 1), "appended 1 to x twice \\(first in T0\\): append different values");
}

}  // namespace
}  // namespace fate::sim::list_append_test
