// JobBoard: the memory that the processes of a search share: what is to be made, and what came of it.
//
// SharedMemory: pointers into it mean the same in all of them; a Place, which points to what the linker laid out, does
// too.
//
// A round of executions (fate/sim/strategies/numbered.h) is on the board from when it is opened until the next but one
// is: a process may still learn from one round while another makes the next. Each process writes results of its own
// executions, and room for their traces is its own, kArenaBytes a round: address space, which takes memory only where
// it is written. Tested by tests/explore/job_board_test.cc.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fate/sim/core/execution.h"
#include "fate/sim/explore/shared_memory.h"
#include "fate/sim/strategies/numbered.h"

namespace fate::sim {

// A copy of a log in shared memory.
template <class T>
struct SharedRow {
  const T* data = nullptr;
  size_t size = 0;

  void AppendTo(Log<T>& log) const {
    for (size_t i = 0; i < size; ++i) log.push_back(data[i]);
  }
};

// What one execution came to.
struct JobResult {
  std::atomic<bool> made{false};
  bool sampled = false;
  bool contested = false;
  bool drew = false;
  bool again = false;  // Strategy::runs_again
  bool skips = false;
  bool no_room = false;  // our limit: what should be here did not fit
  OutcomeKind outcome = OutcomeKind::kPassed;
  uint64_t seed = 0;
  uint64_t steps = 0;
  uint64_t canonical = 0;   // TraceHash
  uint64_t trace_hash = 0;  // Trace::Hash, of one that did not pass
  Numbered::Finding finding;
  SharedRow<Choice> choices;
  SharedRow<Step> trace_steps;  // if anybody learns from them
  SharedRow<Birth> births;      // the same, and so on
  SharedRow<Access> accesses;
  SharedRow<ClockMove> clock_moves;
  SharedRow<uint32_t> object_names;
  SharedRow<char> text;   // of the outcome; the claim if there is no more; how a second run differed
  bool differed = false;  // a second run of the same choices did

  bool passed() const { return outcome == OutcomeKind::kPassed; }
  // Whether nothing with a higher number is needed.
  bool EndsTheSearch() const { return !passed() || skips || !finding.more || differed || no_room; }
};

// The executions that are to be made, and taken.
struct JobRound {
  static constexpr uint64_t kMost = 64;

  uint64_t first = 0;
  uint64_t end = 0;
  std::atomic<uint64_t> taken{0};        // of those that anybody may make
  std::atomic<uint64_t> last{0};         // those after it are not needed any more
  std::atomic<bool> given_up{false};     // nothing more is to be begun
  std::array<JobResult, kMost> results;  // by number - first

  JobResult& Of(uint64_t number) { return results[number - first]; }
  // Nobody needs what comes after `number`.
  void EndWith(uint64_t number);
};

// What a process is doing, for whoever finds it dead.
struct JobNote {
  static constexpr uint64_t kChoicesMost = uint64_t{1} << 22;

  std::atomic<uint64_t> running{0};  // number of the execution, plus 1; 0: none
  uint64_t seed = 0;
  std::atomic<uint64_t> choices{0};  // so far
  Choice* choice = nullptr;          // kChoicesMost of them
};

class JobBoard {
 public:
  static constexpr size_t kArenaBytes = size_t{1} << 30;

  // For so many processes; `arena_bytes`: for the traces of one process in one round, whole pages. Errors: our limit,
  // no memory can be mapped.
  static absl::StatusOr<std::unique_ptr<JobBoard>> Make(uint32_t jobs, size_t arena_bytes = kArenaBytes);

  // Clears the older of two rounds for the executions from `first` to before `end`. By the parent.
  JobRound& Open(uint64_t round, uint64_t first, uint64_t end);
  JobRound& round(uint64_t round) { return shared_->rounds[round % 2]; }
  JobNote& note(uint32_t job);

  // In the process `job`: a round begins, so what it kept in the last but one may go.
  void Enter(uint32_t job, uint64_t round);
  // Copies what the others need of an execution to where they find it; returns whether there was room.
  template <class T>
  bool Keep(const T* data, size_t size, SharedRow<T>& row);
  bool Keep(std::string_view text, SharedRow<char>& row) { return Keep(text.data(), text.size(), row); }

 private:
  struct Shared {
    JobRound rounds[2];
  };

  static constexpr size_t kSharedBytes = SharedMemory::Paged(sizeof(Shared));

  explicit JobBoard(size_t arena_bytes) : arena_bytes_(arena_bytes) {}
  void* Room(size_t bytes);

  size_t arena_bytes_;
  SharedMemory memory_;  // Shared, notes, choices of the notes, arenas
  Shared* shared_ = nullptr;
  char* arenas_ = nullptr;
  char* next_ = nullptr;  // of the process: room that is free
  char* end_ = nullptr;
};

// ---------------------------------------------------------------------------------------------

template <class T>
bool JobBoard::Keep(const T* data, size_t size, SharedRow<T>& row) {
  void* room = Room(size * sizeof(T));
  if (room == nullptr) return false;
  T* kept = static_cast<T*>(room);
  for (size_t i = 0; i < size; ++i) new (kept + i) T(data[i]);
  row = {kept, size};
  return true;
}

}  // namespace fate::sim
