#include "fate/uv/signal_watch.h"

#include <uv.h>

#include <string>
#include <utility>

#include "fate/runtime/check.h"
#include "fate/uv/uv_event_port.h"

namespace fate {

struct SignalWatch::Handle {
  uv_signal_t signal;
  std::function<void()> callback;
};

SignalWatch::SignalWatch(UvEventPort& port, int signal, Times times, std::function<void()> callback)
    : handle_(new Handle{{}, std::move(callback)}) {
  uv_signal_init(port.loop(), &handle_->signal);
  handle_->signal.data = handle_;
  auto start = times == Times::kEach ? uv_signal_start : uv_signal_start_oneshot;
  auto call = [](uv_signal_t* handle, int) { static_cast<Handle*>(handle->data)->callback(); };
  int result = start(&handle_->signal, call, signal);
  FATE_CHECK(result == 0, "your program asked for signal " + std::to_string(signal) +
                              ", which nobody can have: " + uv_strerror(result));
}

SignalWatch::~SignalWatch() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->signal),
           [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

}  // namespace fate
