#include "fate/sim/explore/part_worker.h"

#include <cstring>

#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

namespace {

// How often a part says how far it has come: in executions. It costs time.
constexpr uint64_t kTellsProgress = 64;

}  // namespace

const Execution& PartRuns::Run() {
  if (slot_.count == slot_.room) {
    slot_.full = true;
    channel_.Done();
    channel_.Wait();  // if the parent is gone this process soon is, too
  }
  const uint64_t number = number_++;
  const bool again = noting_.runs_again();
  slot_.note.seed = seed_;
  slot_.note.choices = 0;
  slot_.note.running = number + 1;
  const Execution& execution = scheduler_.Run(program_, noting_, number, seed_);
  slot_.skips = execution.outcome.skips;
  slot_.records[slot_.count] = {slot_.skips ? 0 : hash_.Of(execution), execution.steps, 0, execution.contested, again};
  slot_.outcome = execution.outcome.kind;
  if (!execution.outcome.passed()) {
    slot_.trace_hash = execution.trace.Hash();
    std::strncpy(slot_.text, execution.outcome.message.c_str(), PartSlot::kTextMost - 1);
  }
  ++slot_.count;
  slot_.note.running = 0;
  return execution;
}

void RunPart(Scheduler& scheduler, Program program, Strategy& search, SplitWalk* part, PartBoard& board, PartSlot& slot,
             WorkerChannel& channel, uint64_t seed, uint64_t executions) {
  PartRuns runs(scheduler, program, search, slot, channel, seed);
  const uint64_t restarts = part != nullptr ? part->restarts() : 0;
  const bool once = part != nullptr && part->blocked();
  double progress = search.Progress();
  for (uint64_t number = 0; number < executions; ++number) {
    if (number > 0 && board.given_up()) return;
    const Execution& execution = runs.Run();
    runs.record().progress = progress;
    if (slot.skips) return;
    const bool passed = execution.outcome.passed();
    const bool more = search.EndExecution(execution) && !once;
    if ((number + 1) % kTellsProgress == 0 || !passed || number + 1 == executions) progress = search.Progress();
    runs.record().progress = progress;
    if (!passed) return;
    slot.exhausted = !more;
    if (const auto* reduced = dynamic_cast<const ReducedSearch*>(&search)) {
      slot.caveats = reduced->caveats();
      slot.exhausted = !more && !reduced->gave_up();
    }
    slot.surprised = part != nullptr && part->restarts() != restarts;
    slot.restarts = search.restarts();
    if (!more || slot.surprised) return;
  }
}

}  // namespace fate::sim
