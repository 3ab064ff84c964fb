// ManualPort: an outside world for tests of the loop: its clock moves only when it is told, or when the
// loop waits, and then at once to the deadline.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "fate/runtime/event_port.h"
#include "fate/runtime/timer_queue.h"

namespace fate::test {

class ManualPort final : public EventPort {
 public:
  int64_t now_ns() override { return now_ns_; }
  absl::Time epoch() const override { return absl::FromUnixSeconds(1'000); }

  void WaitUntil(int64_t deadline_ns) override {
    ++waits;
    if (!events_.empty()) return Poll();
    if (deadline_ns != TimerQueue::kNever) {
      if (deadline_ns > now_ns_) now_ns_ = deadline_ns;
      return;
    }
    if (on_idle) return on_idle();
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [this] { return wakes_ > 0; });
    wakes_ = 0;
  }
  void Poll() override {
    ++polls;
    for (std::deque<std::function<void()>> events = std::exchange(events_, {}); !events.empty();) {
      events.front()();
      events.pop_front();
    }
  }
  void Wake() override {
    std::lock_guard lock(mutex_);
    ++wakes_;
    woken_.notify_one();
  }
  // Blocking work is done when the loop looks outside next.
  void RunBlocking(std::function<void()> work, std::function<void()> done) override {
    AddEvent([work = std::move(work), done = std::move(done)] {
      work();
      done();
    });
  }

  void Advance(absl::Duration duration) { now_ns_ += absl::ToInt64Nanoseconds(duration); }
  // Something that happens outside; delivered when the loop looks.
  void AddEvent(std::function<void()> event) { events_.push_back(std::move(event)); }

  // Called instead of waiting for ever.
  std::function<void()> on_idle;
  int waits = 0;
  int polls = 0;

 private:
  int64_t now_ns_ = 0;
  std::deque<std::function<void()>> events_;
  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
};

}  // namespace fate::test
