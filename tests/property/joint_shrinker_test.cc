#include "fate/sim/property/joint_shrinker.h"

#include <ostream>
#include <string>
#include <vector>

#include "fate/runtime/shared.h"
#include "fate/sim/property/check_property.h"
#include "fate/task/spawn.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fate::sim::test {

struct Transfer {
  int from = 0;
  int to = 0;
  int amount = 0;
};

std::ostream& operator<<(std::ostream& stream, const Transfer& transfer) {
  return stream << transfer.amount << " from " << transfer.from << " to " << transfer.to;
}

}  // namespace fate::sim::test

template <>
struct rc::Arbitrary<fate::sim::test::Transfer> {
  static Gen<fate::sim::test::Transfer> arbitrary() {
    using fate::sim::test::Transfer;
    return gen::build<Transfer>(gen::set(&Transfer::from, gen::inRange(0, 5)),
                                gen::set(&Transfer::to, gen::inRange(0, 5)),
                                gen::set(&Transfer::amount, gen::inRange(1, 100)));
  }
};

namespace fate::sim {
namespace {

using test::Transfer;
using ::testing::HasSubstr;

// Five accounts; each transfer is a task. Between reading and writing others may run: a lost update.
struct Bank {
  std::vector<int> accounts = std::vector<int>(5, 100);
  int Total() const { return accounts[0] + accounts[1] + accounts[2] + accounts[3] + accounts[4]; }
  Task<> Move(Transfer transfer) {
    const int seen = accounts[static_cast<size_t>(transfer.from)];
    co_await Yield();
    accounts[static_cast<size_t>(transfer.from)] = seen - transfer.amount;
    accounts[static_cast<size_t>(transfer.to)] += transfer.amount;
  }
};

Task<> TwentyTransfers(std::vector<Transfer> transfers) {
  Bank bank;
  std::vector<Task<>> moves;
  for (const Transfer& transfer : transfers) moves.push_back(bank.Move(transfer));
  co_await WhenAll(std::move(moves));
  RC_ASSERT(bank.Total() == 500);
}

TEST(JointShrinkerTest, ABankShrinksToTwoTransfers) {
  const PropertyReport report = CheckProperty(&TwentyTransfers);
  EXPECT_FALSE(report.passed());
  std::cout << report.ToText();
}

}  // namespace
}  // namespace fate::sim
