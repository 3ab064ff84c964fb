#include "fate/sim/testing/corpus.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "fate/sim/core/named_schedule.h"
#include "fate/sim/testing/sim_test.h"
#include "fate/sync/atomic.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/subprocess.h"

namespace fate::sim {
namespace {

using test::Ended;
using test::RunTest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CorpusTest : public ::testing::Test {
 protected:
  CorpusTest() : file_(::testing::TempDir() + "/fate_corpus_" + std::to_string(getpid())) { Remove(); }
  ~CorpusTest() override { Remove(); }
  void Remove() const { std::filesystem::remove(file_); }
  void Write(const std::string& text) const { std::ofstream(file_) << text; }
  std::string Read() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }
  std::string ErrorOf(bool writes) const {
    Corpus corpus;
    return std::string(corpus.Open(file_, writes).message());
  }
  std::string Flag() const { return "--fate_corpus=" + file_; }

  std::string file_;
};

std::string Text(uint64_t seed) { return NamedSchedule{Interleaving::kOperation, seed, {}}.ToText(); }

TEST_F(CorpusTest, GivesTheEntriesOfATestInTheirOrder) {
  Write("# old failures\n\nA.X " + Text(1) + "\nB.Y reproduce=abc " + Text(2) + "\n  A.X\t" + Text(3) + "\r\n");
  Corpus corpus;
  ASSERT_TRUE(corpus.Open(file_, false).ok());
  EXPECT_THAT(corpus.Of("A.X"), ElementsAre(CorpusEntry{"A.X", "", Text(1)}, CorpusEntry{"A.X", "", Text(3)}));
  EXPECT_THAT(corpus.Of("B.Y"), ElementsAre(CorpusEntry{"B.Y", "reproduce=abc", Text(2)}));
  EXPECT_THAT(corpus.Of("A"), ElementsAre());
}

TEST_F(CorpusTest, AddsWhatItDoesNotHaveAndOnlyIfItWrites) {
  Corpus corpus;
  ASSERT_TRUE(corpus.Open(file_, true).ok());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(corpus.Add({"A.X", "", Text(1)}).ok());
  EXPECT_TRUE(corpus.Add({"B.Y", "reproduce=abc", Text(1)}).ok());
  EXPECT_EQ(Read(), "A.X " + Text(1) + "\nB.Y reproduce=abc " + Text(1) + "\n");
  Corpus reader;
  ASSERT_TRUE(reader.Open(file_, false).ok());
  EXPECT_EQ(reader.Of("B.Y").size(), 1u);
  EXPECT_TRUE(reader.Add({"C.Z", "", Text(1)}).ok());
  EXPECT_THAT(Read(), Not(HasSubstr("C.Z")));
}

TEST_F(CorpusTest, WithoutAFileThereIsNothing) {
  Corpus corpus;
  EXPECT_TRUE(corpus.Add({"A.X", "", Text(1)}).ok());
  EXPECT_THAT(corpus.Of("A.X"), ElementsAre());
}

TEST_F(CorpusTest, AFileThatCannotBeReadIsAnErrorThatSaysWhatToDo) {
  EXPECT_THAT(ErrorOf(false), AllOf(HasSubstr("cannot read " + file_), HasSubstr("--fate_corpus_write")));
  EXPECT_EQ(ErrorOf(true), "");
  Write("A.X " + Text(1) + "\nA.X\n");
  EXPECT_THAT(ErrorOf(false), HasSubstr(file_ + ":2: a line is a test"));
  Write("A.X fate1n-operation-s1-c0\n");
  EXPECT_THAT(ErrorOf(true), HasSubstr(file_ + ":1: not a schedule by name: the checksum"));
}

TEST_F(CorpusTest, AFileThatCannotBeWrittenIsAnError) {
  Corpus corpus;
  ASSERT_TRUE(corpus.Open("/nowhere/corpus", true).ok());
  EXPECT_EQ(corpus.Add({"A.X", "", Text(1)}).message(), "--fate_corpus_write: cannot write /nowhere/corpus");
}

// --- in a test binary ---------------------------------------------------------------------------

Task<> Increment(Atomic<int>& counter, bool at_once) {
  if (at_once) {
    co_await counter.FetchAdd(1);
    co_return;
  }
  int before = co_await counter.Load();
  co_await counter.Store(before + 1);
}

Task<> Twice(Atomic<int>& counter, bool at_once) {
  JoinHandle<> first = co_await Spawn(Increment(counter, at_once));
  JoinHandle<> second = co_await Spawn(Increment(counter, at_once));
  co_await first.Join();
  co_await second.Join();
}

SIM_TEST(InCorpus, DISABLED_Broken) {
  Atomic<int> counter;
  co_await Twice(counter, false);
  EXPECT_EQ(counter.Peek(), 2) << "an update was lost";
}

SIM_TEST(InCorpus, DISABLED_Fixed) {
  Atomic<int> counter;
  co_await Twice(counter, true);
  EXPECT_EQ(counter.Peek(), 2) << "an update was lost";
}

SIM_TEST(InCorpus, DISABLED_Skips) {
  co_await Yield();
  CO_SKIP() << "not on this machine";
}

const char kBroken[] = "InCorpus.DISABLED_Broken";
const char kFixed[] = "InCorpus.DISABLED_Fixed";

TEST_F(CorpusTest, AFailureIsWrittenAndTriedBeforeTheNextSearch) {
  EXPECT_EQ(RunTest(kBroken, Flag() + " --fate_corpus_write").exit_code, 1);
  EXPECT_THAT(Read(), HasSubstr(std::string(kBroken) + " fate1n-operation-"));
  // A quiet search alone would pass.
  EXPECT_EQ(RunTest(kBroken, "--fate_strategy=fifo").exit_code, 0);
  const std::string before = Read();
  const Ended ended = RunTest(kBroken, Flag() + " --fate_corpus_write --fate_strategy=fifo");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("an update was lost"), HasSubstr("it fails again, as it is")));
  EXPECT_EQ(Read(), before) << "what is there is not written again";
}

