// The usage of fate/uv/signals.h.
#include "fate/uv/signals.h"

#include <gtest/gtest.h>

#include <csignal>

#include "fate/uv/run.h"

namespace fate::signals_example_test {
namespace {

int reloads = 0;
void Reload() { ++reloads; }

Task<> Serve() {
  SignalStream signals({SIGHUP, SIGUSR1});
  std::raise(SIGHUP);
  std::raise(SIGUSR1);
  for (;;) {
    int signal = co_await signals.Next();
    if (signal == SIGUSR1) co_return;
    Reload();
  }
}

TEST(SignalsExample, CompilesAndRuns) {
  fate::Run(Serve());
  EXPECT_EQ(reloads, 1);
}

}  // namespace
}  // namespace fate::signals_example_test
