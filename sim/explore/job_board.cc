#include "fate/sim/explore/job_board.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fate::sim {

namespace {

constexpr size_t kPage = 4096;

constexpr size_t Paged(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

constexpr size_t kNoteBytes = Paged(sizeof(JobNote));
constexpr size_t kChoicesBytes = Paged(JobNote::kChoicesMost * sizeof(Choice));

}  // namespace

void JobRound::EndWith(uint64_t number) {
  uint64_t before = last.load();
  while (number < before && !last.compare_exchange_weak(before, number)) {
  }
}

size_t JobBoard::bytes() const {
  return Paged(sizeof(Shared)) + jobs_ * (kNoteBytes + kChoicesBytes + 2 * arena_bytes_);
}

absl::StatusOr<std::unique_ptr<JobBoard>> JobBoard::Make(uint32_t jobs, size_t arena_bytes) {
  std::unique_ptr<JobBoard> board(new JobBoard(jobs, arena_bytes));
  void* memory = ::mmap(nullptr, board->bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
                        -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("our limit: the memory that ", jobs, " worker processes share (", board->bytes() >> 20,
                     " MiB of address space) cannot be mapped: ", std::strerror(errno), "; use fewer --fate_jobs"));
  }
  board->memory_ = static_cast<char*>(memory);
  board->shared_ = new (memory) Shared;
  char* notes = board->memory_ + Paged(sizeof(Shared));
  char* choices = notes + jobs * kNoteBytes;
  board->arenas_ = choices + jobs * kChoicesBytes;
  for (uint32_t job = 0; job < jobs; ++job) {
    JobNote* note = new (notes + job * kNoteBytes) JobNote;
    note->choice = reinterpret_cast<Choice*>(choices + job * kChoicesBytes);
  }
  return board;
}

JobBoard::~JobBoard() {
  if (memory_ != nullptr) ::munmap(memory_, bytes());
}

JobNote& JobBoard::note(uint32_t job) {
  return *reinterpret_cast<JobNote*>(memory_ + Paged(sizeof(Shared)) + job * kNoteBytes);
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
