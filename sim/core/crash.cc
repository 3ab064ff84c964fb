// What a signal handler may reach is static here, and only here: a handler has no other way.
#include "fate/sim/core/crash.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "fate/runtime/context.h"
#include "fate/runtime/simulation.h"

// Present in builds with a sanitizer.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace fate::sim {

namespace {

constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr size_t kFatalCount = sizeof(kFatal) / sizeof(kFatal[0]);
constexpr int kTicksToTimeout = 4;

struct sigaction old_actions[kFatalCount];
struct sigaction old_watchdog_action;
const char* replay_prefix = nullptr;  // null: no guard lives
const char* finding = nullptr;        // null: nothing was found
volatile sig_atomic_t reported = 0;
uint64_t seen_progress = 0;
int ticks = 0;

void Say(const char* text) {
  if (::write(STDERR_FILENO, text, strlen(text)) < 0) {
    // Nowhere to complain.
  }
}

// Writes the schedule so far, once.
void ReportCrash(const char* what) {
  if (context.simulation == nullptr || replay_prefix == nullptr || reported != 0) return;
  reported = 1;
  Say("\nfate: Crashed: your program ");
  Say(what);
  Say(". Replay it:\n  ");
  Say(replay_prefix);
  Say("--fate_replay=");
  context.simulation->WriteScheduleSoFar(STDERR_FILENO);
  Say("\n");
  if (finding == nullptr) return;
  Say("That was while a failure, which was found before, was run again to tell it more simply (--fate_story=0 and "
      "--fate_shrink=0 leave that out). The failure:\n  ");
  Say(finding);
  Say("\n");
}

void OnFatal(int signal, siginfo_t* info, void*) {
  ReportCrash(signal == SIGABRT   ? "aborted"
              : signal == SIGSEGV ? "accessed memory it may not (SIGSEGV)"
                                  : "got a fatal signal");
  // What was there before us (a sanitizer, the default) takes over, on the same fault. One that was sent
  // does not come again by itself.
  for (size_t i = 0; i < kFatalCount; ++i) {
    if (kFatal[i] == signal) ::sigaction(signal, &old_actions[i], nullptr);
  }
  if (info->si_code <= 0) ::raise(signal);
}

void OnSanitizerDeath() { ReportCrash("was stopped by a sanitizer"); }

void OnTick(int) {
  if (context.simulation == nullptr) return;
  uint64_t progress = context.simulation->progress();
  if (progress != seen_progress) {
    seen_progress = progress;
    ticks = 0;
    return;
  }
  if (++ticks < kTicksToTimeout) return;
  ReportCrash("did not reach a scheduling point within --fate_step_timeout: a step blocks or loops for ever");
  ::abort();
}

int WatchdogSignal() { return SIGRTMIN + 5; }

}  // namespace

CrashGuard::CrashGuard(absl::Duration step_timeout, const std::string& replay_command)
    : step_timeout_(step_timeout), replay_command_(replay_command.empty() ? "" : replay_command + " ") {
  if (replay_prefix != nullptr) return;  // an exploration inside another: the outer guard serves
  outermost_ = true;
  replay_prefix = replay_command_.c_str();
  reported = 0;
  InstallHandlers();
  if (step_timeout > absl::ZeroDuration() && step_timeout != absl::InfiniteDuration()) StartWatchdog(step_timeout);
}

void CrashGuard::NoteFinding(const std::string& text) {
  if (!outermost_) return;
  finding = nullptr;  // a handler may come at any time
  finding_ = text;
  finding = finding_.c_str();
}

void CrashGuard::Forked() {
  if (watching_) StartWatchdog(step_timeout_);
}

CrashGuard::~CrashGuard() {
  if (!outermost_) return;
  if (watching_) {
    ::timer_delete(watchdog_);
    ::sigaction(WatchdogSignal(), &old_watchdog_action, nullptr);
  }
  for (size_t i = 0; i < kFatalCount; ++i) ::sigaction(kFatal[i], &old_actions[i], nullptr);
  ::sigaltstack(&old_stack_, nullptr);
  replay_prefix = nullptr;
  finding = nullptr;
}

void CrashGuard::InstallHandlers() {
  const size_t size = 64 * 1024;
  stack_ = std::make_unique<char[]>(size);
  stack_t stack = {};
  stack.ss_sp = stack_.get();
  stack.ss_size = size;
  ::sigaltstack(&stack, &old_stack_);
  struct sigaction action = {};
  action.sa_sigaction = OnFatal;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < kFatalCount; ++i) ::sigaction(kFatal[i], &action, &old_actions[i]);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(OnSanitizerDeath);
}

void CrashGuard::StartWatchdog(absl::Duration step_timeout) {
  ticks = 0;
  struct sigaction action = {};
  action.sa_handler = OnTick;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  ::sigaction(WatchdogSignal(), &action, &old_watchdog_action);
  struct sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = WatchdogSignal();
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
  if (::timer_create(CLOCK_MONOTONIC, &event, &watchdog_) != 0) return;
  watching_ = true;
  itimerspec interval = {};
  interval.it_interval = absl::ToTimespec(step_timeout / kTicksToTimeout);
  interval.it_value = interval.it_interval;
  ::timer_settime(watchdog_, 0, &interval, nullptr);
}

}  // namespace fate::sim
