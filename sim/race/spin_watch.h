// SpinWatch: which tasks only wait in a loop that yields, and would find nothing new in another round.
//
//   watch.Follow(trace, trace.steps.size());
//   if (watch.Spins(task, place)) ...   // the task stands before its yield at `place`
//
// `while (!ready) yield` has infinitely many executions, of which all but a few differ in nothing but how
// often somebody looked in vain; a search that must see the end of each never ends. So a task that has gone
// kRounds times from one yield to the same yield, each time looking at the same and changing nothing, while
// nobody else changed what it looked at, has to wait until somebody does: it is taken to be disabled, as long as
// another task can run. That is the await of "Awaiting for Godot" (Jonsson, Lang, Sagonas, FMCAD 2022) and the
// fairness of "Fair stateless model checking" (Musuvathi, Qadeer, PLDI 2008), where a task that yields waits for
// others; our deviation is that it waits for those alone that can make a difference, and that the first rounds are
// free, so that a loop that gives up after so many rounds in vain is still seen to.
//
// What is looked at: loads, reads of a Shared<T>, compare-and-exchange and try forms that fail. A round with anything
// else in it is not in vain. Two rounds are the same if they saw the same version of the same objects at the same
// time, so what is held back does not depend on the order of steps that commute. Time is looked at while a round lasts:
// it moves only when nobody can run.
//
// Follow is O(steps), amortised O(1) for each; Spins O(what a round looks at).
// Tested by tests/race/spin_watch_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fate/base/place.h"
#include "fate/sim/core/trace.h"

namespace fate::sim {

class SpinWatch {
 public:
  static constexpr uint32_t kRounds = 3;

  // A new execution.
  void Clear();
  // Takes in what is not known yet of the first `count` steps, which are complete.
  void Follow(const Trace& trace, size_t count);

  // Whether the task with this id, which stands before a yield at `place`, would only wait.
  bool Spins(uint32_t task, Place place) const;
  // What a task saw of an object, last in step `step` of a round.
  struct Look {
    uint32_t object;
    uint32_t version;
    size_t step;
  };
  // A yield, made in `step`, that its task would not have made had nobody changed what it looked at in the round
  // before.
  struct Woken {
    size_t step;
    std::vector<Look> looks;
  };
  struct Change {
    uint32_t object;
    size_t step;
  };
  // Those so far, and all changes, in order.
  const std::vector<Woken>& woken() const { return woken_; }
  const std::vector<Change>& changes() const { return changes_; }

 private:
  // From one yield to the next.
  struct Round {
    uint64_t saw = 0;         // mixed of all looks, and which version of what they saw
    bool in_vain = false;     // it began with a yield and has changed nothing
    std::vector<Look> looks;  // by object
  };
  struct Spinner {
    Round now;
    Place place;        // of the yield that `now` began with
    uint64_t saw = 0;   // in the round before
    uint32_t same = 0;  // how many rounds before saw that, in vain
  };

  // Of step `index`, with so many accesses inside that may be tries.
  void Take(const Trace& trace, size_t index, size_t tries);
  void TakeAccesses(const Trace& trace, size_t index, size_t tries);
  void AddLook(Spinner& spinner, uint32_t object, size_t index, uint64_t what);
  void AddChange(uint32_t object, size_t index);
  // A yield at `place`.
  void Close(Spinner& spinner, Place place, size_t index);
  uint32_t VersionOf(uint32_t object) const { return object < versions_.size() ? versions_[object] : 0; }
  // How many rounds in a row saw the same, this one included, which ends at `place`.
  static uint32_t Same(const Spinner& spinner, Place place);
  // Whether what was looked at in this round has changed since.
  bool Changed(const Round& round) const;

  std::vector<Spinner> spinners_;   // by task id
  std::vector<uint32_t> versions_;  // by object number: how often it has changed
  std::vector<Change> changes_;
  std::vector<Woken> woken_;
  size_t followed_ = 0;
  size_t accesses_ = 0;
  uint32_t clock_moves_ = 0;
};

}  // namespace fate::sim
