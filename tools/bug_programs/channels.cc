// Bugs in the use of channels: B07, B18, B30, B48.
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/channel.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/task/spawn.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {
namespace {

// --- B07: a worker is blocked for ever on the done channel of a parent that has returned --------
//
// Source: grpc/grpc-go PR 660 (GoBench GoKer grpc/660). What fails: the parent's select takes the
// stop while its worker is about to send on a channel without room. The fix: room for one.
struct Benchmark {
  static constexpr int kCalls = 4;
  explicit Benchmark(Variant variant) : capacity(variant == Variant::kFixed ? 1 : 0) {}

  Task<> Work(Channel<bool>& done) { co_await done.Send(true); }
  Task<> CloseLoopUnary() {
    for (int i = 0; i < kCalls; ++i) {
      calls.push_back(std::make_unique<Channel<bool>>(capacity));
      Channel<bool>& done = *calls.back();
      workers.push_back(co_await Spawn(Work(done)));
      auto first = co_await Select(stop.Receive(), done.Receive());
      if (first.index() == 0) co_return;
    }
    co_await stop.Receive();
  }
  Task<> Stop() { co_await stop.Send(true); }

  size_t capacity;
  Channel<bool> stop;
  std::vector<std::unique_ptr<Channel<bool>>> calls;
  std::vector<JoinHandle<>> workers;
};

// --- B18: select! cancels a half-finished read of a frame ---------------------------------------
//
// Source: n0-computer/iroh PR 2572; the same in vnvo/pgwire-replication PR 6. What fails: a tick wins
// the select! after the length has been consumed, the future that knew it is dropped, and the next
// read takes the frame's body for a length. The fix: what was read is kept outside the future.
struct Connection {
  explicit Connection(Variant variant) : keeps(variant == Variant::kFixed) {}

  Task<> Feed() {
    for (char byte : {'2', 'a', 'b', '1', 'c'}) co_await wire.Send(byte);
  }
  Task<> Tick() { co_await ticks.Send(1); }
  Task<> Read() {
    Frame frame;
    for (int frames = 0; frames < 2;) {
      if (!keeps) frame = Frame();  // a new future
      auto first = co_await Select(wire.Receive(), ticks.Receive());
      while (first.index() == 0) {
        frame.Take(first.get<0>().value());
        if (frame.complete()) break;
        first = co_await Select(wire.Receive(), ticks.Receive());
      }
      if (frame.complete()) {
        ++frames;
        frame = Frame();
      }
    }
  }

  struct Frame {
    std::optional<size_t> length;
    std::string body;
    bool complete() const { return length == body.size(); }
    void Take(char byte) {
      if (length.has_value()) {
        body += byte;
        return;
      }
      FATE_CHECK(std::isdigit(static_cast<unsigned char>(byte)), "your program took a frame's body for its length");
      length = static_cast<size_t>(byte - '0');
    }
  };
  bool keeps;
  Channel<char> wire{5};
  Channel<int> ticks{1};
};

// --- B30: a broadcaster sends under the lock that the watcher needs to stop ---------------------
//
// Source: kubernetes/kubernetes PR 1321 (GoBench GoKer kubernetes/1321). What fails: distribute()
// takes the lock and offers an event after the watcher has stopped reading, and before it has removed
// itself. The fix: the watcher says that it stops before it takes the lock, and the sender listens.
struct Mux {
  explicit Mux(Variant variant) : listens(variant == Variant::kFixed) {}

  Task<> Distribute() {
    for (int event = 0; event < 3; ++event) {
      MutexGuard guard = co_await mutex.Lock();
      if (!watched.Read()) continue;
      if (listens) {
        co_await Select(result.Send(event), stopped.Wait());
      } else {
        co_await result.Send(event);
      }
      co_await guard.Unlock();
    }
  }
  Task<> Watch() {
    for (int i = 0; i < 2; ++i) co_await result.Receive();
    if (listens) co_await stopped.Set();
    MutexGuard guard = co_await mutex.Lock();
    watched.Write(false);
  }

  bool listens;
  Mutex mutex;
  Shared<bool> watched{true};  // under the mutex
  Channel<int> result;
  Event stopped;
};

// --- B48: a cancellation overtakes the start of the job -----------------------------------------
//
// Source: flux-framework/flux-core issue 2279. Requests and events are two streams, and the order of
// what is sent on both is nobody's. What fails: the exception event is handled first, when no job
// runs; then the start. The fix: the cancellation goes the way of the start.
enum class Message { kStart, kCancel };

struct JobManager {
  explicit JobManager(Variant variant) : one_stream(variant == Variant::kFixed) {}

  Task<> Manage() {
    co_await requests.Send(Message::kStart);
    co_await (one_stream ? requests : events).Send(Message::kCancel);
  }
  Task<> HandleRequests() {
    for (int i = 0; i < (one_stream ? 2 : 1); ++i) {
      std::optional<Message> message = co_await requests.Receive();
      running.Write(message == Message::kStart);
    }
  }
  Task<> HandleEvents() {
    if (one_stream) co_return;
    co_await events.Receive();
    if (running.Read()) running.Write(false);
  }

  bool one_stream;
  Channel<Message> requests{2};
  Channel<Message> events{2};
  Shared<bool> running{false};
};

}  // namespace

Task<> DoneChannel(Variant variant) {
  Benchmark benchmark(variant);
  Crew crew;
  crew.Add("parent", benchmark.CloseLoopUnary());
  crew.Add("stopper", benchmark.Stop());
  co_await crew.Run();
  for (JoinHandle<>& worker : benchmark.workers) co_await worker.Join();
}

Task<> FramedRead(Variant variant) {
  Connection connection(variant);
  Crew crew;
  crew.Add("feeder", connection.Feed());
  crew.Add("ticker", connection.Tick());
  crew.Add("reader", connection.Read());
  co_await crew.Run();
}

Task<> Broadcaster(Variant variant) {
  Mux mux(variant);
  Crew crew;
  crew.Add("distributor", mux.Distribute());
  crew.Add("watcher", mux.Watch());
  co_await crew.Run();
}

Task<> OvertakenStart(Variant variant) {
  JobManager manager(variant);
  Crew crew;
  crew.Add("manager", manager.Manage());
  crew.Add("requests", manager.HandleRequests());
  crew.Add("events", manager.HandleEvents());
  co_await crew.Run();
  FATE_CHECK(!manager.running.Read(), "your program lets a cancelled job run");
}

}  // namespace fate::bugs
