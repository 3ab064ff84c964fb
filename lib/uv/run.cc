#include "fate/uv/run.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "fate/runtime/check.h"
#include "fate/task/failure.h"
#include "fate/uv/signal_watch.h"
#include "fate/uv/uv_event_port.h"

namespace fate {

RunOptions::RunOptions() : signals({SIGINT, SIGTERM}) {}

namespace internal {

namespace {

uint64_t SeedOf(const RunOptions& options) {
  if (options.seed.has_value()) return *options.seed;
  std::random_device entropy;
  return uint64_t{entropy()} << 32 | entropy();
}

}  // namespace

struct UvProgram::Parts {
  explicit Parts(const RunOptions& options) : loop(port, SeedOf(options), options.grace) {
    for (int signal : options.signals) {
      auto stop = [this, signal] {
        stopped_by = signal;
        watches.clear();  // the next one, whichever it is, has its default effect
        loop.Stop();
      };
      watches.push_back(std::make_unique<SignalWatch>(port, signal, SignalWatch::Times::kFirst, stop));
    }
  }

  UvEventPort port;
  EventLoop loop;
  int stopped_by = 0;  // the signal; 0: none
  std::vector<std::unique_ptr<SignalWatch>> watches;
};

UvProgram::UvProgram(const RunOptions& options) {
  FATE_CHECK(context.runtime == nullptr, "your program started a runtime inside a runtime: co_await the task instead");
  parts_ = std::make_unique<Parts>(options);
}

UvProgram::~UvProgram() = default;

EventLoop& UvProgram::loop() { return parts_->loop; }

int UvProgram::ExitCodeOfException() const {
  try {
    throw;
  } catch (const Cancelled&) {
    if (parts_->stopped_by != 0) return 128 + parts_->stopped_by;
    std::fprintf(stderr, "your program: main let Cancelled go, which no signal had caused\n");
  } catch (...) {
    std::fprintf(stderr, "your program: main ended with an exception: %s\n",
                 DescribeException(std::current_exception()).c_str());
  }
  return EXIT_FAILURE;
}

}  // namespace internal
}  // namespace fate
