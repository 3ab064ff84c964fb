// Rff: reads-from fuzzing: executions that are asked to read from elsewhere than those before them.
//
// Wolff, Shi, Duck, Mathur, Roychoudhury, "Greybox fuzzing for concurrency testing" (ASPLOS 2024).
// An abstract schedule is a set of obligations: the read at site r must, or must not, read from the
// write at site w. Each execution mutates one of a corpus of them (inserts, removes, flips or
// replaces obligations), and obeys it as far as it can: a read is held back while it would read
// what it must not, and a write while it would take away what a read that is still to come must
// read. What is not held back is ordered by partial order sampling (see Pos); if all is held back,
// nothing is. An abstract schedule whose execution read from where none did before, or from a new
// combination, joins the corpus. Those of rare combinations are drawn more often.
//
// Sites are those of ReadsFrom: one obligation holds for any number of tasks that are alike. Our
// deviations: an obligation is drawn among the pairs of a read and a write seen on one object,
// whether or not the one has read from the other: the pair that fails has not been observed. It
// binds until it is met once. What a task that has not begun does first is guessed by its path. O(n
// (obligations that are not met + 1)) a choice. Memory: the pairs of sites of the program, and the kMostCombinations
// that were new last; one that was forgotten and comes again is new.
//
// Where few pairs are known, abstract schedules tell little apart, and are obeyed again and again. With
// Obliges::kWhileNew executions that obey none become as many as those that do once there were as many executions since
// the last new pair as there are sets of two obligations.
//
// Tested by tests/strategies/rff_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "fate/sim/strategies/conflict.h"
#include "fate/sim/strategies/key_numbers.h"
#include "fate/sim/strategies/reads_from.h"
#include "fate/sim/strategies/recent_counts.h"
#include "fate/sim/strategies/sampling.h"
#include "fate/sim/strategies/task_counts.h"
#include "fate/sim/strategies/uniform_walk.h"

namespace fate::sim {

class Rff final : public Sampling<Rff> {
 public:
  static constexpr size_t kMostObligations = 6;
  static constexpr size_t kMostEntries = 1024;  // in the corpus; then the oldest leave
  static constexpr size_t kMostCombinations = size_t{1} << 20;

  // How what is not held back is ordered: by partial order sampling, or with all interleavings as likely (see Urw).
  enum class Rest : uint8_t { kPartialOrder, kUniform };

  // Whether each execution is to obey an abstract schedule, or ever fewer (see above).
  enum class Obliges : uint8_t { kAlways, kWhileNew };

  explicit Rff(uint64_t seed, Obliges obliges = Obliges::kAlways, size_t most_combinations = kMostCombinations)
      : Sampling(seed), obliges_(obliges), combinations_(most_combinations) {}
  // From the next execution on.
  void set_rest(Rest rest) { rest_ = rest; }

  size_t pairs() const { return pairs_.size(); }
  size_t corpus() const { return corpus_.size(); }
  size_t combinations() const { return combinations_.size(); }
  // Of the execution under way.
  size_t obligations() const { return schedule_.size(); }

 private:
  friend class Sampling<Rff>;
  struct Pair {
    Site read;
    Site write;
  };
  struct KnownPair {
    Pair pair;
    uint64_t read = 0;  // the execution that read it last, counted from 1; 0: none
  };
  struct Obligation {
    Pair pair;
    bool positive;
    bool met = false;
  };
  using AbstractSchedule = absl::InlinedVector<Obligation, kMostObligations>;
  struct Entry {
    AbstractSchedule schedule;
    uint64_t combination;  // of what its execution read, by number
  };
  // What a task is about to do, as far as obligations go.
  struct Access {
    Site site = Sites::kUnknown;
    Site source = Sites::kUnknown;  // what a read would read
    bool reads = false;
    bool writes = false;
  };
  struct FirstStep {
    Site site = Sites::kUnknown;
    OpKind kind = OpKind::kStart;
  };
  struct Pending {
    Footprint footprint;
    uint32_t priority = 0;
    uint64_t seen = 0;  // the choice at which it was a candidate last; 0: it ran since
  };

