#include "fate/sim/testing/property.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <ostream>
#include <utility>
#include <vector>

#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"
#include "gtest/gtest.h"

namespace fate::property_example {

struct Transfer {
  size_t from = 0;
  size_t to = 0;
  int amount = 0;
};

std::ostream& operator<<(std::ostream& stream, const Transfer& transfer) {
  return stream << transfer.amount << " from " << transfer.from << " to " << transfer.to;
}

class Accounts {
 public:
  explicit Accounts(size_t count) : count_(count) {
    for (size_t i = 0; i < count; ++i) balances_[i] = 100;
  }
  // Dealt to so many tasks.
  Task<> RunAll(const std::vector<Transfer>& transfers, int clients) {
    std::vector<Task<>> tasks;
    for (int i = 0; i < clients; ++i) {
      tasks.push_back(Run(transfers, static_cast<size_t>(i), static_cast<size_t>(clients)));
    }
    co_await WhenAll(std::move(tasks));
  }
  int Total() const {
    int total = 0;
    for (int balance : balances_) total += balance;
    return total;
  }

 private:
  Task<> Run(const std::vector<Transfer>& transfers, size_t first, size_t step) {
    for (size_t i = first; i < transfers.size(); i += step) {
      co_await moves_.FetchAdd(1);
      balances_[transfers[i].from % count_] -= transfers[i].amount;
      balances_[transfers[i].to % count_] += transfers[i].amount;
    }
  }

  size_t count_;
  std::array<int, 8> balances_{};
  Atomic<int> moves_;
};

}  // namespace fate::property_example

template <>
struct rc::Arbitrary<fate::property_example::Transfer> {
  static Gen<fate::property_example::Transfer> arbitrary() {
    using fate::property_example::Transfer;
    return gen::build<Transfer>(gen::set(&Transfer::from, gen::inRange<size_t>(0, 5)),
                                gen::set(&Transfer::to, gen::inRange<size_t>(0, 5)),
                                gen::set(&Transfer::amount, gen::inRange(1, 100)));
  }
};

namespace fate::property_example {

SIM_PROPERTY(Bank, KeepsTheMoney, (std::vector<Transfer> transfers, int clients)) {
  Accounts accounts(5);
  co_await accounts.RunAll(transfers, 1 + std::abs(clients % 3));
  RC_ASSERT(accounts.Total() == 500);
}

}  // namespace fate::property_example
