// A bank with a lost update, and transfers as rapidcheck makes them: what tests of shrinking share.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <cstddef>
#include <ostream>
#include <tuple>
#include <utility>
#include <vector>

#include "fate/sim/property/property_case.h"
#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"

namespace fate::sim::test {

struct Transfer {
  size_t from = 0;
  size_t to = 0;
  int amount = 0;
};

inline std::ostream& operator<<(std::ostream& stream, const Transfer& transfer) {
  return stream << transfer.amount << " from " << transfer.from << " to " << transfer.to;
}

class Bank {
 public:
  static constexpr int kAll = 500;
  int Total() const {
    int total = 0;
    for (const Atomic<int>& account : accounts_) total += account.Peek();
    return total;
  }
  // Another may withdraw between the two.
  Task<> Move(Transfer transfer) {
    const int seen = co_await accounts_[transfer.from].Load();
    co_await accounts_[transfer.from].Store(seen - transfer.amount);
    co_await accounts_[transfer.to].FetchAdd(transfer.amount);
  }
  // Each a task.
  Task<> MoveAll(std::vector<Transfer> transfers) {
    std::vector<Task<>> moves;
    for (const Transfer& transfer : transfers) moves.push_back(Move(transfer));
    co_await WhenAll(std::move(moves));
  }

 private:
  std::array<Atomic<int>, 5> accounts_{Atomic<int>(100), Atomic<int>(100), Atomic<int>(100), Atomic<int>(100),
                                       Atomic<int>(100)};
};

inline Task<> KeepsTheMoney(std::vector<Transfer> transfers) {
  Bank bank;
  co_await bank.MoveAll(std::move(transfers));
  RC_ASSERT(bank.Total() == Bank::kAll);
}

}  // namespace fate::sim::test

template <>
struct rc::Arbitrary<fate::sim::test::Transfer> {
  static Gen<fate::sim::test::Transfer> arbitrary() {
    using fate::sim::test::Transfer;
    // Never to the same account.
    return gen::map(gen::tuple(gen::inRange<size_t>(0, 5), gen::inRange<size_t>(0, 4), gen::inRange(1, 100)),
                    [](const std::tuple<size_t, size_t, int>& all) {
                      const auto [from, further, amount] = all;
                      return Transfer{from, (from + 1 + further) % 5, amount};
                    });
  }
};

namespace fate::sim::test {

// Exactly twenty, which shrink to fewer.
struct TwentyTransfers {
  std::vector<Transfer> transfers;
};

inline std::ostream& operator<<(std::ostream& stream, const TwentyTransfers& twenty) {
  return stream << rc::toString(twenty.transfers);
}

}  // namespace fate::sim::test

template <>
struct rc::Arbitrary<fate::sim::test::TwentyTransfers> {
  static Gen<fate::sim::test::TwentyTransfers> arbitrary() {
    using fate::sim::test::Transfer;
    using fate::sim::test::TwentyTransfers;
    using Transfers = std::vector<Transfer>;
    // A vector of fixed length does not shrink in length, so the shrinks of an ordinary one are put after it.
    const auto twenty = [](const Random& random, int) {
      const auto first = gen::container<Transfers>(20, gen::arbitrary<Transfer>())(random, kNominalSize).value();
      return shrinkable::shrinkRecur(first, [](const Transfers& all) {
        return seq::concat(shrink::removeChunks(all), shrink::eachElement(all, [](const Transfer& one) {
                             return seq::map(shrink::towards(one.amount, 1),
                                             [one](int amount) { return Transfer{one.from, one.to, amount}; });
                           }));
      });
    };
    return gen::map(Gen<Transfers>(twenty), [](Transfers&& all) { return TwentyTransfers{std::move(all)}; });
  }
};
