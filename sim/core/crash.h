// CrashGuard: a crash of the program under test still prints the schedule that led there.
//
// While it lives, a fatal signal, an abort, a sanitizer's report, or a step that does not reach a
// scheduling point in time writes the schedule so far to stderr and lets the crash take its course.
// Runs on an alternate signal stack and calls only async-signal-safe functions.
// One at a time in a process. Tested by tests/core/crash_test.cc.
#pragma once

#include <signal.h>
#include <time.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace fate::sim {

class CrashGuard {
 public:
  // `step_timeout`: zero for none. `replay_command` precedes the schedule in what is printed.
  CrashGuard(absl::Duration step_timeout, const std::string& replay_command);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

  // What was found before, and how to replay it: a crash prints that too. It comes of running the program again, under
  // other settings, to tell the failure more simply, and would else be all that is heard of it.
  void NoteFinding(const std::string& finding);

  // In a process forked while it lives: steps are watched there too; a timer does not go through a fork. The rest does.
  void Forked();

 private:
  void InstallHandlers();
  void StartWatchdog(absl::Duration step_timeout);

  absl::Duration step_timeout_;
  std::string replay_command_;
  std::string finding_;
  std::unique_ptr<char[]> stack_;
  stack_t old_stack_;
  timer_t watchdog_;
  bool watching_ = false;
  bool outermost_ = false;
};

}  // namespace fate::sim
