// PartBoard: the memory in which workers leave what the executions of a part of a search came to.
//
// A slot for each worker that runs at a time, in SharedMemory. Tested by tests/explore/part_board_test.cc.
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
};

struct PartSlot {
  static constexpr uint64_t kRecordsMost = uint64_t{1} << 26;
  static constexpr size_t kTextMost = 16 * 1024;
  static constexpr uint64_t kWordsMost = uint64_t{1} << 27;

  JobNote note;  // what runs now
  std::atomic<uint64_t> count{0};  // executions that ended
  bool exhausted = false;
  bool surprised = false;  // what was believed of steps does not hold
  bool skips = false;
  OutcomeKind outcome = OutcomeKind::kPassed;  // of the last
  uint64_t trace_hash = 0;                     // of one that did not pass
  uint64_t redundant = 0;
  ReducedSearch::Caveats caveats;  // if it is such a search
  bool left_out = false;           // something was, by a bound of bounded_dpor
  char text[kTextMost] = {};  // of the outcome, as far as it goes
  PartRecord* records = nullptr;

  // Of a bounded search (split_bounded.h): how many of its parts were run to their end, and what else there is to say.
  uint64_t ended = 0;
  bool no_room = false;  // our limit: it is more than that
  uint64_t words = 0;
  uint64_t* word = nullptr;  // kWordsMost of them
};

class PartBoard {
 public:
  static absl::StatusOr<std::unique_ptr<PartBoard>> Make(uint32_t slots);

  PartSlot& slot(uint32_t index);
  // For the next part.
  void Clear(uint32_t index);
  // Nothing more is to be begun.
  std::atomic<bool>& given_up();

 private:
  PartBoard() = default;

  SharedMemory memory_;
};

}  // namespace fate::sim
