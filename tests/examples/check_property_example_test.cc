#include "fate/sim/property/check_property.h"

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <utility>
#include <vector>

#include "fate/sync/mutex.h"
#include "fate/task/when_all.h"
#include "gtest/gtest.h"

namespace fate::check_property_example_test {
namespace {

using Transfer = int;  // what goes from the one account to the other

struct Bank {
  Mutex mutex;
  int from = 500;
  int to = 0;

  Task<> Move(Transfer amount) {
    MutexGuard guard = co_await mutex.Lock();
    from -= amount % 1000;
    to += amount % 1000;
  }
  Task<> Run(const std::vector<Transfer>& transfers, size_t first, size_t step) {
    for (size_t i = first; i < transfers.size(); i += step) co_await Move(transfers[i]);
  }
  // Dealt to one to three tasks.
  Task<> RunAll(const std::vector<Transfer>& transfers, int clients) {
    size_t count = static_cast<size_t>(std::clamp(clients, 1, 3));
    std::vector<Task<>> tasks;
    for (size_t i = 0; i < count; ++i) tasks.push_back(Run(transfers, i, count));
    co_await WhenAll(std::move(tasks));
  }
  int Total() const { return from + to; }
};

TEST(CheckPropertyExample, Passes) {
  auto keeps_money = [](std::vector<Transfer> transfers, int clients) -> Task<> {
    Bank bank;
    co_await bank.RunAll(transfers, clients);
    RC_ASSERT(bank.Total() == 500);
  };
  sim::PropertyReport report = sim::CheckProperty(keeps_money);
  if (!report.passed()) std::cerr << report.ToText();
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.cases, report.cases_asked);
}

}  // namespace
}  // namespace fate::check_property_example_test
