// NewTraces: steers samples away from the traces that were seen, in programs that have few.
//
//   NewTraces new_traces(seed);
//   new_traces.BeginExecution(number);
//   option = new_traces.Choose(point, sampler);                // the sampler's, or another one, of which it is told
//   new_traces.Note(execution, sampled);                       // whoever made it
//   new_traces.EndRound();                                     // what was noted is known from now on
//
// A sample that repeats a trace is wasted, and a program with few traces is sampled so most of the time: what is
// found in 1/p samples with repetition takes half as many without. As long as an execution is the beginning of traces
// that were seen, one of those is drawn, and one of its races: of the two steps the earlier one is held back until the
// other is made, and the rest is the sampler's. From the first event on that was not seen, all is. So what is sampled
// is what the sampler would have sampled, but for one race turned round where it would have repeated itself.
//
// An event is known by a number made of its past, as in unfoldings (Rodriguez, Sousa, Sharma, Kroening,
// "Unfolding-based partial order reduction", CONCUR 2015): two executions have it in common if their traces do, and a
// race whose turned side was seen need not be turned. It is a help, not a promise: a race may turn out to be none, and
// to turn it leads to another trace that was seen, again and again. So after r samples in turn that brought nothing new
// one of r + 1 is steered, and what the sampler does on its own keeps its chance.
//
// Of the first kTraces traces, if they are short. O(steps^2) to note one; then O(races) a choice while nothing is new.
// Tested by tests/strategies/new_traces_test.cc.
//
// Unordered: looked up by key only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "fate/sim/core/prng.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/race/event_numbers.h"
#include "fate/sim/race/footprint.h"
#include "fate/sim/race/step_order.h"
#include "fate/sim/strategies/key_numbers.h"
#include "fate/sim/strategies/numbered.h"

namespace fate::sim {

class NewTraces {
 public:
  static constexpr size_t kTraces = 256;
  static constexpr size_t kSteps = 128;  // of an execution: longer ones seldom repeat each other
  static constexpr size_t kRaces = 64;   // of a trace: the first

  explicit NewTraces(uint64_t seed) : seed_(seed) {}

  void BeginExecution(uint64_t number);
  // What the sampler chooses, or another option: then it is told that it was overruled.
  uint32_t Choose(const ChoicePoint& point, Numbered& sampler);
  void Note(const Execution& execution, bool sampled);
  void EndRound();

  size_t traces() const { return seen_.size(); }

 private:
  // A set of traces.
  class Traces {
   public:
    void Add(size_t trace) { words_[trace / 64] |= Bit(trace); }
    bool Has(size_t trace) const { return (words_[trace / 64] & Bit(trace)) != 0; }
    bool empty() const { return words_ == std::array<uint64_t, kTraces / 64>(); }
    void KeepOnly(const Traces& others) {
      for (size_t i = 0; i < words_.size(); ++i) words_[i] &= others.words_[i];
    }
    Traces Without(const Traces& others) const;
    // The first of them from `from` on; kTraces if there is none.
    size_t FirstFrom(size_t from) const;

   private:
    static uint64_t Bit(size_t trace) { return uint64_t{1} << trace % 64; }
    std::array<uint64_t, kTraces / 64> words_{};
  };
  // As StepOrder's, with the number of the path.
  struct Name {
    uint32_t path;
    uint32_t ordinal;
  };
  // `earlier` could come after `later`; then that would be the event `turned`.
  struct Race {
    Name earlier;
    Name later;
    uint64_t turned;
  };
  struct Seen {
    std::vector<uint64_t> events;  // only until it is known
    std::vector<Race> races;       // whose turned event was in no trace that was known when they were looked at last
    size_t looked_at = 0;          // how many traces those were
    bool sampled = true;
  };

  // The option to take where a sampler would have taken `option`.
  uint32_t Steer(const ChoicePoint& point, uint32_t option);
  static bool IsEvent(const StepFootprint& footprint) {
    return footprint.kind != OpKind::kStart || footprint.inside != 0;
  }
  void Follow(const Execution& execution);
  bool Made(const Name& name) const { return made_[name.path] > name.ordinal; }
  bool Open(const Race& race) const { return !Made(race.earlier) && !Made(race.later); }
  // Draws a race to turn if none is being turned; whether there is one.
  bool DrawRace();
  // Of this trace.
  bool DrawRaceOf(Seen& seen);
  bool HeldBack(const TaskRecord& task) const;
  Name NameOf(const StepOrder::Name& name);

  uint64_t seed_;
  Footprints footprints_;
  KeyNumbers paths_;  // of the tasks that have races
  // Known.
  std::vector<Seen> seen_;
  Traces all_;                                       // of them
  absl::flat_hash_map<uint64_t, Traces> traces_of_;  // by event
  uint32_t in_vain_ = 0;                             // samples since the last new trace
  // Noted since the last round.
  std::vector<Seen> noted_;

  // Of the execution.
  Prng prng_{0};
  EventNumbers numbers_;
  bool steers_ = false;  // nothing is new yet
  Traces possible_;      // that it may yet repeat
  Traces let_be_;        // not to be turned in this execution
  size_t followed_ = 0;  // steps
  size_t accesses_ = 0;
  std::vector<uint32_t> made_;  // by path: 0: it has not begun; else one more than its operations
  bool turning_ = false;
  size_t trace_ = 0;  // whose race is turned
  Race race_{};
};

}  // namespace fate::sim
