// Bugs of threads and their shared memory, each access of which is a step: B40, B57, B60, B64, B72.
#include <array>
#include <cstddef>
#include <deque>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "fate/sync/mutex.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {
namespace {

// --- B40: a thread suspends again after the last wake-up ----------------------------------------
//
// Source: ponylang/ponyc PR 5037. A scheduler thread suspends itself while no more than so many are
// active. What fails: it is woken to end; before it has looked, the other thread ends, so that so few are
// active that it suspends again. The fix: it does not if the program shuts down.
struct PonyRuntime {
  explicit PonyRuntime(Variant variant) : looks(variant == Variant::kFixed) {}

  Task<> Scheduler0() {
    co_await terminate0.Wait();
    co_await active.FetchAdd(-1);
  }
  Task<> Scheduler1() {
    bool ends = co_await terminate1.Load();
    while (!ends) {
      bool suspends = true;
      while (suspends) {
        if (looks) {
          bool down = co_await shutdown.Load();
          if (down) break;
        }
        co_await wake1.Wait();
        co_await wake1.Reset();
        int left = co_await active.Load();
        suspends = left <= 1;
      }
      ends = co_await terminate1.Load();
    }
    co_await active.FetchAdd(-1);
  }
  Task<> Shutdown() {
    co_await terminate1.Store(true);
    co_await shutdown.Store(true);
    co_await terminate0.Set();
    co_await wake1.Set();
  }

  bool looks;
  Atomic<int> active{2};
  Atomic<bool> shutdown{false};
  Atomic<bool> terminate1{false};
  Event terminate0;
  Event wake1;
};

// --- B57: SafeStack, a stack of indices without a version in its head ---------------------------
//
// Source: Dmitry Vyukov, Relacy; mc-imperial/sctbench safestack. Three threads, three slots, two
// rounds. What fails: the head comes back to the index that a thread has seen while the slots below it
// have changed; it takes at least five preemptions. The fix here: a mutex. A thread that finds
// nothing tries again; the original does so for ever, here it gives up after six times, so that every
// execution ends.
struct SafeStackWorld {
  explicit SafeStackWorld(Variant variant) : locks(variant == Variant::kFixed) {}

  Task<int> Pop() {
    MutexGuard guard;
    if (locks) guard = co_await mutex.Lock();
    for (;;) {
      int left = co_await count.Load();
      if (left <= 1) co_return -1;
      int first = co_await head.Load();
      int second = co_await next[static_cast<size_t>(first)].Exchange(-1);
      if (second < 0) co_return -1;
      int expected = first;
      bool won = co_await head.CompareExchange(expected, second);
      if (won) {
        co_await count.FetchAdd(-1);
        co_return first;
      }
      co_await next[static_cast<size_t>(first)].Store(second);
    }
  }
  Task<> Push(int index) {
    MutexGuard guard;
    if (locks) guard = co_await mutex.Lock();
    int first = co_await head.Load();
    for (bool won = false; !won;) {
      co_await next[static_cast<size_t>(index)].Store(first);
      won = co_await head.CompareExchange(first, index);
    }
    co_await count.FetchAdd(1);
  }
  Task<> Use(int me) {
    for (int round = 0; round < 2; ++round) {
      int index = -1;
      for (int i = 0; i < 6 && index < 0; ++i) index = co_await Pop();
      if (index < 0) co_return;
      Atomic<int>& slot = owner[static_cast<size_t>(index)];
      int before = co_await slot.Exchange(me);
      FATE_CHECK(before == 0, "your program gave one slot to two threads");
      before = co_await slot.Exchange(0);
      FATE_CHECK(before == me, "your program gave one slot to two threads");
      co_await Push(index);
    }
  }

  bool locks;
  Mutex mutex;
  Atomic<int> head{0};
  Atomic<int> count{3};
  std::array<Atomic<int>, 3> next{Atomic<int>(1), Atomic<int>(2), Atomic<int>(-1)};
  std::array<Atomic<int>, 3> owner;
};

// --- B60: the flag is looked at before the count is raised --------------------------------------
//
// Source: mc-imperial/sctbench bluetooth_driver_bad, the classic of KISS and CHESS. What fails: the
// adder sees that the driver does not stop; the stopper says so, finds nothing pending, and stops; the adder
// works on a stopped device. The fix: first count, then look, and undo.
struct Driver {
  explicit Driver(Variant variant) : counts_first(variant == Variant::kFixed) {}

