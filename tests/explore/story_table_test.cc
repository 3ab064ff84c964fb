#include "fate/sim/explore/story_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "tests/core/simulated.h"

namespace fate::sim::story_table_test {
namespace {

using test::ProgramOf;
using test::RunQuietly;
using ::testing::HasSubstr;
using ::testing::Not;

template <class World>
Execution Told() {
  Settings settings;
  settings.record_accesses = true;
  settings.tell = true;
  return RunQuietly(ProgramOf<World>(), settings);
}

// The table without the numbers of lines, which move.
template <class World>
std::string TableOf(uint64_t max_steps = 400, size_t width = 100) {
  std::string table;
  for (absl::string_view line : absl::StrSplit(TellTable(Told<World>(), max_steps, width), '\n')) {
    const size_t place = line.find(".cc:");
    absl::StrAppend(&table, line.substr(0, place == line.npos ? place : place + 3), "\n");
  }
  table.pop_back();
  return table;
}

struct Sleepers {
  Mutex mutex;
  Shared<int> count{0};
  Task<> Child() {
    MutexGuard guard = co_await mutex.Lock();
    count.Write(count.Read() + 1);
    co_await Sleep(absl::Milliseconds(3));
  }
  Task<> Main() {
    JoinHandle<> first = co_await Spawn(Child(), {.name = "first"});
    JoinHandle<> second = co_await Spawn(Child(), {.name = "second"});
    co_await first.Join();
    co_await second.Join();
  }
};

TEST(StoryTableTest, HasAColumnForEachTaskAndARowForEachStep) {
  EXPECT_EQ(TableOf<Sleepers>(),
            "step  main              first                second               at\n"
            "   1  Spawn first                                                 explore/story_table_test.cc\n"
            "   2  Spawn second                                                explore/story_table_test.cc\n"
            "   3  (blocked)         Lock Mutex 1                              explore/story_table_test.cc\n"
            "                          Read cell 2 = 0                         explore/story_table_test.cc\n"
            "                          Write cell 2 := 1                       explore/story_table_test.cc\n"
            "   4                    (blocked)            Start                explore/story_table_test.cc\n"
            " 3ms                    (woken)\n"
            "   5  (woken)           Sleep                (blocked, woken)     explore/story_table_test.cc\n"
            "                          Unlock Mutex 1                          end of scope\n"
            "   6                    (ended)              Lock Mutex 1         explore/story_table_test.cc\n"
            "                                               Read cell 2 = 1    explore/story_table_test.cc\n"
            "                                               Write cell 2 := 2  explore/story_table_test.cc\n"
            "   7  Join first                             (blocked)            explore/story_table_test.cc\n"
            " 6ms                                         (woken)\n"
            "   8  (blocked, woken)                       Sleep                explore/story_table_test.cc\n"
            "                                               Unlock Mutex 1     end of scope\n"
            "   9  Join second                            (ended)              explore/story_table_test.cc\n");
}

// Places lose their directories first, then cells are continued on the next line.
TEST(StoryTableTest, WhatIsTooWideIsMadeToFit) {
  for (size_t width : {100, 95, 90, 85, 82}) {
    const std::string table = TellTable(Told<Sleepers>(), 400, width);
    EXPECT_NE(table, "") << width;
    for (absl::string_view line : absl::StrSplit(table, '\n')) EXPECT_LE(line.size(), width) << line;
  }
  EXPECT_THAT(TellTable(Told<Sleepers>(), 400, 100), HasSubstr("explore/"));
  EXPECT_THAT(TellTable(Told<Sleepers>(), 400, 90), Not(HasSubstr("explore/")));
  EXPECT_THAT(TableOf<Sleepers>(400, 82),
              HasSubstr("\n   8  (blocked, woken)                    Sleep             story_table_test.cc\n"
                        "                                            Unlock Mutex 1  end of scope\n"));
  // No column is narrower than 16.
  EXPECT_EQ(TellTable(Told<Sleepers>(), 400, 81), "");
}

struct Crowd {
  Atomic<int> cell;
  Task<> Child() { co_await cell.FetchAdd(1); }
  Task<> Main() {
    std::vector<JoinHandle<>> children;
    for (int i = 0; i < 10; ++i) children.push_back(co_await Spawn(Child()));
    for (JoinHandle<>& child : children) co_await child.Join();
  }
};

TEST(StoryTableTest, TooManyTasksAreNoTable) {
  EXPECT_EQ(TellTable(Told<Crowd>()), "");
  EXPECT_NE(TellTable(Told<Crowd>(), 400, 300), "");
  EXPECT_EQ(TellTable(Execution()), "");
}

struct Cancels {
  Task<> Waits() { co_await Sleep(absl::InfiniteDuration()); }
  Task<> Main() {
    JoinHandle<> waits = co_await Spawn(Waits(), {.name = "waits"});
    co_await Yield();
    co_await waits.Cancel();
    try {
      co_await waits.Join();
    } catch (const Cancelled&) {
    }
  }
};

TEST(StoryTableTest, AStepThatThrowsCancelledSaysSo) {
  EXPECT_THAT(TableOf<Cancels>(), HasSubstr("Sleep throws Cancelled"));
}

struct Stuck {
  Mutex mutex;
  Task<> Main() {
    MutexGuard guard = co_await mutex.Lock();
    MutexGuard again = co_await mutex.Lock();
  }
};
struct Fails {
  Task<> Main() {
    co_await Yield();
    FATE_CHECK(false, "your program fails");
  }
};

TEST(StoryTableTest, TheLastRowSaysWhereTheTasksStoodWhenItFailed) {
  EXPECT_THAT(TableOf<Stuck>(), HasSubstr("\n end  (before Lock Mutex 1)\n"));
  EXPECT_THAT(TableOf<Fails>(), HasSubstr("\n end  (fails)\n"));
}

struct Long {
  Atomic<int> cell;
  Task<> Main() {
    for (int i = 0; i < 1000; ++i) co_await cell.Store(i);
  }
};

TEST(StoryTableTest, LeavesOutTheMiddleOfALongOne) {
  const std::string table = TableOf<Long>(10);
  EXPECT_THAT(table, HasSubstr("   5  Store cell 1 := 4    explore/story_table_test.cc\n"
                               "  ... 990 steps left out ...\n"
                               " 996  Store cell 1 := 995  explore/story_table_test.cc\n"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 10 + 1);
}

}  // namespace
}  // namespace fate::sim::story_table_test
