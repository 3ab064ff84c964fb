// Strategy: who decides. Three methods; the scheduler holds no policy.
//
//   class First : public Strategy {
//    public:
//     void BeginExecution(uint64_t number) override {}
//     uint32_t Choose(const ChoicePoint& point) override { return 0; }
//     bool EndExecution(const Execution& execution) override { return true; }
//   };
//
// A strategy that wraps another one (metrics, a portfolio, a check of determinism) is a strategy.
// Its decisions are a function of its seed, the number of the execution and what it has seen.
// Tested by tests/strategies/random_walk_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "fate/runtime/object.h"
#include "fate/runtime/simulation.h"
#include "fate/sim/core/ready_set.h"

namespace fate::sim {

struct Execution;

// A decision to be taken. Choices with one option are not asked for.
struct ChoicePoint {
  ChoiceKind kind;
  uint32_t options;                        // >= 2
  const TaskRecord* preferred = nullptr;   // kTask only: the quiet one, if it is the current task
  const ReadySet* ready = nullptr;         // kTask only: the candidates
  const Execution* execution = nullptr;    // so far
  const ObjectNumbers* numbers = nullptr;  // kTask only: of the objects in the execution's trace
  // kPartner only: the task behind an option.
  const absl::FunctionRef<const TaskRecord&(uint32_t)>* partner = nullptr;
  bool tries = false;  // kPartner only: it is a try form that meets one of them

  // The task behind an option. REQUIRES: kind is kTask.
  const TaskRecord& task(uint32_t option) const { return *ready->Option(option, preferred).task; }
};

class Strategy {
 public:
  // Instead of an option: the execution cannot go on as the strategy wants; see StopReason.
  static constexpr uint32_t kStop = 0xffffffff;

  virtual ~Strategy() = default;
  // Executions are numbered from 0 over the whole search, by whoever runs them.
  virtual void BeginExecution(uint64_t number) = 0;
  // Below point.options, or kStop.
  virtual uint32_t Choose(const ChoicePoint& point) = 0;
  // What Choose would answer `ahead` choices after the next one, if there were `options` then; kStop: that does
  // not stand yet. A hint, by which the scheduler fetches memory ahead: it may be wrong, and changes nothing.
  virtual uint32_t Foresee(uint32_t options, uint32_t ahead) const {
    static_cast<void>(options), static_cast<void>(ahead);
    return kStop;
  }
  // The finished execution. False: the search is exhausted.
  virtual bool EndExecution(const Execution& execution) = 0;

  // Whether the accesses inside steps are to be recorded.
  virtual bool wants_footprints() const { return false; }
  // Whether the program's draws in the next execution are those of the search's seed (a systematic
  // search), or its own.
  virtual bool fixed_draws() const { return false; }
  // Of a systematic search: whether the next execution was made before, since not all can be remembered.
  virtual bool runs_again() const { return false; }
  // The same: how often it has begun again, since it had believed something of steps that does not hold.
  struct Restarts {
    uint64_t times = 0;
    uint64_t executions = 0;  // made before that, and in vain

    Restarts& operator+=(const Restarts& other) {
      times += other.times;
      executions += other.executions;
      return *this;
    }
  };
  virtual Restarts restarts() const { return {}; }
  // Of a systematic search: about how much of its space it has seen, from 0 to 1; 0: nobody knows.
  virtual double Progress() const { return 0; }
  // What is known once EndExecution has given false; $0 stands for how many different traces were seen. Empty: nothing,
  // since it is beyond the limit that StopReason names.
  virtual std::string Claim() const { return "all schedules of this strategy were run"; }
  // Whether that rests on which steps commute, as far as anybody can see.
  virtual bool relies_on_dependence() const { return false; }
  // After kStop, or without a claim: what did not fit.
  virtual std::string StopReason() const { return ""; }
};

}  // namespace fate::sim
