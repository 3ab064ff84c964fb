#include "fate/sim/explore/part_workers.h"

#include <algorithm>
#include <utility>

#include "fate/sim/explore/noting.h"

namespace fate::sim {

void PartFound::Count(size_t index, JobsFound& found, Coverage& coverage) {
  const PartRecord& record = records[index];
  ++found.executions;
  found.steps += record.steps;
  found.contested |= record.contested;
  found.again += record.again;
  const bool ends = end && index + 1 == records.size();
  if (!ends || !(end->outcome.skips || end->crashed)) coverage.NoteHash(record.canonical, false);
  if (!ends) return;
  found.end = std::move(end);
  found.end->number = found.executions - 1;
}

absl::StatusOr<std::unique_ptr<PartWorkers>> PartWorkers::Make(uint32_t jobs, const ExploreOptions& options,
                                                               CrashGuard& guard, uint64_t room) {
  auto board = PartBoard::Make(jobs, room);
  if (!board.ok()) return board.status();
  std::unique_ptr<PartWorkers> workers(new PartWorkers(jobs, options, guard));
  workers->board_ = *std::move(board);
  return workers;
}

size_t PartWorkers::running() const {
  size_t running = 0;
  for (const Worker& worker : workers_) running += worker.process != nullptr;
  return running;
}

absl::Status PartWorkers::Start(uint64_t part, absl::FunctionRef<void(PartSlot&, WorkerChannel&)> work) {
  uint32_t index = 0;
  while (workers_[index].process != nullptr) ++index;
  board_->Clear(index);
  GivenUp();  // or, if time is over, the worker would learn it by chance: when its parent runs again
  auto process = WorkerProcess::Start([&](WorkerChannel& channel) {
    guard_.Forked();
    work(board_->slot(index), channel);
    channel.Done();
  });
  if (!process.ok()) return process.status();
  workers_[index] = {*std::move(process), part};
  return absl::OkStatus();
}

bool PartWorkers::GivenUp() {
  if (interrupt_.interrupted() || budget_.left() <= absl::ZeroDuration()) board_->given_up() = true;
  return board_->given_up();
}

absl::Status PartWorkers::WaitForFewer(size_t most, Ended ended, Full full) {
  while (running() >= most && running() > 0) {
    if (GivenUp()) EndWaiting(ended);
    if (running() == 0) break;
    std::vector<WorkerProcess*> processes;
    for (const Worker& worker : workers_) processes.push_back(worker.process.get());
    const bool timed = !GivenUp();
    const std::vector<uint32_t> heard = WaitForWords(processes, timed ? budget_.left() : absl::InfiniteDuration());
    GivenUp();
    for (const uint32_t index : heard) {
      // The one before it may have made it needless.
      if (workers_[index].process == nullptr) continue;
      if (absl::Status status = Hear(index, ended, full); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status PartWorkers::Hear(uint32_t index, Ended ended, Full full) {
  const std::unique_ptr<WorkerProcess>& process = workers_[index].process;
  const WorkerProcess::Word word = process->Heard();
  if (word == WorkerProcess::Word::kNone) return absl::OkStatus();
  const std::string died = word == WorkerProcess::Word::kDead ? process->end() : "";
  PartSlot& slot = board_->slot(index);
  if (!died.empty() && slot.note.running == 0) return EndedIdle(died);
  if (died.empty() && slot.full) {
    workers_[index].waits = true;
    full(workers_[index].part);
    return absl::OkStatus();
  }
  workers_[index].process.reset();
  ended(workers_[index].part, Take(slot, died), slot);
  return absl::OkStatus();
}

void PartWorkers::EndWaiting(Ended ended) {
  for (uint32_t index = 0; index < workers_.size(); ++index) {
    Worker& worker = workers_[index];
    if (worker.process == nullptr || !worker.waits) continue;
    worker.process.reset();
    ended(worker.part, Take(board_->slot(index), ""), board_->slot(index));
  }
}

PartFound PartWorkers::TakeSoFar(uint64_t part) {
  constexpr uint64_t kRoom = uint64_t{1} << 16;
  PartFound found;
  for (uint32_t index = 0; index < workers_.size(); ++index) {
    Worker& worker = workers_[index];
    if (worker.process == nullptr || worker.part != part || !worker.waits) continue;
    PartSlot& slot = board_->slot(index);
    found.records.assign(slot.records, slot.records + slot.count);
    slot.count = 0;
    slot.room = std::min(slot.room, kRoom);
    slot.full = worker.waits = false;
    worker.process->Go();
  }
  return found;
}

PartFound PartWorkers::Take(const PartSlot& slot, const std::string& died) const {
  PartFound found;
  found.records.assign(slot.records, slot.records + slot.count);
  if (!died.empty()) {
    found.end = CrashOf(slot.note, died, options_);
    found.records.push_back({0, 0, found.records.empty() ? 0 : found.records.back().progress, false});
  } else if (slot.outcome != OutcomeKind::kPassed || slot.skips) {
    JobEnd end;
    end.outcome = {slot.outcome, slot.text, Place()};
    end.outcome.skips = slot.skips;
    end.schedule = NotedSchedule(slot.note, options_.settings.interleaving);
    end.trace_hash = slot.trace_hash;
    found.end = std::move(end);
  }
  return found;
}

void PartWorkers::KillIf(absl::FunctionRef<bool(uint64_t part)> needless) {
  for (Worker& worker : workers_) {
    if (worker.process != nullptr && needless(worker.part)) worker.process.reset();
  }
}

void PartWorkers::TellTime(JobsFound& found) {
  const bool ended = found.end || !found.claim.empty() || found.executions == options_.executions;
  if (board_->given_up() && !ended) {
    found.interrupted = interrupt_.interrupted();
    if (!found.interrupted) budget_.RanOut();
  }
  found.capped = budget_.capped();
  found.elapsed = budget_.elapsed();
}

}  // namespace fate::sim
