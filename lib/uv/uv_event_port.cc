#include "fate/uv/uv_event_port.h"

#include <uv.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "fate/runtime/check.h"
#include "fate/runtime/context.h"
#include "fate/runtime/event_loop.h"
#include "fate/runtime/simulation.h"

namespace fate {

namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// Longer waits are cut: the loop asks again.
constexpr int64_t kWaitMaxMs = int64_t{24} * 3600 * 1000;

void Require(int result, const char* call) {
  FATE_CHECK(result == 0, std::string("our limit: ") + call + " failed: " + uv_strerror(result));
}

uv_handle_t* Handle(void* handle) { return static_cast<uv_handle_t*>(handle); }

}  // namespace

struct UvEventPort::Handles {
  uv_loop_t loop;
  uv_timer_t timer;  // ends a wait
  uv_async_t wake;
};

// A piece of blocking work. Owned by libuv while it is under way.
struct UvEventPort::Work {
  uv_work_t request;
  UvEventPort* port;
  std::function<void()> work;
  std::function<void()> done;
};

UvEventPort::UvEventPort() : handles_(std::make_unique<Handles>()), start_ns_(uv_hrtime()), epoch_(absl::Now()) {
  Require(uv_loop_init(&handles_->loop), "uv_loop_init");
  Require(uv_timer_init(&handles_->loop, &handles_->timer), "uv_timer_init");
  Require(uv_async_init(&handles_->loop, &handles_->wake, [](uv_async_t*) {}), "uv_async_init");
}

UvEventPort::~UvEventPort() {
  closing_ = true;
  uv_close(Handle(&handles_->timer), nullptr);
  uv_close(Handle(&handles_->wake), nullptr);
  // Ends when all handles are closed and all work is done.
  uv_run(&handles_->loop, UV_RUN_DEFAULT);
  int result = uv_loop_close(&handles_->loop);
  FATE_CHECK_IN_DESTRUCTOR(result == 0, "this is a bug in fate: handles of libuv are left open");
}

UvEventPort& UvEventPort::Current(const char* who) {
  if (context.simulation != nullptr) {
    context.simulation->Unsupported(
        std::string("your program used ") + who +
            ", which only the production loop has: in the simulator, model what is outside as a task",
        Place());
  }
  auto* loop = dynamic_cast<EventLoop*>(context.runtime);
  auto* port = loop == nullptr ? nullptr : dynamic_cast<UvEventPort*>(&loop->port());
  FATE_CHECK(port != nullptr,
             std::string("your program used ") + who + " outside fate::Run: it needs the loop of libuv");
  return *port;
}

uv_loop_s* UvEventPort::loop() { return &handles_->loop; }

int64_t UvEventPort::now_ns() { return static_cast<int64_t>(uv_hrtime() - start_ns_); }

void UvEventPort::WaitUntil(int64_t deadline_ns) {
  int64_t wait_ns = deadline_ns - now_ns();
  if (wait_ns <= 0) return Poll();
  // Not later than a day, and rounded up: else the loop would wake just before the deadline, and turn
  // for nothing.
  int64_t wait_ms = std::min((wait_ns - 1) / kNsPerMs + 1, kWaitMaxMs);
  uv_update_time(&handles_->loop);
  uv_timer_start(&handles_->timer, [](uv_timer_t*) {}, static_cast<uint64_t>(wait_ms), 0);
  uv_run(&handles_->loop, UV_RUN_ONCE);
  uv_timer_stop(&handles_->timer);
}

void UvEventPort::Poll() { uv_run(&handles_->loop, UV_RUN_NOWAIT); }

void UvEventPort::Wake() { uv_async_send(&handles_->wake); }

void UvEventPort::RunBlocking(std::function<void()> work, std::function<void()> done) {
  auto* task = new Work{{}, this, std::move(work), std::move(done)};
  task->request.data = task;
  auto run = [](uv_work_t* request) { static_cast<Work*>(request->data)->work(); };
  auto finish = [](uv_work_t* request, int) {
    std::unique_ptr<Work> finished(static_cast<Work*>(request->data));
    if (!finished->port->closing_) finished->done();
  };
  Require(uv_queue_work(&handles_->loop, &task->request, run, finish), "uv_queue_work");
}

}  // namespace fate
