// Telling: what a story says besides the steps: values, who stopped why, who was woken by whom.
//
// Recorded only if Settings::tell is set: in the one execution that a story is made of.
// Tested by tests/core/telling_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fate::sim {

// The values of a step's operation, or of one access inside a step.
struct ToldValue {
  uint64_t index;  // into the steps, or into the accesses
  std::string text;
};

enum class StopCause : uint8_t {
  kEnded,
  kBlocked,  // what it would do next cannot proceed
  kYielded,
  kQueued,  // it could proceed, but production would queue it behind others
};

// After a step its task could not go on, or gave way. A task that did neither, and was left all the
// same, was preempted.
struct Stop {
  uint64_t step;
  uint32_t task;
  StopCause reason;
};

// After a step a task could go on that could not before.
struct Wake {
  uint64_t step;  // the last before
  uint32_t task;
  bool by_time;  // the clock moved after that step
};

struct Telling {
  bool told = false;
  std::vector<ToldValue> values;         // of operations, by step
  std::vector<ToldValue> access_values;  // in no order: a change is told when it is over
  std::vector<uint64_t> cancelled;       // the steps that threw Cancelled, ascending
  std::vector<Stop> stops;               // by step
  std::vector<Wake> wakes;               // by step

  void Clear() {
    told = false;
    values.clear();
    access_values.clear();
    cancelled.clear();
    stops.clear();
    wakes.clear();
  }
};

}  // namespace fate::sim