TEST_F(CorpusTest, WithoutTheFlagNothingIsWritten) {
  Write("# mine\n");
  EXPECT_EQ(RunTest(kBroken, Flag()).exit_code, 1);
  EXPECT_EQ(Read(), "# mine\n");
}

TEST_F(CorpusTest, WhatDoesNotFailAgainIsToldAndTheSearchGoesOn) {
  EXPECT_EQ(RunTest(kBroken, Flag() + " --fate_corpus_write").exit_code, 1);
  std::string text = Read();
  Write(text.replace(0, std::string(kBroken).size(), kFixed));
  const Ended ended = RunTest(kFixed, Flag());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Passed: 1000 executions"),
                                  HasSubstr("corpus: The old schedule: followed 0 of 1 deviation; first not: task ")));
}

TEST_F(CorpusTest, ATestThatSkipsIsSkipped) {
  Write("InCorpus.DISABLED_Skips " + Text(1) + "\n");
  const Ended ended = RunTest("InCorpus.DISABLED_Skips", Flag());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("not on this machine"));
}

TEST_F(CorpusTest, BadFilesAreSaidAtTheBeginning) {
  Ended ended = RunTest(kFixed, Flag());
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("fate: --fate_corpus: cannot read"));
  ended = RunTest(kFixed, "--fate_corpus_write");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("--fate_corpus_write needs a file to write to: --fate_corpus=FILE"));
}

// As an editor may leave it.
TEST_F(CorpusTest, AnEntryIsAddedBehindALastLineThatLacksItsEnd) {
  Write("A.X " + Text(1));
  Corpus corpus;
  ASSERT_TRUE(corpus.Open(file_, true).ok());
  EXPECT_TRUE(corpus.Add({"B.Y", "", Text(2)}).ok());
  EXPECT_EQ(Read(), "A.X " + Text(1) + "\nB.Y " + Text(2) + "\n");
}

}  // namespace
}  // namespace fate::sim