  Task<> Decrement() {
    int before = co_await pending.FetchAdd(-1);
    if (before == 1) co_await none_pending.Store(true);
  }
  Task<> Add() {
    if (counts_first) co_await pending.FetchAdd(1);
    bool stops = co_await stopping.Load();
    if (stops) {
      if (counts_first) co_await Decrement();
      co_return;
    }
    if (!counts_first) co_await pending.FetchAdd(1);
    bool is_stopped = co_await stopped.Load();
    FATE_CHECK(!is_stopped, "your program works on a stopped device");
    co_await Decrement();
  }
  Task<> Stop() {
    co_await stopping.Store(true);
    co_await Decrement();
    bool none = co_await none_pending.Load();
    if (none) co_await stopped.Store(true);
  }

  bool counts_first;
  Atomic<int> pending{1};
  Atomic<bool> stopping{false};
  Atomic<bool> none_pending{false};
  Atomic<bool> stopped{false};
};

// --- B64: poll() finds nothing though an offer of its own thread is complete --------------------
//
// Source: aeron-io/agrona issue 216, ManyToOneConcurrentLinkedQueue. What fails: the other producer has
// swapped the tail and not linked its node yet; ours is linked behind that, and cannot be reached. The
// fix: poll() waits for the link if the queue is not empty.
struct LinkedQueue {
  struct Node {
    Atomic<Node*> next{nullptr};
    Event linked;
  };
  explicit LinkedQueue(Variant variant) : waits(variant == Variant::kFixed) {}

  Task<> Offer(Node& node) {
    Node* before = co_await tail.Exchange(&node);
    co_await before->next.Store(&node);
    if (waits) co_await before->linked.Set();
  }
  Task<> OfferAndPoll(Node& node) {
    co_await Offer(node);
    Node* next = co_await head.next.Load();
    if (waits && next == nullptr) {
      co_await head.linked.Wait();
      next = co_await head.next.Load();
    }
    FATE_CHECK(next != nullptr, "your program found nothing in a queue that is not empty");
  }

  bool waits;
  Node head, first, second;
  Atomic<Node*> tail{&head};
};

// --- B72: one step must come after all of a long task -------------------------------------------
//
// Source: awslabs/shuttle tests/demo/surw.rs, after SURW (ASPLOS 2025). What fails: the store of the
// short task is the last. The fixed variant orders it first.
struct Uneven {
  static constexpr int kSteps = 24;
  explicit Uneven(Variant variant) : ordered(variant == Variant::kFixed) {}

  Task<> Short() {
    co_await cell.Store(0);
    if (ordered) co_await stored.Set();
  }
  Task<> Long() {
    if (ordered) co_await stored.Wait();
    for (int i = 0; i < kSteps; ++i) co_await cell.Store(1);
  }

  bool ordered;
  Atomic<int> cell{1};
  Event stored;
};

}  // namespace

Task<> SuspendedAgain(Variant variant) {
  PonyRuntime runtime(variant);
  Crew crew;
  crew.Add("scheduler 0", runtime.Scheduler0());
  crew.Add("scheduler 1", runtime.Scheduler1());
  crew.Add("shutdown", runtime.Shutdown());
  co_await crew.Run();
}

Task<> SafeStack(Variant variant) {
  SafeStackWorld world(variant);
  Crew crew;
  crew.Add("thread 1", world.Use(1));
  crew.Add("thread 2", world.Use(2));
  crew.Add("thread 3", world.Use(3));
  co_await crew.Run();
}

Task<> BluetoothDriver(Variant variant) {
  Driver driver(variant);
  Crew crew;
  crew.Add("adder", driver.Add());
  crew.Add("stopper", driver.Stop());
  co_await crew.Run();
}

Task<> UnlinkedNode(Variant variant) {
  LinkedQueue queue(variant);
  Crew crew;
  crew.Add("producer", queue.Offer(queue.first));
  crew.Add("consumer", queue.OfferAndPoll(queue.second));
  co_await crew.Run();
}

Task<> UnevenTasks(Variant variant) {
  Uneven world(variant);
  Crew crew;
  crew.Add("short", world.Short());
  crew.Add("long", world.Long());
  co_await crew.Run();
  FATE_CHECK(world.cell.Peek() != 0, "your program stored zero last");
}

}  // namespace fate::bugs
