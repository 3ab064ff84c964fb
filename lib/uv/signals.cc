#include "fate/uv/signals.h"

#include <algorithm>

#include "fate/uv/uv_event_port.h"

namespace fate {

SignalStream::SignalStream(std::initializer_list<int> signals, Place place) : Object(ObjectKind::kCustom, place) {
  UvEventPort& port = UvEventPort::Current("SignalStream");
  for (int signal : signals) {
    auto arrived = [this, signal] { Arrived(signal); };
    watches_.push_back(std::make_unique<SignalWatch>(port, signal, SignalWatch::Times::kEach, arrived));
  }
}

SignalStream::~SignalStream() = default;

void SignalStream::Arrived(int signal) {
  if (std::find(pending_.begin(), pending_.end(), signal) != pending_.end()) return;
  pending_.push_back(signal);
  waiters_.Serve();
}

}  // namespace fate
