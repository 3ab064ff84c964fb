// Surw: selectively uniform random walk: uniform over the orders of the events on one shared
// object.
//
// Zhao et al., "Selectively uniform concurrency testing" (ASPLOS 2025). Each execution draws one
// object among those that several tasks touch, in proportion to how often they do; the order of the
// events on it is sampled uniformly (see Urw): a task with such an event next is held back until
// the one whose turn was drawn has made its own. All else is ordered by random priorities, one an
// operation. Locks, semaphores and channels are objects like cells.
//
// Our deviations: what there is to draw, and how many events a task makes, is learned from the
// first execution that passed, and again from the last one of each stage; the first execution is
// random priorities alone. See Interests for how objects are known from one execution to the next.
// O(n) a choice. Tested by tests/strategies/surw_test.cc.
#pragma once

#include <vector>

#include "fate/sim/strategies/interests.h"
#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/task_weights.h"

namespace fate::sim {

class Surw final : public Sampling<Surw> {
 public:
  explicit Surw(uint64_t seed) : Sampling(seed) {}

 private:
  friend class Sampling<Surw>;
  static constexpr uint32_t kNobody = 0xffffffff;

  struct Pending {
    uint64_t key;  // priority above, slot below; 0: held back, for the intended one
    uint32_t priority;
    uint32_t task;
    bool event;  // on the object drawn
  };

  void Begin();
  uint32_t Pick(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage();

  void DrawObject();
  void Rebuild(const ChoicePoint& point);
  Pending Stand(const ReadySet::Slot& candidate, uint32_t slot);
  // Whether what the task at `path` does at `place` is on the object; whether a task stands before such.
  bool OnObject(uint64_t path, const Place& place);
  bool StandsAtObject(const TaskRecord& task);
  // A step that was an event on the object, by `task`.
  void MadeEvent(uint32_t task);
  // All before an event but the intended one, which is drawn if there is none. Returns the highest key of the others.
  uint64_t HoldBack();
  void ReleaseAll();
  uint32_t DrawIntended();
  void CountEvents(const Execution& execution);

  // Learned.
  Interests interests_;
  Interests noted_;
  std::vector<TaskCounts> counts_;  // by object
  std::vector<TaskCounts> noted_counts_;
  bool noted_any_ = false;
  bool noted_passed_ = false;
  bool noted_new_ = false;                     // since the last stage
  std::vector<std::vector<uint32_t>> events_;  // by object, by task; for Learn

  // Of the execution.
  uint32_t object_ = kNobody;  // the one drawn
  TaskWeights weights_;
  std::vector<Pending> pending_;  // by slot
  std::vector<Pending> before_;
  std::vector<uint32_t> slot_of_;
  std::vector<uint32_t> by_slot_;  // scratch of DrawIntended
  // Whether a place is on the object, for whom it is known to be; by key, direct-mapped.
  struct Cached {
    uint64_t key = 0;
    bool event = false;
  };
  Cached cache_[64];
  uint32_t intended_ = kNobody;
  uint32_t ran_slot_ = 0;
  bool holding_ = false;  // some are held back
};

}  // namespace fate::sim
