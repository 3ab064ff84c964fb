// SoleWaiter: of what one task at a time may wait for: tells a search once there is a second task.
//
// Whether two of them wait at once hangs on when each came to wait, and on all that lets the first go on: no operation
// says so. The second therefore comes with a look that conflicts with everything, and a search tries it everywhere. As
// long as it is one task nothing is told; nor in production. Tested by tests/runtime/sole_waiter_test.cc.
#pragma once

#include <cstdint>

#include "fate/runtime/context.h"
#include "fate/runtime/object.h"
#include "fate/runtime/operation.h"
#include "fate/runtime/task_record.h"

namespace fate::internal {

class SoleWaiter {
 public:
  // The running task comes to wait.
  void Come() {
    if (context.search == nullptr) return;
    const uint32_t task = context.task->id + 1;
    if (first_ == 0) first_ = task;
    if (first_ != task) Seen(true, ObjectKind::kNone, Place());
  }

 private:
  uint32_t first_ = 0;  // the task that came first: its id, from 1
};

}  // namespace fate::internal
