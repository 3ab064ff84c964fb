#include "fate/sim/explore/job_board.h"

#include <new>
#include <utility>

namespace fate::sim {

namespace {

constexpr size_t kNoteBytes = SharedMemory::Paged(sizeof(JobNote));
constexpr size_t kChoicesBytes = SharedMemory::Paged(JobNote::kChoicesMost * sizeof(Choice));

}  // namespace

void JobRound::EndWith(uint64_t number) {
  uint64_t before = last.load();
  while (number < before && !last.compare_exchange_weak(before, number)) {
  }
}

absl::StatusOr<std::unique_ptr<JobBoard>> JobBoard::Make(uint32_t jobs, size_t arena_bytes) {
  std::unique_ptr<JobBoard> board(new JobBoard(arena_bytes));
  absl::StatusOr<SharedMemory> memory =
      SharedMemory::Map(kSharedBytes + jobs * (kNoteBytes + kChoicesBytes + 2 * arena_bytes), jobs);
  if (!memory.ok()) return memory.status();
  board->memory_ = *std::move(memory);
  char* notes = board->memory_.data() + kSharedBytes;
  char* choices = notes + jobs * kNoteBytes;
  board->shared_ = new (board->memory_.data()) Shared;
  board->arenas_ = choices + jobs * kChoicesBytes;
  for (uint32_t job = 0; job < jobs; ++job) {
    JobNote* note = new (notes + job * kNoteBytes) JobNote;
    note->choice = reinterpret_cast<Choice*>(choices + job * kChoicesBytes);
  }
  return board;
}

JobNote& JobBoard::note(uint32_t job) {
  return *reinterpret_cast<JobNote*>(memory_.data() + kSharedBytes + job * kNoteBytes);
}

JobRound& JobBoard::Open(uint64_t number, uint64_t first, uint64_t end) {
  JobRound* opened = new (&round(number)) JobRound;
  opened->first = first;
  opened->end = end;
  opened->last = end - 1;
  return *opened;
}

void JobBoard::Enter(uint32_t job, uint64_t round) {
  next_ = arenas_ + (2 * job + round % 2) * arena_bytes_;
  end_ = next_ + arena_bytes_;
}

void* JobBoard::Room(size_t bytes) {
  constexpr size_t kAlignment = alignof(std::max_align_t);
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (bytes > static_cast<size_t>(end_ - next_)) return nullptr;
  void* room = next_;
  next_ += bytes;
  return room;
}

}  // namespace fate::sim
