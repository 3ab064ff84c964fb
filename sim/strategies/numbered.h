// Numbered: strategies whose executions may be made by several processes, in any order within a round.
//
// What such a strategy does in an execution is a function of its seed, the number of the execution, and what
// was learned of the executions of earlier rounds, in the order of their numbers. So it does not matter who
// made them, and how many processes share the work (fate/sim/explore/jobs.h):
//
//   each process, for each round:
//     for the numbers it takes:  Prepare(number); run it; finding = Finish(execution)
//     for all of the round, in order, whoever made them:  LearnFrom(execution, finding)
//
// One process alone does the same, one execution after the other; that is EndExecution.
//
// Rounds begin at executions 1, 8, 64 and each 64th after. At first a strategy that learns has much to learn from
// few executions; later on, results that are 64 executions old are as good, and processes that wait for each other
// at the end of a round wait seldom.
//
// Some of the executions may go on where the last of them ended (a systematic search within a portfolio): one
// process makes all of those. Tested by tests/strategies/numbered_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/core/strategy.h"

namespace fate::sim {

// The round of an execution: 0 is the first one alone.
constexpr uint64_t RoundOf(uint64_t number) {
  if (number < 64) return number < 1 ? 0 : number < 8 ? 1 : 2;
  return 2 + number / 64;
}

// The number of the first execution after the round of `number`.
constexpr uint64_t EndOfRound(uint64_t number) {
  if (number < 64) return number < 1 ? 1 : number < 8 ? 8 : 64;
  return (number / 64 + 1) * 64;
}

class Numbered : public Strategy {
 public:
  // What only the process that made an execution knows of it.
  struct Finding {
    bool more = true;      // false: the search is exhausted
    bool goes_on = true;   // false: no further execution goes on where this one ended
    double progress = 0;   // as Strategy::Progress, of what goes on
  };

  // The next execution this process makes is `number`; what was learned in earlier rounds becomes known. Within a
  // round in any order, and not necessarily all.
  virtual void Prepare(uint64_t number) = 0;
  // Whether the execution that is prepared goes on where the last such ended.
  virtual bool GoesOn() const { return false; }
  // An execution that this process has just made.
  virtual Finding Finish(const Execution&) { return {}; }
  // Each execution, in the order of their numbers. False: the search is exhausted. Of an execution that another
  // process made, only the number, the outcome's kind, the counts and, if learns_from_traces(), the choices and the
  // steps and births of its trace are there.
  virtual bool LearnFrom(const Execution& execution, const Finding& finding) = 0;
  virtual bool learns_from_traces() const { return true; }

  bool EndExecution(const Execution& execution) final { return LearnFrom(execution, Finish(execution)); }
};

}  // namespace fate::sim
