// TaskNumbers: small numbers for tasks that mean the same task in every execution.
//
// A root has its place among the roots; the others are numbered as they are met, by the path of their
// births, which does not depend on the schedule as their ids do. A due timer counts as a task.
// Tested by tests/race/task_numbers_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "fate/sim/core/trace.h"

namespace fate::sim {

class TaskNumbers {
 public:
  // A set of tasks is one word.
  static constexpr uint32_t kMax = 64;

  // Of the task with this id in the execution that left `trace`. `timer` is the path hash of a due
  // timer, looked at only if the id is Step::kTimerTask. Below kMax; see overflow(). Amortised O(1) for
  // a task that keeps its id from one execution to the next, else O(log n).
  uint32_t Of(const Trace& trace, uint32_t id, uint64_t timer) { return id < roots_ ? id : OfOther(trace, id, timer); }
  // How many of them are roots: ids and numbers below are the same. 0 before the first Of.
  uint32_t roots() const { return roots_; }
  // Whether there were more than kMax; from then on numbers are shared.
  bool overflow() const { return overflow_; }

 private:
  uint32_t OfOther(const Trace& trace, uint32_t id, uint64_t timer);
  uint32_t OfName(uint64_t name);
  void CountRoots(const Trace& trace);

  std::map<uint64_t, uint32_t> numbers_;               // by path
  std::vector<std::pair<uint64_t, uint32_t>> cached_;  // by id: path and number
  uint32_t roots_ = 0;
  uint32_t next_ = 0;
  bool overflow_ = false;
};

}  // namespace fate::sim
