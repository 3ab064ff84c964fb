#include "fate/sync/atomic.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/sync/worlds.h"

namespace fate::test {
namespace {

struct Operations : Logged {
  Atomic<int> value{1};
  Task<> Main() {
    log += std::to_string(co_await value.Load());
    co_await value.Store(2);
    log += std::to_string(co_await value.Exchange(3));
    log += std::to_string(co_await value.FetchAdd(4));
    int expected = 0;
    log += co_await value.CompareExchange(expected, 9) ? "y" : "n";
    log += std::to_string(expected);
    log += co_await value.CompareExchange(expected, 9) ? "y" : "n";
    log += std::to_string(value.Peek());
    value.Poke(5);
    log += std::to_string(co_await value.Load());
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

TEST(AtomicTest, OperationsDoWhatTheirNamesSay) {
  EXPECT_EQ(RunQueued<Operations>(), "123n7y95");
  EXPECT_EQ(Enumerate<Operations>(), (Outcomes{{"123n7y95", 1}}));
}

struct Increments : Logged {
  Atomic<int> value{0};
  int left = 2;
  Task<> Add() {
    int before = co_await value.Load();
    co_await value.Store(before + 1);
    if (--left == 0) log = std::to_string(value.Peek());
  }
  std::vector<Task<>> Tasks() { return List(Add(), Add()); }
};

TEST(AtomicTest, LoadThenStoreLosesAnIncrementInFourOfSixExecutions) {
  // Two steps each: 4! / (2! 2!) = 6, of which two run one task after the other.
  EXPECT_EQ(Enumerate<Increments>(), (Outcomes{{"2", 2}, {"1", 4}}));
}

struct FetchAdds : Increments {
  Task<> Add() {
    co_await value.FetchAdd(1);
    if (--left == 0) log = std::to_string(value.Peek());
  }
  std::vector<Task<>> Tasks() { return List(Add(), Add()); }
};

TEST(AtomicTest, FetchAddLosesNone) { EXPECT_EQ(Enumerate<FetchAdds>(), (Outcomes{{"2", 2}})); }

struct Overflows : Logged {
  Atomic<int> whole{std::numeric_limits<int>::max()};
  Atomic<int8_t> small{-128};
  Atomic<std::string> text{"a"};
  Task<> Main() {
    const int before = co_await whole.FetchAdd(1);
    log += std::to_string(before) + " " + std::to_string(whole.Peek());
    const int8_t small_before = co_await small.FetchAdd(-1);
    log += " " + std::to_string(small_before) + " " + std::to_string(small.Peek());
    std::string more = "b";
    const std::string text_before = co_await text.FetchAdd(more);
    log += " " + text_before + " " + text.Peek();
  }
  std::vector<Task<>> Tasks() { return List(Main()); }
};

// No undefined behaviour, which the build with sanitizers would see.
TEST(AtomicTest, FetchAddWrapsRound) {
  EXPECT_EQ(RunQueued<Overflows>(), "2147483647 -2147483648 -128 127 a ab");
  EXPECT_EQ(Enumerate<Overflows>(), (Outcomes{{"2147483647 -2147483648 -128 127 a ab", 1}}));
}

struct OneWinner : Logged {
  Atomic<int> owner{0};
  Task<> Compete(int me) {
    int nobody = 0;
    bool won = co_await owner.CompareExchange(nobody, me);
    log += std::to_string(me) + (won ? "+" : "-");
  }
  std::vector<Task<>> Tasks() { return List(Compete(1), Compete(2)); }
};

TEST(AtomicTest, OneCompareExchangeWins) { EXPECT_EQ(Enumerate<OneWinner>(), (Outcomes{{"1+2-", 1}, {"2+1-", 1}})); }

}  // namespace
}  // namespace fate::test
