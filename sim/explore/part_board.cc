#include "fate/sim/explore/part_board.h"

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

constexpr size_t kHead = kPage;  // given_up
constexpr size_t kChoices = Paged(sizeof(PartSlot));
constexpr size_t kRecords = kChoices + Paged(JobNote::kChoicesMost * sizeof(Choice));
constexpr size_t kSlot = kRecords + Paged(PartSlot::kRecordsMost * sizeof(PartRecord));

}  // namespace

absl::StatusOr<std::unique_ptr<PartBoard>> PartBoard::Make(uint32_t slots) {
  std::unique_ptr<PartBoard> board(new PartBoard(slots));
  const size_t bytes = kHead + slots * kSlot;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("our limit: the memory that ", slots, " worker processes share (", bytes >> 20,
                     " MiB of address space) cannot be mapped: ", std::strerror(errno), "; use fewer --fate_jobs"));
  }
  board->memory_ = static_cast<char*>(memory);
  new (memory) std::atomic<bool>(false);
  for (uint32_t slot = 0; slot < slots; ++slot) board->Clear(slot);
  return board;
}

PartBoard::~PartBoard() {
  if (memory_ != nullptr) ::munmap(memory_, kHead + slots_ * kSlot);
}

std::atomic<bool>& PartBoard::given_up() { return *reinterpret_cast<std::atomic<bool>*>(memory_); }

PartSlot& PartBoard::slot(uint32_t index) { return *reinterpret_cast<PartSlot*>(memory_ + kHead + index * kSlot); }

void PartBoard::Clear(uint32_t index) {
  char* place = memory_ + kHead + index * kSlot;
  PartSlot* slot = new (place) PartSlot;
  slot->note.choice = reinterpret_cast<Choice*>(place + kChoices);
  slot->records = reinterpret_cast<PartRecord*>(place + kRecords);
}

}  // namespace fate::sim
