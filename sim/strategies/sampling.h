// Sampling: what the randomised strategies share: seeds, stages of learning, the fair tail.
//
//   class Pct final : public Sampling<Pct> {
//     void Begin();                            // an execution
//     uint32_t Pick(const ChoicePoint& point); // an option of a task choice
//     void Learn(const Execution& execution);  // notes what is to be known in the next stage
//     void EndStage();                         // makes what was noted known
//   };
//
// Execution i depends on (seed, i) and on what was learned before its stage (fate/sim/strategies/numbered.h).
// It may be told of executions that another strategy chose, if every number comes once. Choices other than
// of tasks are uniform.
//
// The fair tail: an execution much longer than the shortest goes on as a random walk, which is fair
// with probability 1, so that a loop that waits for another task ends (Coyote's
// MaxUnfairSchedulingSteps). Not than the longest: executions that spin up to the tail would then
// make the next ones spin longer.
//
// A crowd: while more than kCrowd tasks are ready each is as likely, since policies look at all that are ready at
// each choice: a hundred thousand tasks would take hours. Tested by tests/strategies/sampling_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "fate/runtime/operation.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/strategies/numbered.h"

namespace fate::sim {

// The option of the candidate in `slot`. REQUIRES: point.kind is kTask.
inline uint32_t OptionOf(const ChoicePoint& point, uint32_t slot) {
  uint32_t quiet = (point.preferred != nullptr ? point.preferred : point.ready->oldest())->slot;
  if (slot == quiet) return 0;
  return slot < quiet ? slot + 1 : slot;
}

// Uniform in [0, bound). REQUIRES: bound > 0.
inline uint64_t DrawBelow(Prng& prng, uint64_t bound) {
  if (bound <= 0xffffffff) [[likely]]
    return prng.Below(static_cast<uint32_t>(bound));
  return Below(prng.Next(), bound);
}

// The slot in which `left` falls when slots are as wide as their weights. REQUIRES: it falls in
// one.
inline uint32_t SlotAt(uint64_t left, const std::vector<uint32_t>& weights) {
  uint32_t slot = 0;
  if (weights.size() > 32) {
    while (left >= weights[slot]) left -= weights[slot++];
    return slot;
  }
  // Without a branch on chance: it would be mispredicted every time.
  uint64_t end = 0;
  for (uint32_t weight : weights) {
    end += weight;
    slot += static_cast<uint32_t>(end <= left);
  }
  return slot;
}

// How often there was more than one task to choose from, before the tail.
inline uint64_t ContestedSteps(const Execution& execution) {
  constexpr uint64_t kBeforeAnyTail = 10'000;
  uint64_t contested = 0;
  for (size_t i = 0; i < execution.choices.size() && contested < kBeforeAnyTail; ++i) {
    contested += execution.choices[i].choice_kind() == ChoiceKind::kTask;
  }
  return contested;
}

template <class Policy>
class Sampling : public Numbered {
 public:
  // An execution is fair from this step on if none has passed yet; afterwards, see BeginExecution.
  static constexpr uint64_t kFairAfter = 10'000;
  static constexpr uint32_t kCrowd = 1024;

  void Prepare(uint64_t number) final {
    const uint64_t stage = StageOf(number);
    if (stage == stage_) return;
    stage_ = stage;
    fair_after_ = shortest_ == kNothingSeen ? kFairAfter : 1000 + 32 * shortest_;
    policy().EndStage();
  }
  void BeginExecution(uint64_t number) final {
    Prepare(number);
    prng_ = PrngOf(number);
    seen_changes_ = kNothingSeen;
    seen_steps_ = 0;
    policy().Begin();
  }
  uint32_t Choose(const ChoicePoint& point) final {
    const bool walks = point.execution->trace.steps.size() >= fair_after_ || point.options > kCrowd;
    if (point.kind != ChoiceKind::kTask || walks) [[unlikely]] {
      seen_changes_ = kNothingSeen;
      return prng_.Below(point.options);
    }
    return policy().Pick(point);
  }
  bool LearnFrom(const Execution& execution, const Finding&) final {
    Prepare(execution.number);  // a stage may have begun in which this process has made nothing
    if (execution.outcome.passed()) {
      // Of one that had a tail the tail counts: before it, it may have done nothing but spin.
      uint64_t steps = execution.steps;
      shortest_ = std::min(shortest_, steps > fair_after_ ? steps - fair_after_ : steps);
    }
    policy().Learn(execution);
    return true;
  }
  void Overruled() final { seen_changes_ = kNothingSeen; }
  // Not if the policy has no Learn of its own.
  bool learns_from_traces() const final {
    return !std::is_same_v<decltype(&Policy::Learn), void (Sampling::*)(const Execution&)>;
  }

 protected:
  explicit Sampling(uint64_t seed) : seed_(seed) {}

  // Defaults, for policies that keep or learn nothing.
  void Begin() {}
  void Learn(const Execution&) {}
  void EndStage() {}

  Prng& prng() { return prng_; }
  // As it is at the beginning of an execution.
  Prng PrngOf(uint64_t number) const { return Prng(Mix(seed_, number)); }
  // Whether more happened since the last choice than one step of the task that was chosen: another
  // task made a step, or one came or left. If not, each slot but that task's is as it was.
  bool CandidatesChanged(const ChoicePoint& point) {
    size_t steps = point.execution->trace.steps.size();
    bool same = seen_changes_ == point.ready->changes() && steps == seen_steps_ + 1;
    seen_changes_ = point.ready->changes();
    unseen_step_ = seen_steps_;
    seen_steps_ = steps;
    return !same;
  }
  // The steps since the last choice: from this one on.
  size_t unseen_step() const { return unseen_step_; }

 private:
  static constexpr uint64_t kNothingSeen = ~uint64_t{0};
  Policy& policy() { return static_cast<Policy&>(*this); }

  uint64_t seed_;
  Prng prng_;
  uint64_t stage_ = 0;
  uint64_t fair_after_ = kFairAfter;
  uint64_t shortest_ = kNothingSeen;  // steps of an execution that passed
  uint64_t seen_changes_ = 0;         // of the ready set
  size_t seen_steps_ = 0;             // of the trace
  size_t unseen_step_ = 0;
};

}  // namespace fate::sim
