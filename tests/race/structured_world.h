// What the coroutines of structured programs share: the objects of a program, and what is around a part.
#pragma once

#include <optional>

#include "absl/strings/str_cat.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/barrier.h"
#include "fate/sync/broadcast.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/event.h"
#include "fate/sync/latch.h"
#include "fate/sync/mutex.h"
#include "fate/sync/once.h"
#include "fate/sync/oneshot.h"
#include "fate/sync/semaphore.h"
#include "fate/sync/shared_mutex.h"
#include "fate/task/callback.h"
#include "fate/task/cancel.h"
#include "fate/task/promise.h"
#include "fate/task/spawn.h"
#include "fate/task/task_group.h"
#include "tests/race/structured_program.h"

namespace fate::sim::structured {

struct World : ExecutionState {
  World(const StructuredProgram& the_program, Seen& seen_by_nodes)
      : program(the_program),
        semaphore(program.permits),
        latch(program.latch),
        channels{Channel<int>(static_cast<size_t>(program.capacities[0])),
                 Channel<int>(static_cast<size_t>(program.capacities[1]))},
        seen(seen_by_nodes) {}

  // What is seen is seen by the operation the node is at, or by a look: nothing else is told to the simulator.
  template <class... What>
  void See(const Node& node, const What&... what) {
    absl::StrAppend(&seen[static_cast<size_t>(node.id)], what..., ",");
  }
  void ProgramEnded() override {
    for (int i = 0; i < kObjects; ++i) absl::StrAppend(&seen.back(), cells[i].Peek(), ",", watched[i].Peek(), ",");
  }

  const StructuredProgram& program;
  Atomic<int> cells[kObjects] = {Atomic<int>(0), Atomic<int>(0)};
  Shared<int> watched[kObjects] = {Shared<int>(0), Shared<int>(0)};
  Mutex mutexes[kObjects];
  Event events[kObjects];
  Once onces[kObjects];
  Semaphore semaphore;
  SharedMutex shared_mutex;
  ConditionVariable condition;
  Latch latch;
  Barrier barrier{2};
  Channel<int> channels[kObjects];
  Broadcast<int> broadcast{1};
  Subscription<int> subscriptions[kObjects] = {broadcast.SubscribeNow(), broadcast.SubscribeNow()};
  Oneshot<int> answers[kObjects];
  // Of a callback that is awaited and has not been called; whether there is one is what tasks look at.
  std::optional<Completion<int>> completions[kObjects];
  Shared<bool> awaited[kObjects] = {Shared<bool>(false), Shared<bool>(false)};
  Atomic<int> nothing{0};
  Seen& seen;
};

// What of the parts around it a node may name: what cannot end before it.
struct Around {
  Around() = default;
  explicit Around(TaskGroup* its_group) : group(its_group) {}

  TaskGroup* group = nullptr;
  CancelScope* scope = nullptr;
  JoinHandle<>* task = nullptr;
  Promise<>* promise = nullptr;
};

Task<> Run(World& world, const Body& body, Around around);

// What a part does that is run by itself, or by a callback, or is on its own clock: structured_handles.cc.
Task<> RunHandle(World& world, const Node& node, Around around);

inline Task<> StepApart(World& world) {
  if (world.program.apart) co_await world.nothing.Load();
}

}  // namespace fate::sim::structured
