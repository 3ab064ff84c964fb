// Bookkeeping of services that is true when it is looked at, and not when it is used: B09, B11, B14,
// B16.
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/sync/semaphore.h"
#include "fate/task/spawn.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {
namespace {

// --- B09: shutdown joins a snapshot of the list of tasks ----------------------------------------
//
// Source: stratum-mining/sv2-apps issue 794; the same in microsoft/duroxide PR 45. What fails:
// join_all() takes the handles there are; a task of the list spawns another; join_all() returns while
// that one runs. The fix: join_all() repeats until there is nothing to join.
class TaskManager {
 public:
  explicit TaskManager(Variant variant) : repeats_(variant == Variant::kFixed) {}

  void Spawn(Task<> task) {
    handles_.Update([&](auto& handles) { handles.push_back(SpawnNow(std::move(task))); });
  }
  Task<> JoinAll() {
    do {
      std::deque<JoinHandle<>> snapshot = handles_.Update([](auto& handles) { return std::exchange(handles, {}); });
      for (JoinHandle<>& handle : snapshot) co_await handle.Join();
    } while (repeats_ && !handles_.Read().empty());
  }

 private:
  bool repeats_;
  Shared<std::deque<JoinHandle<>>> handles_;
};

struct Pool {
  explicit Pool(Variant variant) : manager(variant) {}
  Task<> Parent() {
    co_await network.Load();
    manager.Spawn(Child());
  }
  Task<> Child() { co_await network.Load(); }
  TaskManager manager;
  Atomic<int> network;
};

// --- B11: a retry queues a failed batch behind later ones ---------------------------------------
//
// Source: confluentinc/librdkafka issue 1092. One request is in flight at a time, so the order ought
// to be kept. What fails: the first batch fails while the second is queued already. The fix: a failed
// batch goes back to the head.
struct Producer {
  static constexpr int kBatches = 3;
  explicit Producer(Variant variant) : to_head(variant == Variant::kFixed) {}

  Task<> Produce() {
    for (int batch = 0; batch < kBatches; ++batch) {
      queue.Update([&](auto& batches) { batches.push_back(batch); });
      co_await queued.Release();
    }
  }
  Task<> Send() {
    int next = 0;
    while (next < kBatches) {
      (co_await queued.Acquire()).Forget();
      int batch = queue.Update([](auto& batches) {
        int first = batches.front();
        batches.pop_front();
        return first;
      });
      bool failed = co_await fault.Exchange(false);  // the request to the broker
      if (failed) {
        queue.Update([&](auto& batches) { batches.insert(to_head ? batches.begin() : batches.end(), batch); });
        queued.ReleaseNow();
      } else {
        FATE_CHECK(batch == next, "your program sent a batch before an earlier one");
        ++next;
      }
    }
  }
  Task<> Fail() { co_await fault.Store(true); }

  bool to_head;
  Shared<std::deque<int>> queue;
  Semaphore queued{0};
  Atomic<bool> fault{false};  // the next request fails
};

// --- B14: what a clone saw to be ready is taken by another --------------------------------------
//
// Source: hyperium/hyper-util PR 297, against tower's contract of poll_ready and call. What fails: two
// clones see the one idle service; the second call finds none, and uses a connector that nobody has
// asked whether it is ready. The fix: poll_ready takes the service for the clone.
struct Cache {
  explicit Cache(Variant variant) : takes(variant == Variant::kFixed) {}

  std::optional<int> Take() {
    return idle.Update([](auto& services) -> std::optional<int> {
      if (services.empty()) return std::nullopt;
      int service = services.back();
      services.pop_back();
      return service;
    });
  }
  Task<> Request() {
    // poll_ready
    std::optional<int> own;
    bool connector_ready = false;
    if (idle.Read().empty()) {
      connector_ready = true;
    } else if (takes) {
      own = Take();
    }
    co_await middleware.Load();
    // call
    if (!own.has_value()) own = Take();
    FATE_CHECK(own.has_value() || connector_ready, "your program called a connector without poll_ready");
    co_await middleware.Load();
    if (own.has_value()) idle.Update([&](auto& services) { services.push_back(*own); });
  }

