// What a signal handler may reach is static here: a handler has no other way.
#include "fate/sim/explore/interrupt.h"

namespace fate::sim {

namespace {

struct sigaction old_action;
volatile sig_atomic_t guarded = 0;
volatile sig_atomic_t came = 0;

void OnInterrupt(int) {
  came = 1;
  ::sigaction(SIGINT, &old_action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guarded != 0) return;
  ::sigaction(SIGINT, nullptr, &old_action);
  if (old_action.sa_handler == SIG_IGN) return;
  outermost_ = true;
  guarded = 1;
  came = 0;
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
}

InterruptGuard::~InterruptGuard() {
  if (!outermost_) return;
  if (came == 0) ::sigaction(SIGINT, &old_action, nullptr);
  guarded = 0;
}

bool InterruptGuard::interrupted() const { return guarded != 0 && came != 0; }

}  // namespace fate::sim
