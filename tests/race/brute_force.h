// BruteForce: all Mazurkiewicz traces of a small program, by its own interpreter: shares no code with the
// explorer.
//
// Walks over prefixes, one for each class of equivalent ones, by Foata normal form: two prefixes with
// the same form lead to the same state and have the same continuations. Dependence is written down
// here a second time, on purpose.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/race/small_program.h"

namespace fate::sim::small {

// Whether a compare-and-exchange that fails counts as a write or as a read.
enum class Failed : uint8_t { kWrites, kReads };

// Runs a program action by action, and knows the Foata level of each.
class Interpreter {
 public:
  Interpreter(const SmallProgram& program, Failed failed);

  // Which tasks could act now.
  std::vector<int> Enabled() const;
  // Moves the clock to the next end of a sleep. False: nobody sleeps.
  bool MoveClock();
  // REQUIRES: `task` is enabled.
  void Act(int task);
  // The normal form so far.
  const std::string& Form();

 private:
  struct TaskState {
    bool exists = false;
    size_t next = 0;
    int wake_ms = 0;
    int level = 0;  // of its last event, or of what made it
    std::string done;  // actions and levels
  };
  struct ObjectState {
    int value = 0;      // of a cell; permits; messages; 1 if locked or set
    int read = 0;       // highest level of an event that reads, adds, changes
    int added = 0;
    int changed = 0;
  };
  enum class Mode { kNone, kRead, kAdd, kChange };

  bool Finds(const Action& action);
  bool Can(int task) const;
  bool Ended(int task) const;
  void Arrive(int task);
  ObjectState& StateOf(const Action& action);
  static Mode ModeOf(Do what);

  const SmallProgram& program_;
  Failed failed_;
  std::vector<TaskState> tasks_;
  std::vector<ObjectState> cells_, locks_, events_, semaphores_, channels_, shared_;
  int now_ms_ = 0;
  int floor_ = 0;  // the highest level before the last clock move
  int highest_ = 0;
  std::string form_;
};

// The normal forms of all complete executions; empty if there are more than `limit` prefixes.
std::set<std::string> AllTraces(const SmallProgram& program, size_t limit, Failed failed = Failed::kWrites);

// The normal form of what happened; empty if it could not have.
std::string FormOf(const SmallProgram& program, const std::vector<Happened>& log,
                   Failed failed = Failed::kWrites);

}  // namespace fate::sim::small
