// An account that two tasks use: what main.cc runs on libuv and account_test.cc under the simulator.
#pragma once

#include "absl/time/time.h"
#include "fate/sync/mutex.h"
#include "fate/task/task.h"
#include "fate/time/sleep.h"

namespace consumer {

struct Account {
  fate::Mutex mutex;
  int balance = 100;
};

// Any other task may run between reading the balance and writing it, so the mutex is held.
inline fate::Task<> Withdraw(Account& account, int amount) {
  fate::MutexGuard guard = co_await account.mutex.Lock();
  int seen = account.balance;
  co_await fate::Sleep(absl::Milliseconds(1));
  account.balance = seen - amount;
}

}  // namespace consumer
