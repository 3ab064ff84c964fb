// JobWorker: what a worker process does: makes its share of each round, and learns from all of it.
//
// See fate/sim/explore/jobs.h. Tested by tests/explore/jobs_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/explore/coverage.h"
#include "fate/sim/explore/job_board.h"
#include "fate/sim/explore/options.h"
#include "fate/sim/strategies/numbered.h"

namespace fate::sim {

class JobWorker {
 public:
  // The first one, 0, makes what goes on. REQUIRES: the strategy of the options is Numbered.
  JobWorker(Scheduler& scheduler, Program program, const ExploreOptions& options, JobBoard& board, uint32_t job);

  // Learns from the round before, if there is one; then makes its share of this one.
  void MakeRound(uint64_t round);

 private:
  void Learn(JobRound& round);
  void Make(JobRound& round, uint64_t number);
  void Publish(const Execution& execution, JobRound& round, uint64_t number);
  void CheckDeterminism(JobResult& result);

  Scheduler& scheduler_;
  Program program_;
  const ExploreOptions& options_;
  JobBoard& board_;
  uint32_t job_;
  Coverage coverage_;  // as in all of them
  TraceHash hash_;
  std::unique_ptr<Numbered> strategy_;
  Execution learned_;           // another's, as far as it is needed
  std::vector<uint64_t> free_;  // of the round: anybody may make them
};

}  // namespace fate::sim
