#include <cstdio>

#include "account.h"
#include "fate/task/when_all.h"
#include "fate/uv/run.h"

namespace {

fate::Task<int> Main() {
  consumer::Account account;
  co_await fate::WhenAll(consumer::Withdraw(account, 30), consumer::Withdraw(account, 20));
  co_return account.balance;
}

}  // namespace

int main() {
  int balance = fate::Run(Main());
  std::printf("%d are left\n", balance);
  return balance == 50 ? 0 : 1;
}
