#include "fate/sim/strategies/kept_runs.h"

#include <algorithm>

namespace fate::sim {

namespace {

uint64_t ReadNumber(const std::vector<uint8_t>& bytes, size_t& at) {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = bytes[at++];
    number |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return number;
  }
}

}  // namespace

// --- writing ---------------------------------------------------------------------------------

void KeptRuns::WriteNumber(uint64_t number) {
  for (; number >= 0x80; number >>= 7) written_.push_back(static_cast<uint8_t>(number | 0x80));
  written_.push_back(static_cast<uint8_t>(number));
}

// From choice `same` on, in pieces: as many as the run before has there, or as many that are alike.
void KeptRuns::WriteShapes(const std::vector<Turn>& path, size_t same) {
  for (size_t i = same; i < path.size();) {
    size_t as_before = i;
    while (as_before < std::min(path.size(), last_.size()) && SameShape(path[as_before], last_[as_before])) ++as_before;
    size_t alike = i;
    while (alike < path.size() && SameShape(path[alike], path[i])) ++alike;
    if (as_before >= alike) {
      WriteNumber((as_before - i) << 1);
    } else {
      WriteNumber((alike - i) << 1 | 1);
      WriteNumber(uint64_t{path[i].options} << 2 | path[i].price);
    }
    i = std::max(as_before, alike);
  }
}

void KeptRuns::Write(const Run& run) {
  written_.clear();
  const std::vector<Turn>& path = run.path;
  size_t same = 0;
  while (same < std::min(path.size(), last_.size()) && path[same].rank == last_[same].rank &&
         SameShape(path[same], last_[same])) {
    ++same;
  }
  const auto tail = path.begin() + static_cast<std::ptrdiff_t>(same);
  const auto new_turns = path.begin() + static_cast<std::ptrdiff_t>(run.from);
  const bool dull = std::any_of(new_turns, path.end(), [](const Turn& turn) { return turn.dull != 0; });
  WriteNumber(same);
  WriteNumber(path.size() - same);
  WriteNumber(run.from);
  const auto ranks = std::count_if(tail, path.end(), [](const Turn& turn) { return turn.rank != 0; });
  WriteNumber(static_cast<uint64_t>(ranks) << 1 | dull);
  WriteShapes(path, same);
  for (size_t i = same, last = same; i < path.size(); ++i) {
    if (path[i].rank == 0) continue;
    WriteNumber(i - last);
    WriteNumber(path[i].rank);
    last = i;
  }
  if (!dull) return;
  for (size_t i = run.from; i < path.size(); ++i) {
    const size_t bit = (i - run.from) % 8;
    if (bit == 0) written_.push_back(0);
    written_.back() = static_cast<uint8_t>(written_.back() | path[i].dull << bit);
  }
}

void KeptRuns::Add(const Run& run) {
  if (whole_ != kAllWhole) return;
  if (chunks_.empty() || chunks_.back().cost != run.cost) last_.clear();
  Write(run);
  if (last_.empty() || chunks_.back().bytes.size() + written_.size() > kChunkBytes) {
    last_.clear();
    Write(run);
    if (!chunks_.empty()) chunks_.back().bytes.shrink_to_fit();
    chunks_.emplace_back().cost = run.cost;
  }
  bytes_ += written_.size();
  if (bytes_ > bytes_most_) {
    whole_ = run.cost;
    for (; !chunks_.empty() && chunks_.back().cost == run.cost; chunks_.pop_back()) {
      bytes_ -= chunks_.back().bytes.size();
    }
    bytes_ -= written_.size();
    return;
  }
  Chunk& chunk = chunks_.back();
  chunk.bytes.insert(chunk.bytes.end(), written_.begin(), written_.end());
  chunk.reach = std::max(chunk.reach, run.reach);
  last_ = run.path;
}

void KeptRuns::ForgetBelow(uint32_t cost) {
  std::erase_if(chunks_, [this, cost](const Chunk& chunk) {
    const bool goes = chunk.cost + chunk.reach < cost;
    if (goes) bytes_ -= chunk.bytes.size();
    return goes;
  });
}

// --- reading ---------------------------------------------------------------------------------

bool KeptRuns::Next(Reader& reader, uint32_t bound) const {
  Run& run = reader.run_;
  if (reader.chunk_ < chunks_.size() && reader.at_ == chunks_[reader.chunk_].bytes.size()) {
    ++reader.chunk_;
    reader.at_ = 0;
  }
  if (reader.chunk_ == chunks_.size() || chunks_[reader.chunk_].cost >= bound) return false;
  const Chunk& chunk = chunks_[reader.chunk_];
  const auto next = [&] { return ReadNumber(chunk.bytes, reader.at_); };
  if (reader.at_ == 0) run.path.clear();
  const size_t same = next();
  const size_t size = same + next();
  run.from = next();
  run.cost = chunk.cost;
  run.reach = chunk.reach;
  const uint64_t ranks = next();
  const bool dull = (ranks & 1) != 0;
  run.path.resize(size);
  for (size_t i = same; i < size;) {
    const uint64_t piece = next();
    const bool alike = (piece & 1) != 0;
    const uint64_t shape = alike ? next() : 0;
    for (const size_t end = i + (piece >> 1); i < end; ++i) {
      Turn& turn = run.path[i];
      turn.rank = 0;
      if (!alike) continue;
      turn.options = static_cast<uint32_t>(shape >> 2);
      turn.price = static_cast<uint32_t>(shape & 3);
    }
  }
  for (size_t i = same, left = ranks >> 1; left > 0; --left) {
    i += next();
    run.path[i].rank = static_cast<uint32_t>(next());
  }
  for (size_t i = run.from; i < size; ++i) {
    const size_t bit = i - run.from;
    run.path[i].dull = dull && (chunk.bytes[reader.at_ + bit / 8] >> bit % 8 & 1) != 0;
  }
  if (dull) reader.at_ += (size - run.from + 7) / 8;
  return true;
}

}  // namespace fate::sim
