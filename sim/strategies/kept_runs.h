// KeptRuns: the executions that later ones branch off from, in some ten bytes each.
//
//   KeptRuns runs(256 << 20);
//   runs.Add({path, from, cost, reach});
//   for (KeptRuns::Reader reader; runs.Next(reader, bound);) ... reader.run() ...   // those that cost less
//   runs.ForgetBelow(cost);   // whose branches all cost less
//
// An execution has most of its path in common with the one before it, so what is kept is the difference: how much is
// the same, the ranks that are not 0, and of the other choices what there was to choose where it is not what the one
// before had there. Numbers take seven bits a byte. They lie in chunks, which are forgotten as a whole, and are read in
// the order in which they were added: by cost.
//
// Bounded: when it is full those of the cost that is being added are all forgotten, and nothing more is kept. So
// for each cost there are all or none. O(choices) for each call. Tested by tests/strategies/kept_runs_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace fate::sim {

class KeptRuns {
 public:
  // A choice: what was taken, and what there was.
  struct Turn {
    uint32_t rank;
    uint32_t options : 29;
    uint32_t price : 2;
    uint32_t dull : 1;  // its branches come after the others
  };
  struct Run {
    std::vector<Turn> path;  // to the last choice that was not free
    size_t from;             // its branches begin here; earlier ones are those of another run
    uint32_t cost;
    uint32_t reach;  // the most that a branch costs besides; not kept, but for what is forgotten
  };
  // Where the next run stands, and the one read last. Stays where it is when runs are added; not when they go.
  class Reader {
   public:
    const Run& run() const { return run_; }

   private:
    friend class KeptRuns;
    size_t chunk_ = 0;
    size_t at_ = 0;
    Run run_{};
  };
  static constexpr uint32_t kAllWhole = std::numeric_limits<uint32_t>::max();

  // Keeps at most so many bytes, and the unused end of the last chunk of each cost.
  explicit KeptRuns(size_t bytes_most) : bytes_most_(bytes_most) {}

  // REQUIRES: it costs no less than those before.
  void Add(const Run& run);
  // All runs that cost less are there, but those that were forgotten by ForgetBelow; none that costs as much or more.
  // kAllWhole: it is not full.
  uint32_t whole() const { return whole_; }
  // Reads the next run, if there is one that costs less than `bound`.
  bool Next(Reader& reader, uint32_t bound) const;
  // Forgets runs without a branch that costs `cost` or more, by chunks.
  void ForgetBelow(uint32_t cost);

  size_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kChunkBytes = size_t{1} << 16;

  struct Chunk {
    uint32_t cost = 0;
    uint32_t reach = 0;  // the most of its runs
    std::vector<uint8_t> bytes;
  };

  static bool SameShape(const Turn& turn, const Turn& other) {
    return turn.options == other.options && turn.price == other.price;
  }
  // Writes `run` as a difference to `last_`.
  void Write(const Run& run);
  void WriteShapes(const std::vector<Turn>& path, size_t same);
  void WriteNumber(uint64_t number);

  size_t bytes_most_;
  size_t bytes_ = 0;
  uint32_t whole_ = kAllWhole;
  std::deque<Chunk> chunks_;      // by cost
  std::vector<Turn> last_;        // the path added last to the last chunk
  std::vector<uint8_t> written_;  // scratch
};

}  // namespace fate::sim
