// SignalWatch: a function that is called when the process gets a signal; behind signals.h and run.h.
//
// Called by the loop, between two steps, not in a signal handler. Several may watch one signal.
// Confined to the thread of the port. Tested by tests/uv/signals_test.cc.
#pragma once

#include <functional>

namespace fate {

class UvEventPort;

class SignalWatch {
 public:
  enum class Times {
    kEach,
    // Once. From the moment in which the signal arrives, even before the function is called, the next
    // one has its default effect, unless somebody else watches it.
    kFirst,
  };
  SignalWatch(UvEventPort& port, int signal, Times times, std::function<void()> callback);
  // May be called inside the callback.
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct Handle;
  Handle* handle_;  // deletes itself once libuv has closed it
};

}  // namespace fate
