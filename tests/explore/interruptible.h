// A shell starts what is to run in the background with SIGINT ignored, which a search heeds. Tests of Ctrl-C are not to
// hang on who started them.
#pragma once

#include <csignal>

namespace fate::sim::test {

class Interruptible {
 public:
  Interruptible() : before_(std::signal(SIGINT, SIG_DFL)) {}
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible() { std::signal(SIGINT, before_); }

 private:
  void (*before_)(int);
};

}  // namespace fate::sim::test
