// What a worker process does with a part of a search that was split: runs it, and leaves what came of it in its slot.
// Tested by tests/explore/split_search_test.cc.
#pragma once

#include <cstdint>

#include "fate/sim/core/scheduler.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/part_board.h"
#include "fate/sim/explore/split_walk.h"

namespace fate::sim {

// Runs `search` to its end, to the first execution that does not pass, or to so many; `part`: it is that of this one, and
// cannot begin again; null: it is all there is. O(1) memory besides the slot.
void RunPart(Scheduler& scheduler, Program program, Strategy& search, SplitWalk* part, PartBoard& board, PartSlot& slot,
             uint64_t seed, uint64_t executions);

}  // namespace fate::sim
