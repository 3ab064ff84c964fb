#include "fate/sim/explore/part_worker.h"

#include <cstring>

#include "fate/sim/explore/noting.h"
#include "fate/sim/race/reduced_search.h"
#include "fate/sim/race/trace_hash.h"

namespace fate::sim {

namespace {

// How often a part says how far it has come: in executions. It costs time.
constexpr uint64_t kTellsProgress = 64;

}  // namespace

void RunPart(Scheduler& scheduler, Program program, Strategy& search, SplitWalk* part, PartBoard& board, PartSlot& slot,
             uint64_t seed, uint64_t executions) {
  TraceHash hash;
  Noting noting(search, slot.note);
  const uint64_t restarts = part != nullptr ? part->restarts() : 0;
  const bool once = part != nullptr && part->blocked();
  double progress = search.Progress();
  for (uint64_t number = 0; number < executions && number < PartSlot::kRecordsMost && !board.given_up(); ++number) {
    slot.note.seed = seed;
    slot.note.choices = 0;
    slot.note.running = number + 1;
    const Execution& execution = scheduler.Run(program, noting, number, seed);
    slot.skips = execution.outcome.skips;
    PartRecord& record = slot.records[number];
    record = {slot.skips ? 0 : hash.Of(execution), execution.steps, progress, execution.contested};
    slot.outcome = execution.outcome.kind;
    const bool passed = execution.outcome.passed();
    if (!passed) {
      slot.trace_hash = execution.trace.Hash();
      std::strncpy(slot.text, execution.outcome.message.c_str(), PartSlot::kTextMost - 1);
    }
    slot.count = number + 1;
    slot.note.running = 0;
    if (slot.skips) return;
    const bool more = search.EndExecution(execution) && !once;
    if ((number + 1) % kTellsProgress == 0 || !passed || number + 1 == executions) progress = search.Progress();
    record.progress = progress;
    if (!passed) return;
    slot.exhausted = !more;
    if (const auto* reduced = dynamic_cast<const ReducedSearch*>(&search)) slot.caveats = reduced->caveats();
    if (part != nullptr) {
      slot.surprised = part->restarts() != restarts;
      slot.redundant = part->redundant();
    }
    if (!more || slot.surprised) return;
  }
}

}  // namespace fate::sim
