#include "fate/sim/explore/worker_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fate::sim {

namespace {

constexpr char kGo = 'g';
constexpr char kDone = 'd';

bool SendByte(int fd, char byte) {
  for (;;) {
    // A dead reader is an answer, not a SIGPIPE.
    const ssize_t sent = ::send(fd, &byte, 1, MSG_NOSIGNAL);
    if (sent == 1) return true;
    if (errno != EINTR) return false;
  }
}

// Waits for one. False: the other side is gone.
bool ReceiveByte(int fd) {
  for (;;) {
    char byte = 0;
    const ssize_t received = ::recv(fd, &byte, 1, 0);
    if (received == 1) return true;
    if (received == 0 || errno != EINTR) return false;
  }
}

absl::Status CannotMake(const char* what) {
  const char* advice = errno == EAGAIN ? "; use fewer --fate_jobs, or raise the limit of processes (ulimit -u)" : "";
  return absl::ResourceExhaustedError(
      absl::StrCat("our limit: ", what, " could not be made: ", std::strerror(errno), advice));
}

[[noreturn]] void BeWorker(pid_t parent, int fd, absl::FunctionRef<void(WorkerChannel&)> work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN);
  if (::getppid() == parent) {  // else it died before it could be asked for
    WorkerChannel channel(fd);
    work(channel);
  }
  std::fflush(nullptr);
  ::_exit(0);
}

}  // namespace

bool WorkerChannel::Wait() { return ReceiveByte(fd_); }

void WorkerChannel::Done() {
  std::fflush(nullptr);
  if (!SendByte(fd_, kDone)) {
    // The parent is gone, as the next Wait will tell.
  }
}

absl::StatusOr<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(absl::FunctionRef<void(WorkerChannel&)> work) {
  int fds[2];
  // Of two workers the younger has a copy of the parent's end of the elder's; that the parent has gone is therefore
  // told by prctl too.
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    return CannotMake("a channel for a worker process");
  }
  std::fflush(nullptr);  // or both processes would write what is still in the buffers
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    const absl::Status status = CannotMake("a worker process");
    ::close(fds[0]);
    ::close(fds[1]);
    return status;
  }
  if (pid == 0) {
    ::close(fds[0]);
    BeWorker(parent, fds[1], work);
  }
  ::close(fds[1]);
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, fds[0]));
}

WorkerProcess::~WorkerProcess() {
  Kill();
  ::close(fd_);
}

bool WorkerProcess::Go() { return SendByte(fd_, kGo); }

WorkerProcess::Word WorkerProcess::Heard() {
  char byte = 0;
  const ssize_t received = ::recv(fd_, &byte, 1, MSG_DONTWAIT);
  if (received == 1) return Word::kDone;
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return Word::kNone;
  Kill();  // of one that is dying this changes nothing; one that closed its end would be waited for for ever
  return Word::kDead;
}

void WorkerProcess::Kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  Reap();
}

void WorkerProcess::Reap() {
  if (pid_ == 0) return;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    end_ = absl::StrCat("was ended by signal ", signal, " (", ::strsignal(signal), ")");
  } else {
    end_ = absl::StrCat("ended with exit code ", WEXITSTATUS(status));
  }
}

std::vector<uint32_t> WaitForWords(const std::vector<WorkerProcess*>& workers, absl::Duration longest) {
  std::vector<pollfd> polled;
  for (const WorkerProcess* worker : workers) polled.push_back({worker != nullptr ? worker->fd_ : -1, POLLIN, 0});
  int timeout_ms = -1;
  if (longest != absl::InfiniteDuration()) {
    // Rounded up: who waits for what is left of a budget must not come back before it is gone, again and again.
    const absl::Duration bounded = std::clamp(longest, absl::ZeroDuration(), absl::Hours(1));
    timeout_ms = static_cast<int>(absl::ToInt64Milliseconds(bounded)) + 1;
  }
  std::vector<uint32_t> heard;
  if (::poll(polled.data(), polled.size(), timeout_ms) <= 0) return heard;
  for (uint32_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents != 0) heard.push_back(i);
  }
  return heard;
}

}  // namespace fate::sim
