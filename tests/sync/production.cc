#include "tests/sync/production.h"

#include <cstdint>
#include <functional>
#include <utility>

#include "fate/runtime/event_loop.h"
#include "fate/runtime/timer_queue.h"
#include "fate/task/run_task.h"
#include "fate/task/spawn.h"

namespace fate::test {

namespace {

// An outside in which nothing ever happens, so that a wait for a time ends there at once.
class JumpingPort : public EventPort {
 public:
  int64_t now_ns() override { return now_ns_; }
  absl::Time epoch() const override { return absl::UnixEpoch(); }
  void WaitUntil(int64_t deadline_ns) override {
    FATE_CHECK(deadline_ns != TimerQueue::kNever, "this is a bug in the test: its tasks wait for ever");
    now_ns_ = deadline_ns;
  }
  void Poll() override {}
  void Wake() override {}
  void RunBlocking(std::function<void()>, std::function<void()>) override {}

 private:
  int64_t now_ns_ = 0;
};

Task<> RunAll(std::vector<Task<>> tasks) {
  std::vector<JoinHandle<>> handles;
  for (Task<>& task : tasks) handles.push_back(SpawnNow(std::move(task)));
  for (JoinHandle<>& handle : handles) co_await handle.Join();
}

}  // namespace

void RunInProduction(std::vector<Task<>> tasks) {
  JumpingPort port;
  EventLoop loop(port);
  RunTask(loop, RunAll(std::move(tasks)));
}

}  // namespace fate::test
