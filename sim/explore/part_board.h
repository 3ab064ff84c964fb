// PartBoard: the memory in which workers leave what the executions of a part of a search came to.
//
// A slot for each worker that runs at a time, in SharedMemory. It has room for so many records; a worker whose slot is
// full waits until they were taken (part_workers.h). Tested by tests/explore/part_board_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "fate/sim/core/outcome.h"
#include "fate/sim/explore/job_board.h"
#include "fate/sim/explore/shared_memory.h"
#include "fate/sim/race/reduced_search.h"

namespace fate::sim {

struct PartRecord {
  uint64_t canonical = 0;  // TraceHash
  uint64_t steps = 0;
  double progress = 0;  // how far the search says it has come; told every few executions
  bool contested = false;
  bool again = false;  // Strategy::runs_again
};

struct PartSlot {
  static constexpr uint64_t kRecordsMost = uint64_t{1} << 24;
  static constexpr size_t kTextMost = 16 * 1024;
  static constexpr uint64_t kWordsMost = uint64_t{1} << 27;

  JobNote note;                    // what runs now
  std::atomic<uint64_t> count{0};  // executions that ended, of which there are records
  uint64_t room = kRecordsMost;    // for records
  bool full = false;               // it waits
  bool exhausted = false;
  bool surprised = false;  // what was believed of steps does not hold
  bool skips = false;
  OutcomeKind outcome = OutcomeKind::kPassed;  // of the last
  uint64_t trace_hash = 0;                     // of one that did not pass
  Strategy::Restarts restarts;
  ReducedSearch::Caveats caveats;  // if it is such a search
  bool left_out = false;           // something was, by a bound of bounded_dpor
  char text[kTextMost] = {};       // of the outcome, as far as it goes
  PartRecord* records = nullptr;

  // Of a bounded search (split_bounded.h): how many of its parts were run to their end, and what else there is to say.
  uint64_t ended = 0;
  bool no_room = false;  // our limit: it is more than that
  uint64_t words = 0;
  uint64_t* word = nullptr;  // kWordsMost of them
};

class PartBoard {
 public:
  // `room`: for how many records, at most kRecordsMost.
  static absl::StatusOr<std::unique_ptr<PartBoard>> Make(uint32_t slots, uint64_t room = PartSlot::kRecordsMost);

  PartSlot& slot(uint32_t index);
  // For the next part.
  void Clear(uint32_t index);
  // Nothing more is to be begun.
  std::atomic<bool>& given_up();

 private:
  explicit PartBoard(uint64_t room) : room_(room) {}

  SharedMemory memory_;
  uint64_t room_;
};

}  // namespace fate::sim