  void Begin();
  uint32_t Pick(const ChoicePoint& point);
  uint32_t PickUniformly(const ChoicePoint& point);
  void Learn(const Execution& execution);
  void EndStage();

  // Before an execution: what it is to obey, of what is known.
  AbstractSchedule DrawSchedule(Prng& prng) const;
  void Mutate(Prng& prng, AbstractSchedule& schedule) const;
  Obligation DrawObligation(Prng& prng) const;
  // During an execution, as long as there are obligations that are not met.
  void FollowReads(const Trace& trace);
  Access AccessOf(const ChoicePoint& point, const TaskRecord& task) const;
  bool HeldBack(const ChoicePoint& point, uint32_t slot) const { return unmet_ > 0 && HeldByObligations(point, slot); }
  bool HeldByObligations(const ChoicePoint& point, uint32_t slot) const;
  // During one whose rest is ordered by partial order sampling.
  void FollowTasks(const Trace& trace);
  uint32_t PriorityOf(const ReadySet::Slot& candidate, const ConflictsWith& conflicts);
  // After an execution.
  [[gnu::always_inline]] KnownPair& KnownOf(Pair pair) {
    const uint32_t number = pair_numbers_.Of(uint64_t{pair.read} << 32 | pair.write);
    if (number > pairs_.size()) [[unlikely]]
      pairs_.push_back({pair});
    return pairs_[number - 1];
  }
  void NoteFirst(const Birth& birth, FirstStep step);
  void NotePossiblePairs(const Trace& trace);
  // The sites that touched one object are a group, known by its oldest site.
  Site GroupOf(Site site) const { return site < groups_.size() ? groups_[site] : Sites::kUnknown; }
  void NoteGroup(Site site, Site other);

  Obliges obliges_;
  Rest rest_ = Rest::kPartialOrder;

  // Learned. What is noted in a stage is drawn from after it.
  Sites sites_;
  KeyNumbers pair_numbers_;
  std::vector<KnownPair> pairs_;  // by number, from 1
  std::vector<Entry> entries_noted_;
  RecentCounts combinations_;           // how often each was read
  KeyNumbers paths_;                    // of tasks
  std::vector<FirstStep> first_noted_;  // by path
  std::vector<Site> groups_noted_;      // by site: an older one of its group, or itself
  uint64_t executions_ = 0;
  uint64_t grown_at_ = 0;  // how many there were when a pair was new last
  // Known since the last stage.
  size_t pairs_known_ = 0;
  uint64_t stale_ = 0;  // executions since
  std::vector<Entry> corpus_;
  std::vector<uint64_t> weights_;  // of its entries: the sum up to each
  std::vector<FirstStep> first_;   // by path
  std::vector<Site> groups_;       // by site

  TaskCounts counts_;

  // Of the execution.
  AbstractSchedule schedule_;
  size_t unmet_ = 0;  // of its obligations
  UniformWalk walk_;
  std::vector<uint32_t> by_slot_;  // weights of the candidates that are not held back
  ReadsFrom now_;
  size_t reads_followed_ = 0;     // steps
  std::vector<uint32_t> object_;  // by group: the object touched last
  size_t tasks_followed_ = 0;     // steps
  std::vector<Pending> pending_;  // by task
  uint64_t choices_ = 0;
  Footprint ran_;  // what was chosen last

  // Scratch of Learn.
  struct Touch {
    uint32_t object;
    Site site;
    bool reads;
    bool writes;
    friend auto operator<=>(const Touch&, const Touch&) = default;
  };
  ReadsFrom learned_;
  std::vector<Touch> touches_;
  std::vector<uint32_t> events_;  // by task
  std::vector<uint8_t> begun_;    // by task
};

}  // namespace fate::sim
