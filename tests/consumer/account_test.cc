#include "account.h"

#include <gtest/gtest.h>

#include "fate/sim/testing/sim_test.h"
#include "fate/task/when_all.h"

SIM_TEST(Account, KeepsTrackOfEveryWithdrawal) {
  consumer::Account account;
  co_await fate::WhenAll(consumer::Withdraw(account, 30), consumer::Withdraw(account, 20));
  EXPECT_EQ(account.balance, 50);
}
