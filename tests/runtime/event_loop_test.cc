// The production loop on a clock that is moved by hand: order of a turn, without real time.
#include "fate/runtime/event_loop.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "fate/task/run_task.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"

namespace fate {
namespace {

// Waiting moves the clock to the deadline at once; blocking work runs at the next wait.
class ManualPort final : public EventPort {
 public:
  int64_t now_ns() override { return now_ns_; }
  absl::Time epoch() const override { return absl::UnixEpoch(); }
  void WaitUntil(int64_t deadline_ns) override {
    Poll();
    if (deadline_ns != TimerQueue::kNever && deadline_ns > now_ns_) now_ns_ = deadline_ns;
  }
  void Poll() override {
    for (; !work_.empty(); work_.pop_front()) {
      work_.front().first();
      work_.front().second();
    }
  }
  void Wake() override {}
  void RunBlocking(std::function<void()> work, std::function<void()> done) override {
    work_.emplace_back(std::move(work), std::move(done));
  }

 private:
  int64_t now_ns_ = 0;
  std::deque<std::pair<std::function<void()>, std::function<void()>>> work_;
};

Task<> Log(std::string& log, char name, int yields) {
  log += name;
  for (; yields > 0; --yields) {
    co_await Yield();
    log += name;
  }
}

TEST(EventLoopTest, ReadyTasksRunFirstInFirstOutAndASpawnedChildGoesToTheBack) {
  ManualPort port;
  EventLoop loop(port, 1);
  std::string log;
  auto main = [&]() -> Task<> {
    JoinHandle<> a = co_await Spawn(Log(log, 'a', 1));
    JoinHandle<> b = co_await Spawn(Log(log, 'b', 1));
    log += 'm';
    co_await a.Join();
    co_await b.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "mabab");
}

TEST(EventLoopTest, TimersFireByDeadlineThenByArming) {
  ManualPort port;
  EventLoop loop(port, 1);
  std::string log;
  auto sleeper = [](std::string& log, int ms, char name) -> Task<> {
    co_await Sleep(absl::Milliseconds(ms));
    log += name;
  };
  auto main = [&]() -> Task<> {
    JoinHandle<> a = co_await Spawn(sleeper(log, 20, 'a'));
    JoinHandle<> b = co_await Spawn(sleeper(log, 10, 'b'));
    JoinHandle<> c = co_await Spawn(sleeper(log, 20, 'c'));
    co_await a.Join();
    co_await b.Join();
    co_await c.Join();
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "bac");
  EXPECT_EQ(port.now_ns(), 20'000'000);
}

TEST(EventLoopTest, BlockingWorkComesBackBetweenSteps) {
  ManualPort port;
  EventLoop loop(port, 1);
  std::string log;
  auto main = [&]() -> Task<> {
    CurrentRuntime().RunBlocking([&log] { log += "work "; }, [&log] { log += "done "; });
    co_await Sleep(absl::Seconds(1));
    log += "awake";
  };
  RunTask(loop, main());
  EXPECT_EQ(log, "work done awake");
}

TEST(EventLoopTest, ALoopRunsOneProgramAfterAnother) {
  ManualPort port;
  EventLoop loop(port, 1);
  auto main = []() -> Task<int> { co_return 7; };
  EXPECT_EQ(RunTask(loop, main()), 7);
  EXPECT_EQ(RunTask(loop, main()), 7);
}

}  // namespace
}  // namespace fate
