// StoryWords: the words of one execution, which both forms of a story are made of.
//
//   StoryWords words(execution);
//   words.OperationOf(4)     "Store cell 1 := 70"
//   words.SwitchAt(4)        "first preempted", "main blocked; wakes second"
//
// Values and reasons are there only if the execution was told (Settings::tell); else the words are the
// bare ones. Cold. Tested by tests/explore/story_words_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/execution.h"

namespace fate::sim {

// What the program calls an operation on an object of this kind.
const char* OperationName(OpKind kind, uint16_t object_kind);

class StoryWords {
 public:
  // Refers to `execution`. O(steps log steps).
  explicit StoryWords(const Execution& execution);

  static constexpr char kPreempted[] = "preempted";

  // What befell a task around a step, besides its own operations. In the order of the step's row.
  struct Event {
    uint32_t task;
    std::string word;  // preempted, blocked, ended, yielded, queued, woken
  };

  struct Inside {
    std::string text;   // "Read cell 2 = 0"
    std::string place;  // "" of a draw; a guard's unlock is at "end of scope"
  };

  const Trace& trace() const { return trace_; }
  // Its name; with its number (as in messages) if another task has the same.
  std::string Task(uint32_t task) const;
  // With its object, its values, and whether it threw Cancelled.
  std::string OperationOf(uint64_t step) const;
  // Of the co_await; of a first step, "spawned at" that of the spawn; "" of a timer.
  std::string PlaceOf(uint64_t step) const;
  // The same in a sentence, behind the step: " at a/b.cc:7", ", spawned at a/b.cc:7", "".
  std::string AtPlaceOf(uint64_t step) const;
  // The same without words.
  std::string BarePlaceOf(uint64_t step) const;
  // What a step did besides its operation: the explorable numbers that it drew, then its accesses.
  std::vector<Inside> InsideOf(uint64_t step) const;
  // What is to be said at a step: who was left for it, and why; who was woken by it.
  const std::vector<Event>& EventsAt(uint64_t step) const;
  // Who was woken by the clock's move before a step.
  const std::vector<uint32_t>& WokenByTime(uint64_t step) const;
  // EventsAt in one line; "" if there are none.
  std::string SwitchAt(uint64_t step) const;
  // The task of a step is another than that of the step before.
  bool SwitchesAt(uint64_t step) const { return step == 0 || trace_.steps[step].task != trace_.steps[step - 1].task; }
  // Before which operation a task stood when the execution ended; "" if before none.
  std::string PendingOf(uint32_t task) const;

 private:
  std::string ObjectName(uint16_t kind, uint32_t number, bool task) const;
  void NoteStops();
  void NoteWakes();

  const Trace& trace_;
  std::map<std::string, uint32_t> names_;          // how many tasks have it
  std::map<uint64_t, std::string> values_;         // by step
  std::map<uint64_t, std::string> access_values_;  // by access
  std::map<uint64_t, std::vector<Event>> events_;
  std::map<uint64_t, std::vector<uint32_t>> woken_by_time_;
};

}  // namespace fate::sim
