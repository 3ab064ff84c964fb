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
// Rounds begin at each of the first 8 executions, then at each quarter of a power of two, then at each 64th. At first
// there is much to learn from few executions; later on, results that are 64 executions old are as good, and processes
// that wait for each other at the end of a round wait seldom. Strategies that sample change what they do less often,
// at stages: at executions 1, 8, 64 and each 64th after, each of which begins a round.
//
// Some of the executions may go on where the last of them ended (a systematic search within a portfolio): one
// process makes all of those. Tested by tests/strategies/numbered_test.cc.
#pragma once

#include <bit>
#include <cstdint>

#include "fate/sim/core/strategy.h"

namespace fate::sim {

// The round of an execution: 0 is the first one alone.
constexpr uint64_t RoundOf(uint64_t number) {
  if (number < 8) return number;
  if (number >= 256) return 28 + (number - 256) / 64;
  const uint64_t quarter = std::bit_floor(number) / 4;
  return 4 * static_cast<uint64_t>(std::bit_width(number)) - 12 + number / quarter;
}

// The number of the first execution after the round of `number`.
constexpr uint64_t EndOfRound(uint64_t number) {
  if (number < 8) return number + 1;
  const uint64_t length = number >= 256 ? 64 : std::bit_floor(number) / 4;
  return (number / length + 1) * length;
}

// The stage of an execution.
constexpr uint64_t StageOf(uint64_t number) {
  if (number < 64) return number < 1 ? 0 : number < 8 ? 1 : 2;
  return 2 + number / 64;
}

class Numbered : public Strategy {
 public:
  // What only the process that made an execution knows of it.
  struct Finding {
    bool more = true;     // false: the search is exhausted
    bool goes_on = true;  // false: no further execution goes on where this one ended
    double progress = 0;  // as Strategy::Progress, of what goes on
    Restarts restarts;    // the same
  };

  // The next execution this process makes is `number`; what was learned in earlier rounds becomes known. Within a
  // round in any order, and not necessarily all.
  virtual void Prepare(uint64_t number) = 0;
  // Whether the execution that is prepared goes on where the last such ended.
  virtual bool GoesOn() const { return false; }
  // An execution that this process has just made.
  virtual Finding Finish(const Execution&) { return {}; }
  // Each execution, in the order of their numbers. False: the search is exhausted. Of an execution that another
  // process made, only the number, the outcome's kind, the counts and, if learns_from_traces(), the choices and all of
  // its trace but what pends and what was told are there.
  virtual bool LearnFrom(const Execution& execution, const Finding& finding) = 0;
  virtual bool learns_from_traces() const { return true; }
  // At the last choice of a task another option was taken than Choose gave.
  virtual void Overruled() {}

  bool EndExecution(const Execution& execution) final { return LearnFrom(execution, Finish(execution)); }
};

}  // namespace fate::sim