  bool takes;
  Shared<std::vector<int>> idle{std::vector<int>{1}};
  Atomic<int> middleware;
};

// --- B16: a sequence number exceeds the cap that its queue was given at the flush ---------------
//
// Source: apache/lucene issues 13571, 13127, PR 13627. A flush puts a new queue in the place of the
// old one, which from then on may draw one number for each writer that is in use. What fails: before
// the flush has marked the writers of the old queue, one is given back and taken again, and draws once
// more. The fix: a writer whose queue is old is not given back to the pool.
struct DeleteQueue {
  Atomic<int> sequence{0};
  Shared<int> cap{1'000'000};
  Shared<bool> advanced{false};
};

struct IndexWriter {
  explicit IndexWriter(Variant variant) : looks(variant == Variant::kFixed) {}

  struct Writer {
    DeleteQueue* queue;
  };
  Task<> Index() {
    for (int document = 0; document < 2; ++document) {
      Writer* writer = co_await Obtain();
      int before = co_await writer->queue->sequence.FetchAdd(1);
      FATE_CHECK(before < writer->queue->cap.Read(), "your program drew a sequence number above the cap");
      co_await GiveBack(writer);
    }
  }
  Task<Writer*> Obtain() {
    MutexGuard guard = co_await pool.Lock();
    in_use.Write(in_use.Read() + 1);
    if (idle.Read().empty()) {
      writers.push_back(std::make_unique<Writer>());
      writers.back()->queue = queue.Read();
      co_return writers.back().get();
    }
    co_return idle.Update([](auto& all) {
      Writer* last = all.back();
      all.pop_back();
      return last;
    });
  }
  Task<> GiveBack(Writer* writer) {
    MutexGuard guard = co_await pool.Lock();
    in_use.Write(in_use.Read() - 1);
    if (looks && writer->queue->advanced.Read()) co_return;
    idle.Update([&](auto& all) { all.push_back(writer); });
  }
  Task<> Flush() {
    {
      MutexGuard guard = co_await pool.Lock();
      const int last = co_await old_queue.sequence.Load();
      old_queue.cap.Write(last + in_use.Read());
      old_queue.advanced.Write(true);
      queue.Write(&new_queue);
      if (looks) RemoveOldWriters();
    }
    MutexGuard guard = co_await pool.Lock();
    RemoveOldWriters();
  }
  void RemoveOldWriters() {
    auto is_old = [this](const Writer* writer) { return writer->queue == &old_queue; };
    idle.Update([&](auto& all) { std::erase_if(all, is_old); });
  }

  bool looks;
  DeleteQueue old_queue, new_queue;
  Mutex pool;  // over the rest
  std::vector<std::unique_ptr<Writer>> writers;
  Shared<DeleteQueue*> queue{&old_queue};
  Shared<int> in_use{0};
  Shared<std::vector<Writer*>> idle;
};

}  // namespace

Task<> JoinedSnapshot(Variant variant) {
  Pool pool(variant);
  pool.manager.Spawn(pool.Parent());
  co_await pool.manager.JoinAll();
}

Task<> RetryBehind(Variant variant) {
  Producer producer(variant);
  Crew crew;
  crew.Add("application", producer.Produce());
  crew.Add("sender", producer.Send());
  crew.Add("fault", producer.Fail());
  co_await crew.Run();
}

Task<> StaleReadiness(Variant variant) {
  Cache cache(variant);
  Crew crew;
  crew.Add("clone 1", cache.Request());
  crew.Add("clone 2", cache.Request());
  co_await crew.Run();
}

Task<> SequenceCap(Variant variant) {
  IndexWriter writer(variant);
  Crew crew;
  crew.Add("indexer 1", writer.Index());
  crew.Add("indexer 2", writer.Index());
  crew.Add("flush", writer.Flush());
  co_await crew.Run();
}

}  // namespace fate::bugs
