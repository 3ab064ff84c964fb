// WorkerProcess: a copy of this process that does one thing, and tells the parent by single bytes.
//
//   absl::StatusOr<std::unique_ptr<WorkerProcess>> worker = WorkerProcess::Start([](WorkerChannel& channel) {
//     while (channel.Wait()) { ...; channel.Done(); }
//   });
//   (*worker)->Go();
//
// Forked without exec, so that it has the program under test as it stands; therefore REQUIRES that no other thread runs
// in the parent that may hold a lock the program needs. It ends with its function, with the parent, or when the object
// goes, at once; destructors of statics do not run, what was printed is written. SIGINT is the parent's business: it is
// ignored here. Linux. Tested by tests/explore/worker_process_test.cc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace fate::sim {

// The end of the channel that is in the worker.
class WorkerChannel {
 public:
  explicit WorkerChannel(int fd) : fd_(fd) {}
  // Until the parent says Go. False: the parent is gone.
  bool Wait();
  // Answers it. What was printed until here is written before.
  void Done();

 private:
  int fd_;
};

class WorkerProcess {
 public:
  // Errors: our limit, no process could be made (EAGAIN: too many), or no channel.
  static absl::StatusOr<std::unique_ptr<WorkerProcess>> Start(absl::FunctionRef<void(WorkerChannel&)> work);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Whether it was alive to hear it.
  bool Go();
  // What it said, or that it is dead; without waiting.
  enum class Word : uint8_t { kNone, kDone, kDead };
  Word Heard();
  // Ends it at once.
  void Kill();
  // Once it is dead: "was ended by signal 11 (Segmentation fault)", "ended with exit code 3".
  const std::string& end() const { return end_; }

 private:
  WorkerProcess(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  void Reap();

  friend std::vector<uint32_t> WaitForWords(const std::vector<WorkerProcess*>& workers, absl::Duration longest);

  pid_t pid_;  // 0: reaped
  int fd_;
  std::string end_;
};

// Waits until Heard() of one of `workers` tells more than nothing; at most so long, or until a signal comes. Returns
// the indexes of those. Null ones are passed over.
std::vector<uint32_t> WaitForWords(const std::vector<WorkerProcess*>& workers, absl::Duration longest);

}  // namespace fate::sim
