#include "fate/sim/explore/part_board.h"

#include <new>
#include <utility>

namespace fate::sim {

namespace {

using Given = std::atomic<bool>;

constexpr size_t Paged(size_t bytes) { return SharedMemory::Paged(bytes); }

constexpr size_t kHead = Paged(sizeof(Given));
constexpr size_t kChoices = Paged(sizeof(PartSlot));
constexpr size_t kRecords = kChoices + Paged(JobNote::kChoicesMost * sizeof(Choice));
constexpr size_t kWords = kRecords + Paged(PartSlot::kRecordsMost * sizeof(PartRecord));
constexpr size_t kSlot = kWords + Paged(PartSlot::kWordsMost * sizeof(uint64_t));

}  // namespace

absl::StatusOr<std::unique_ptr<PartBoard>> PartBoard::Make(uint32_t slots, uint64_t room) {
  std::unique_ptr<PartBoard> board(new PartBoard(room));
  absl::StatusOr<SharedMemory> memory = SharedMemory::Map(kHead + slots * kSlot, slots);
  if (!memory.ok()) return memory.status();
  board->memory_ = *std::move(memory);
  new (board->memory_.data()) Given(false);
  for (uint32_t slot = 0; slot < slots; ++slot) board->Clear(slot);
  return board;
}

std::atomic<bool>& PartBoard::given_up() { return *reinterpret_cast<Given*>(memory_.data()); }

PartSlot& PartBoard::slot(uint32_t index) {
  return *reinterpret_cast<PartSlot*>(memory_.data() + kHead + index * kSlot);
}

void PartBoard::Clear(uint32_t index) {
  char* place = memory_.data() + kHead + index * kSlot;
  PartSlot* slot = new (place) PartSlot;
  slot->room = room_;
  slot->note.choice = reinterpret_cast<Choice*>(place + kChoices);
  slot->records = reinterpret_cast<PartRecord*>(place + kRecords);
  slot->word = reinterpret_cast<uint64_t*>(place + kWords);
}

}  // namespace fate::sim
