// Interpreter: runs a small program step by step, and knows the Foata normal form of what it has run. Shares no code
// with the explorer: dependence is written down here a second time, on purpose, and finer: a cancellation and a timeout
// depend on the steps of the task they reach alone, and a step that throws touches nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/race/small_program.h"

namespace fate::sim::small {

// Whether a compare-and-exchange that fails counts as a write or as a read.
enum class Failed : uint8_t { kWrites, kReads };

// A step that could be next.
struct Move {
  int task;         // Happened::kTimer: the timeout of `other` strikes
  int other = -1;   // the partner of a rendezvous
  int branch = -1;  // of a select
  int other_branch = -1;
  bool begins = false;  // it only comes to stand before a rendezvous, for the first time
  friend bool operator==(const Move&, const Move&) = default;
};

// Runs a program step by step, and knows the Foata level of each.
class Interpreter {
 public:
  Interpreter(const SmallProgram& program, Failed failed);

  // Which steps could be next.
  std::vector<Move> Enabled() const;
  // Moves the clock to the next end of a sleep, or the next deadline. False: there is none.
  bool MoveClock();
  // `met`: whom its try forms meet, in order; where it says nothing, the first that they could meet.
  // REQUIRES: `move` is enabled.
  void Make(const Move& move, std::vector<Met> met = {});
  // Whom each try form of the last move could have met, and met first; false if `met` named anybody else.
  const std::vector<std::vector<Met>>& could_meet() const { return could_meet_; }
  bool met_as_told() const { return as_told_ && told_.empty(); }
  // The move that a step of an execution was; takes its partner from `met`. Its task is -2 if it is none.
  Move MoveOf(const Happened& step, std::vector<Met>& met) const;
  // The task began, and did nothing that others see.
  void Begin(int task);
  // Whether it was cancelled before it began, and ends as it does.
  bool StartThrows(int task) const { return !StateOf(task).begun && Throws(task) && !Offers(task); }
  // The normal form so far.
  const std::string& Form();

 private:
  struct TaskState {
    bool exists = false;
    bool over = false;  // threw
    bool begun = false;
    size_t next = 0;
    int phase = 0;         // of an action of two steps
    int wake_ms = 0;       // of a sleep; the deadline
    bool armed = false;    // there is a deadline
    bool due = false;      // its timeout may strike
    bool was_due = false;  // it could at some moment of this instant
    bool timed_out = false;
    bool cancelled = false;
    bool notified = false;
    bool left = false;   // gave up in the second step
    bool taken = false;  // by a partner, and goes on within the step
    int token = 0;
    bool held[kLocks] = {};
    int shared = 0;    // 1: reads, 2: writes
    int level = 0;     // of its last event, or of what made it
    std::string done;  // actions and levels
  };
  struct ObjectState {
    int value = 0;           // of a cell; permits; messages; 1 if locked or set; count; generation
    int second = 0;          // readers; who has arrived; whether it is closed
    std::vector<int> queue;  // tasks that wait for a notification
    int read = 0;            // highest level of an event that reads, adds, changes
    int added = 0;
    int changed = 0;
  };
  enum class Mode { kNone, kRead, kAdd, kChange };

  const Action& ActionOf(int task) const;
  TaskState& StateOf(int task) { return tasks_[static_cast<size_t>(task)]; }
  const TaskState& StateOf(int task) const { return tasks_[static_cast<size_t>(task)]; }
  bool Ended(int task) const;
  bool Proceeds(int task) const;
  bool ProceedsWith(int task, Do what, int object) const;
  // Whether it stands before a rendezvous.
  bool Offers(int task) const;
  // Who stands there to send, or to receive, and is not `task`.
  std::vector<Met> Standing(int channel, Do what, int task) const;
  // A try form of `task` on a channel without capacity.
  void TryToMeet(int task, const Action& action);
  void GoOnAfterMeeting(const Met& met);
  bool Throws(int task) const;
  // Whether there is anything to be done by the action it stands before.
  bool Idle(int task) const;
  void Arrive(int task);
  void Touch(ObjectState& object, Mode mode) { touches_.push_back({&object, mode}); }
  // What the step does, without its partner's part.
  void Perform(int task, int branch, char* mark);
  void AtOnceOf(int task, const Action& action);
  void Throw(int task);
  void GiveUp(int task);
  void End(int task);
  bool LeaveOf(int task);
  void Inside(const Action& action, bool found);
  void Advance(int task, bool found);
  // The event's level, by what it has touched.
  int Close(int below);

  const SmallProgram& program_;
  Failed failed_;
  std::vector<TaskState> tasks_;
  std::vector<ObjectState> cells_, locks_, events_, semaphores_, channels_, shared_, flags_;
  ObjectState shared_mutex_, latch_, barrier_, once_, condition_;
  std::vector<std::pair<ObjectState*, Mode>> touches_;
  std::vector<Met> joined_;   // who goes on within the step, in order
  std::vector<int> in_step_;  // all that did
  std::vector<Met> told_;
  bool as_told_ = true;
  std::vector<std::vector<Met>> could_meet_;
  int now_ms_ = 0;
  int floor_ = 0;  // the highest level before the last clock move
  int highest_ = 0;
  std::string form_;
};

}  // namespace fate::sim::small
