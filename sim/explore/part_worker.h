// What a worker process does with a part of a search that was split: runs it, and leaves what came of it in its slot.
// Tested by tests/explore/split_search_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/noting.h"
#include "fate/sim/explore/part_board.h"
#include "fate/sim/explore/split_walk.h"
#include "fate/sim/explore/worker_process.h"
#include "fate/sim/race/trace_hash.h"

namespace fate::sim {

// Runs `search` to its end, to the first execution that does not pass, or to so many; `part`: it is that of this one,
// and cannot begin again; null: it is all there is. O(1) memory besides the slot.
void RunPart(Scheduler& scheduler, Program program, Strategy& search, SplitWalk* part, PartBoard& board, PartSlot& slot,
             WorkerChannel& channel, uint64_t seed, uint64_t executions);

// Runs the executions of a part: each leaves in the slot what came of it.
class PartRuns {
 public:
  PartRuns(Scheduler& scheduler, Program program, Strategy& search, PartSlot& slot, WorkerChannel& channel,
           uint64_t seed)
      : scheduler_(scheduler),
        program_(program),
        noting_(search, slot.note),
        slot_(slot),
        channel_(channel),
        seed_(seed) {}

  // If the slot is full it waits for room before.
  const Execution& Run();
  // What the last one left.
  PartRecord& record() { return slot_.records[slot_.count - 1]; }

 private:
  Scheduler& scheduler_;
  Program program_;
  Noting noting_;
  PartSlot& slot_;
  WorkerChannel& channel_;
  uint64_t seed_;
  uint64_t number_ = 0;  // of the next one
  TraceHash hash_;
};

}  // namespace fate::sim
