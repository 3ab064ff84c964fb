// PostedWork: what a program posted (Runtime::Post), of a simulation: the order in which it runs.
//
// Each piece is a task, which waits for the one before: as on the production loop they run in the order of posting, but
// other tasks may run between them. Who posts first decides that order, so posting is an access to this.
// Tested by tests/core/posted_work_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "fate/runtime/object.h"
#include "fate/sync/event.h"
#include "fate/task/task.h"

namespace fate::sim {

class PostedWork final : public Object {
 public:
  PostedWork() : Object(ObjectKind::kCustom, 0x706f7374) {}

  // The task that runs `work` in its turn. REQUIRES: the access was told.
  Task<> Add(std::function<void()> work) {
    auto after = std::make_shared<Event>();
    return Run(std::move(work), std::exchange(last_, after), after);
  }
  // Another execution.
  void Clear() { last_.reset(); }

 private:
  static Task<> Run(std::function<void()> work, std::shared_ptr<Event> before, std::shared_ptr<Event> after) {
    if (before != nullptr) co_await before->Wait();
    work();
    after->SetNow();
  }

  std::shared_ptr<Event> last_;  // set once the last piece has run; null: nothing was posted
};

}  // namespace fate::sim
