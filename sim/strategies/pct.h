// Pct: probabilistic concurrency testing: random priorities, and d - 1 points at which they change.
//
// Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs" (ASPLOS
// 2010). Each task gets a random priority when it is first seen, and the candidate of highest
// priority runs; at d - 1 random steps the running task falls below all initial priorities. A bug
// that needs d ordering constraints among n tasks and k steps is hit with probability at least 1 /
// (n k^(d-1)).
//
// Our deviations: only contested steps count (as in Coyote and Fray): where one task can run there
// is nothing to change. k is the most seen in earlier stages; the first execution has no change
// points. A task falls before the step, not after. A task that yields falls below all others (as in
// SCTBench's and dejafu's PCT), once for each yield, so that of several loops that yield each has its
// turn. A due timer gets a new priority whenever the candidates change. O(1) a choice while the
// candidates stay the same, else O(n).
// Tested by tests/strategies/pct_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/sampling.h"

namespace fate::sim {

class Pct : public Sampling<Pct> {
 public:
  // REQUIRES: depth >= 1.
  explicit Pct(uint64_t seed, uint32_t depth = 3) : Sampling(seed), depth_(depth) {}

  // The most contested steps of an execution, as of the last stage.
  uint64_t contested_known() const { return contested_known_; }

 protected:
  // A line is what has a priority. Here each task is one; see PctChains.
  virtual void BeginLines() {}
  virtual uint32_t LineOf(const ChoicePoint&, const TaskRecord&) { return new_lines_++; }
  uint32_t new_lines_ = 0;  // the number of the next new one

 private:
  friend class Sampling<Pct>;
  static constexpr uint32_t kUnknown = 0xffffffff;

  void Begin();
  uint32_t Pick(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage() { contested_known_ = contested_noted_; }
  // Gives priorities to tasks not seen before.
  void Meet(const ChoicePoint& point);
  int64_t& PriorityOf(const TaskRecord& task);
  void FindTop(const ChoicePoint& point);
  bool TopYields(const ChoicePoint& point) const;
  void TopFalls(const ChoicePoint& point);

  uint32_t depth_;
  uint64_t contested_known_ = 0;
  uint64_t contested_noted_ = 0;

  // Of the execution. Priorities: >= 0 initial, random; -j after change point j; then those that
  // yielded, ever lower.
  std::vector<uint32_t> line_of_;     // by task
  std::vector<int64_t> priority_of_;  // by line
  int64_t timer_priority_ = 0;
  std::vector<uint64_t> changes_;  // contested steps at which one falls, descending
  uint64_t contested_ = 0;         // so far
  uint64_t next_change_ = 0;       // the last of changes_, or never
  int64_t lowest_ = 0;             // the last priority given to one that fell
  uint32_t top_ = 0;               // the slot of highest priority
  std::vector<uint32_t> fallen_;   // tasks that stand before a yield for which they fell
};

}  // namespace fate::sim
