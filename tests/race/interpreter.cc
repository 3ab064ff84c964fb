// Size: each operation has its case, where it stands and where it acts.
#include "tests/race/interpreter.h"

#include <algorithm>

namespace fate::sim::small {

namespace {

// What waits, in its first step.
bool Cancellable(Do what) {
  switch (what) {
    case Do::kLock:
    case Do::kAcquire:
    case Do::kSend:
    case Do::kReceive:
    case Do::kWait:
    case Do::kSleep:
    case Do::kJoin:
    case Do::kReadLock:
    case Do::kWriteLock:
    case Do::kAwaitLatch:
    case Do::kWaitFor:
    case Do::kCall:
    case Do::kConditionWait:
    case Do::kArriveAndWait:
    case Do::kConditionWaitFor:
    case Do::kArriveFor:
    case Do::kSelect:
      return true;
    default:
      return false;
  }
}

bool HasBranch(const Action& action, Do what) {
  return action.what == Do::kSelect && (action.first.what == what || action.second.what == what);
}

}  // namespace

Interpreter::Interpreter(const SmallProgram& program, Failed failed)
    : program_(program),
      failed_(failed),
      tasks_(program.tasks.size()),
      cells_(kCells),
      locks_(kLocks),
      events_(kEvents),
      semaphores_(program.permits.size()),
      channels_(program.capacities.size()),
      shared_(kShared),
      flags_(program.tasks.size()) {
  for (size_t i = 0; i < semaphores_.size(); ++i) semaphores_[i].value = program.permits[i];
  latch_.value = program.latch;
  for (int task = 0; task < program.roots; ++task) {
    StateOf(task).exists = true;
    Arrive(task);
  }
}

const Action& Interpreter::ActionOf(int task) const {
  return program_.tasks[static_cast<size_t>(task)][StateOf(task).next];
}

bool Interpreter::Ended(int task) const {
  const TaskState& state = StateOf(task);
  return state.exists && (state.over || state.next >= program_.tasks[static_cast<size_t>(task)].size());
}

bool Interpreter::Idle(int task) const {
  const TaskState& state = StateOf(task);
  const Action& action = ActionOf(task);
  switch (action.what) {
    case Do::kUnlock:
      return !state.held[action.object];
    case Do::kTryLock:
      return state.held[action.object];
    case Do::kConditionWait:
    case Do::kConditionWaitFor:
      return state.phase == 0 && !state.held[0];
    case Do::kReadLock:
    case Do::kWriteLock:
      return state.shared != 0;
    case Do::kGiveBack:
      return state.shared == 0;
    default:
      return false;
  }
}

// It stands before its next action; those that take effect at once, and those that are nothing, are done.
void Interpreter::Arrive(int task) {
  TaskState& state = StateOf(task);
  while (!Ended(task) && state.phase == 0) {
    const Action& action = ActionOf(task);
    if (!Idle(task)) {
      if (!AtOnce(action.what)) break;
      AtOnceOf(task, action);
    }
    ++state.next;
  }
  if (Ended(task) || state.phase != 0) return;
  const Action& action = ActionOf(task);
  if (action.what == Do::kSleep) state.wake_ms = now_ms_ + action.object;
  if (HasBranch(action, Do::kSleep)) {
    state.wake_ms = 1'000'000;
    for (const Branch& branch : {action.first, action.second}) {
      if (branch.what == Do::kSleep) state.wake_ms = std::min(state.wake_ms, now_ms_ + branch.object);
    }
    state.token = now_ms_;
  }
  if (HasTimeout(action.what)) {
    state.wake_ms = now_ms_ + action.a;
    state.armed = true;
  }
}

void Interpreter::Begin(int task) {
  TaskState& state = StateOf(task);
  state.begun = true;
  if (!Ended(task) && Offers(task)) state.done += 'b';
}

bool Interpreter::Throws(int task) const {
  const TaskState& state = StateOf(task);
  if (!state.exists || Ended(task) || state.phase != 0 || !Cancellable(ActionOf(task).what)) return false;
  return state.cancelled || state.timed_out;
}

bool Interpreter::Offers(int task) const {
  const Action& action = ActionOf(task);
  auto offers = [this](Do what, int object) {
    return (what == Do::kSend || what == Do::kReceive) && program_.capacities[static_cast<size_t>(object)] == 0;
  };
  if (action.what != Do::kSelect) return offers(action.what, action.object);
  return offers(action.first.what, action.first.object) || offers(action.second.what, action.second.object);
}

std::vector<Met> Interpreter::Standing(int channel, Do what, int task) const {
  std::vector<Met> standing;
  if (channels_[static_cast<size_t>(channel)].second != 0) return standing;
  for (int other = 0; other < static_cast<int>(tasks_.size()); ++other) {
    const TaskState& state = StateOf(other);
    if (other == task || !state.exists || state.taken || Ended(other) || Throws(other) || !state.begun) continue;
    const Action& action = ActionOf(other);
    if (action.what == what && action.object == channel) standing.push_back({other});
    for (int branch = 0; branch < 2 && action.what == Do::kSelect; ++branch) {
      const Branch& of = action.branch(branch);
      if (of.what == what && of.object == channel) standing.push_back({other, branch});
    }
  }
  return standing;
}

bool Interpreter::Proceeds(int task) const {
  const TaskState& state = StateOf(task);
  if (!state.exists || Ended(task)) return false;
  return ProceedsWith(task, ActionOf(task).what, ActionOf(task).object);
}

bool Interpreter::ProceedsWith(int task, Do what, int number) const {
  const TaskState& state = StateOf(task);
  size_t object = static_cast<size_t>(number);
  switch (what) {
    case Do::kLock:
      return locks_[object].value == 0;
    case Do::kAcquire:
      return semaphores_[object].value > 0;
    case Do::kSend:
      return channels_[object].second != 0 || channels_[object].value < program_.capacities[object];
    case Do::kReceive:
      return channels_[object].second != 0 || channels_[object].value > 0;
    case Do::kWait:
    case Do::kWaitFor:
      return events_[object].value != 0;
    case Do::kSleep:
      return now_ms_ >= (ActionOf(task).what == Do::kSelect ? state.token + number : state.wake_ms);
    case Do::kJoin:
      return Ended(number);
    case Do::kReadLock:
      return shared_mutex_.value == 0;
    case Do::kWriteLock:
      return shared_mutex_.value == 0 && shared_mutex_.second == 0;
    case Do::kAwaitLatch:
      return latch_.value == 0;
    case Do::kArriveAndWait:
    case Do::kArriveFor:
      return state.phase == 0 || state.left || barrier_.value != state.token;
    case Do::kCall:
      return state.phase == 1 || once_.value != 1;
    case Do::kConditionWait:
    case Do::kConditionWaitFor:
      return state.phase == 0 || (state.notified && locks_[0].value == 0);
    default:
      return true;
  }
}

std::vector<Move> Interpreter::Enabled() const {
  std::vector<Move> enabled;
  const int count = static_cast<int>(tasks_.size());
  for (int task = 0; task < count; ++task) {
    if (StateOf(task).due) enabled.push_back({Happened::kTimer, task});
    if (!StateOf(task).exists || Ended(task)) continue;
    if (!StateOf(task).begun && Offers(task)) {
      enabled.push_back({task, -1, -1, -1, true});
      continue;
    }
    if (Throws(task)) {
      enabled.push_back({task});
      continue;
    }
    const Action& action = ActionOf(task);
    auto add = [&](Do what, int object, int branch) {
      if (ProceedsWith(task, what, object)) {
        enabled.push_back({task, -1, branch});
      } else if (what == Do::kSend && program_.capacities[static_cast<size_t>(object)] == 0) {
        for (const Met& met : Standing(object, Do::kReceive, task)) {
          enabled.push_back({task, met.task, branch, met.branch});
        }
      }
    };
    if (action.what != Do::kSelect) {
      add(action.what, action.object, -1);
      continue;
    }
    for (int branch = 0; branch < 2; ++branch) add(action.branch(branch).what, action.branch(branch).object, branch);
  }
  return enabled;
}

Move Interpreter::MoveOf(const Happened& step, std::vector<Met>& met) const {
  Move move{step.task};
  if (step.task == Happened::kTimer) {
    int timer = 0;
    for (const int task : step.by_path) {
      if (task >= static_cast<int>(tasks_.size()) || !StateOf(task).was_due) continue;
      if (timer++ == step.timer && StateOf(task).due) move.other = task;
    }
  } else if (StateOf(step.task).exists && !Ended(step.task) && !Throws(step.task)) {
    const Action& action = ActionOf(step.task);
    Branch does{action.what, action.object};
    if (action.what == Do::kSelect && step.branch >= 0) {
      move.branch = step.branch;
      does = action.branch(step.branch);
    }
    const size_t object = static_cast<size_t>(does.object);
    if (does.what == Do::kSend && program_.capacities[object] == 0 && channels_[object].second == 0 && !met.empty()) {
      move.other = met.front().task;
      move.other_branch = met.front().branch;
      met.erase(met.begin());
    }
  }
  std::vector<Move> enabled = Enabled();
  if (std::find(enabled.begin(), enabled.end(), move) == enabled.end()) move.task = -2;
  return move;
}

bool Interpreter::MoveClock() {
  int next_ms = -1;
  std::vector<int> waiting;
  for (int task = 0; task < static_cast<int>(tasks_.size()); ++task) {
    const TaskState& state = StateOf(task);
    if (!state.exists || Ended(task)) continue;
    Do what = ActionOf(task).what;
    if (what != Do::kSleep && !HasBranch(ActionOf(task), Do::kSleep) && (!HasTimeout(what) || !state.armed)) continue;
    waiting.push_back(task);
    if (next_ms < 0 || state.wake_ms < next_ms) next_ms = state.wake_ms;
  }
  if (next_ms < 0) return false;
  now_ms_ = next_ms;
  floor_ = highest_;
  for (TaskState& state : tasks_) state.was_due = false;
  for (int task : waiting) {
    TaskState& state = StateOf(task);
    if (!HasTimeout(ActionOf(task).what) || state.wake_ms > now_ms_) continue;
    state.due = state.was_due = true;
    state.armed = false;
  }
  return true;
}

int Interpreter::Close(int below) {
  below = std::max(below, floor_);
  for (const auto& [object, mode] : touches_) {
    if (mode != Mode::kRead) below = std::max(below, object->read);
    if (mode != Mode::kAdd) below = std::max(below, object->added);
    below = std::max(below, object->changed);
  }
  const int level = below + 1;
  highest_ = std::max(highest_, level);
  for (const auto& [object, mode] : touches_) {
    int& mine = mode == Mode::kRead ? object->read : mode == Mode::kAdd ? object->added : object->changed;
    mine = std::max(mine, level);
  }
  touches_.clear();
  return level;
}

// One that waits in the second step of an action, and is not let go on yet, leaves at once, and throws then. That
// commutes with others that leave, and with those that were let go and look at it: not with who lets them go.
bool Interpreter::LeaveOf(int task) {
  TaskState& state = StateOf(task);
  if (!state.exists || Ended(task) || state.phase != 1 || state.left) return false;
  if (WaitsAtBarrier(ActionOf(task).what) && barrier_.value == state.token) {
    Touch(barrier_, Mode::kRead);
    --barrier_.second;
    state.left = true;
  } else if (WaitsAtCondition(ActionOf(task).what) && !state.notified) {
    Touch(condition_, Mode::kRead);
    condition_.queue.erase(std::find(condition_.queue.begin(), condition_.queue.end(), task));
    state.notified = state.left = true;
  }
  return state.left;
}

void Interpreter::AtOnceOf(int task, const Action& action) {
  size_t object = static_cast<size_t>(action.object);
  switch (action.what) {
    case Do::kTryLock:
      Touch(locks_[object], Mode::kChange);
      StateOf(task).held[object] = locks_[object].value == 0;
      locks_[object].value = 1;
      break;
    case Do::kTryAcquire:
      Touch(semaphores_[object], Mode::kChange);
      if (semaphores_[object].value > 0) --semaphores_[object].value;
      break;
    case Do::kTrySend:
      Touch(channels_[object], Mode::kChange);
      if (program_.capacities[object] == 0) {
        TryToMeet(task, action);
      } else if (channels_[object].second == 0 && channels_[object].value < program_.capacities[object]) {
        ++channels_[object].value;
      }
      break;
    default:
      Touch(channels_[object], Mode::kChange);
      if (program_.capacities[object] == 0) {
        TryToMeet(task, action);
      } else if (channels_[object].value > 0) {
        --channels_[object].value;
      }
  }
  Inside(action, true);
}

void Interpreter::TryToMeet(int task, const Action& action) {
  const Do other = action.what == Do::kTrySend ? Do::kReceive : Do::kSend;
  std::vector<Met> standing = Standing(action.object, other, task);
  if (standing.empty()) return;
  Met met = standing.front();
  if (!told_.empty()) {
    met = told_.front();
    told_.erase(told_.begin());
    as_told_ = as_told_ && std::find(standing.begin(), standing.end(), met) != standing.end();
    if (!as_told_) return;
  }
  could_meet_.push_back(std::move(standing));
  StateOf(met.task).taken = true;
  joined_.push_back(met);
}

void Interpreter::GoOnAfterMeeting(const Met& met) {
  TaskState& state = StateOf(met.task);
  state.taken = false;
  state.done += static_cast<char>('a' + state.next);
  if (met.branch >= 0) state.done += static_cast<char>('0' + met.branch);
  in_step_.push_back(met.task);
  Touch(flags_[static_cast<size_t>(met.task)], Mode::kRead);
  Inside(ActionOf(met.task), true);
  Advance(met.task, true);
}

// Accesses of Shared<int>s.
void Interpreter::Inside(const Action& action, bool found) {
  for (size_t k = 0; found && k < shared_.size(); ++k) {
    if ((action.inside >> (2 * k) & 2) != 0) {
      Touch(shared_[k], Mode::kChange);
    } else if ((action.inside >> (2 * k) & 1) != 0) {
      Touch(shared_[k], Mode::kRead);
    }
  }
}

void Interpreter::Throw(int task) {
  Touch(flags_[static_cast<size_t>(task)], Mode::kRead);
  GiveUp(task);
}

// Its action, or itself.
void Interpreter::GiveUp(int task) {
  TaskState& state = StateOf(task);
  state.due = state.armed = false;
  if (state.timed_out && !state.cancelled) {
    state.timed_out = false;
    Inside(ActionOf(task), true);
    Advance(task, true);
    return;
  }
  End(task);
}

// It throws, and gives back what it holds.
void Interpreter::End(int task) {
  TaskState& state = StateOf(task);
  state.over = true;
  for (size_t i = 0; i < kLocks; ++i) {
    if (!state.held[i]) continue;
    Touch(locks_[i], Mode::kChange);
    locks_[i].value = 0;
  }
  if (state.shared != 0) Touch(shared_mutex_, state.shared == 1 ? Mode::kRead : Mode::kChange);
  if (state.shared == 1) --shared_mutex_.second;
  if (state.shared == 2) shared_mutex_.value = 0;
}

void Interpreter::Advance(int task, bool found) {
  TaskState& state = StateOf(task);
  const int skip = found ? 0 : ActionOf(task).skip;
  state.phase = 0;
  state.next += 1 + static_cast<size_t>(skip);
  Arrive(task);
}

void Interpreter::Perform(int task, int branch, char* mark) {
  TaskState& state = StateOf(task);
  const Action& action = ActionOf(task);
  size_t object = static_cast<size_t>(action.object);
  bool found = true;
  if (Cancellable(action.what)) Touch(flags_[static_cast<size_t>(task)], Mode::kRead);
  if (state.left) {  // the mutex comes first, or nothing
    if (WaitsAtCondition(action.what)) {
      Touch(locks_[0], Mode::kChange);
      locks_[0].value = 1;
      state.held[0] = true;
    }
    *mark = 'x';
    state.left = false;
    return GiveUp(task);
  }
  switch (action.what) {
    case Do::kLoad:
      Touch(cells_[object], Mode::kRead);
      found = cells_[object].value != 0;
      break;
    case Do::kStore:
      Touch(cells_[object], Mode::kChange);
      cells_[object].value = action.a;
      break;
    case Do::kExchangeIf:
      found = cells_[object].value == action.a;
      Touch(cells_[object], found || failed_ == Failed::kWrites ? Mode::kChange : Mode::kRead);
      if (found) cells_[object].value = action.b;
      break;
    case Do::kLock:
      Touch(locks_[object], Mode::kChange);
      locks_[object].value = 1;
      state.held[object] = true;
      break;
    case Do::kUnlock:
      Touch(locks_[object], Mode::kChange);
      locks_[object].value = 0;
      state.held[object] = false;
      break;
    case Do::kAcquire:
      Touch(semaphores_[object], Mode::kChange);
      --semaphores_[object].value;
      break;
    case Do::kRelease:
      Touch(semaphores_[object], Mode::kAdd);
      ++semaphores_[object].value;
      break;
    case Do::kSend:
      Touch(channels_[object], Mode::kChange);
      if (channels_[object].second == 0 && program_.capacities[object] > 0) ++channels_[object].value;
      break;
    case Do::kReceive:
      Touch(channels_[object], Mode::kChange);
      if (channels_[object].value > 0) --channels_[object].value;
      break;
    case Do::kSet:
      Touch(events_[object], Mode::kAdd);
      events_[object].value = 1;
      break;
    case Do::kReset:
      Touch(events_[object], Mode::kChange);
      events_[object].value = 0;
      break;
    case Do::kWait:
    case Do::kWaitFor:
      Touch(events_[object], Mode::kRead);
      break;
    case Do::kReadLock:
      Touch(shared_mutex_, Mode::kRead);
      ++shared_mutex_.second;
      state.shared = 1;
      break;
    case Do::kWriteLock:
      Touch(shared_mutex_, Mode::kChange);
      shared_mutex_.value = 1;
      state.shared = 2;
      break;
    case Do::kGiveBack:
      Touch(shared_mutex_, state.shared == 1 ? Mode::kRead : Mode::kChange);
      state.shared == 1 ? --shared_mutex_.second : shared_mutex_.value = 0;
      state.shared = 0;
      break;
    case Do::kCountDown:
      Touch(latch_, Mode::kAdd);
      --latch_.value;
      break;
    case Do::kAwaitLatch:
      Touch(latch_, Mode::kRead);
      break;
    case Do::kArriveAndWait:
    case Do::kArriveFor:
      Touch(barrier_, state.phase == 0 ? Mode::kChange : Mode::kRead);
      if (state.phase == 1) break;
      state.token = barrier_.value;
      if (++barrier_.second == program_.participants) {
        barrier_.second = 0;
        ++barrier_.value;
      }
      state.phase = 1;
      return;
    case Do::kCall:
      Touch(once_, Mode::kChange);
      if (state.phase == 0) {
        *mark = '?';
        if (once_.value == 2) break;
        once_.value = 1;
        state.phase = 1;
        return;
      }
      Touch(cells_[kCells - 1], Mode::kRead);
      once_.value = 2;
      break;
    case Do::kConditionWait:
    case Do::kConditionWaitFor:
      Touch(locks_[0], Mode::kChange);
      if (state.phase == 0) {
        Touch(condition_, Mode::kChange);
        locks_[0].value = 0;
        state.held[0] = state.notified = false;
        condition_.queue.push_back(task);
        state.phase = 1;
        return;
      }
      Touch(condition_, Mode::kRead);
      locks_[0].value = 1;
      state.held[0] = true;
      break;
    case Do::kNotifyOne:
    case Do::kNotifyAll:
      Touch(condition_, Mode::kChange);
      while (!condition_.queue.empty()) {
        StateOf(condition_.queue.front()).notified = true;
        condition_.queue.erase(condition_.queue.begin());
        if (action.what == Do::kNotifyOne) break;
      }
      break;
    case Do::kClose:
      Touch(channels_[object], Mode::kChange);
      channels_[object].second = 1;
      break;
    case Do::kSelect: {
      const Branch& taken = action.branch(branch);
      const size_t on = static_cast<size_t>(taken.object);
      if (taken.what == Do::kSleep) break;
      if (taken.what == Do::kWait) {
        Touch(events_[on], Mode::kRead);
        break;
      }
      Touch(channels_[on], Mode::kChange);
      if (program_.capacities[on] == 0) break;
      if (taken.what == Do::kSend && channels_[on].second == 0) ++channels_[on].value;
      if (taken.what == Do::kReceive && channels_[on].value > 0) --channels_[on].value;
      break;
    }
    case Do::kCancel:
      Touch(flags_[object], Mode::kChange);
      StateOf(action.object).cancelled = true;
      if (LeaveOf(action.object)) *mark = '!';
      break;
    default:
      break;
  }
  // If its timeout has struck, it came too late.
  state.due = state.armed = state.timed_out = false;
  Inside(action, found);
  Advance(task, found);
}

void Interpreter::Make(const Move& move, std::vector<Met> met) {
  told_ = std::move(met);
  as_told_ = true;
  could_meet_.clear();
  joined_.clear();
  in_step_.clear();
  if (move.begins) return Begin(move.task);
  if (move.task == Happened::kTimer) {
    TaskState& struck = StateOf(move.other);
    Touch(flags_[static_cast<size_t>(move.other)], Mode::kChange);
    struck.timed_out = true;
    struck.due = false;
    const char mark = LeaveOf(move.other) ? '!' : 't';
    const int level = Close(floor_);
    struck.done += mark;
    struck.done += static_cast<char>('0' + level);
    return;
  }
  TaskState& state = StateOf(move.task);
  state.begun = true;
  int below = state.level;
  const Action action = ActionOf(move.task);
  if (move.other >= 0) {
    StateOf(move.other).taken = true;
    joined_.push_back({move.other, move.other_branch});
  }
  char mark = static_cast<char>('a' + state.next);
  if (Throws(move.task)) {
    mark = 'x';
    Throw(move.task);
  } else {
    if (action.what == Do::kJoin) below = std::max(below, StateOf(action.object).level);
    if (action.what == Do::kSpawn) StateOf(action.object).exists = true;
    Perform(move.task, move.branch, &mark);
  }
  for (size_t i = 0; i < joined_.size(); ++i) GoOnAfterMeeting(Met(joined_[i]));
  for (int other : in_step_) below = std::max(below, StateOf(other).level);
  const int level = Close(below);
  state.level = level;
  state.done += mark;
  if (move.branch >= 0) state.done += static_cast<char>('0' + move.branch);
  state.done += static_cast<char>('0' + level);
  for (int other : in_step_) {
    StateOf(other).level = level;
    StateOf(other).done += static_cast<char>('0' + level);
  }
  if (mark != 'x' && action.what == Do::kSpawn) {
    StateOf(action.object).level = level;
    Arrive(action.object);
  }
}

const std::string& Interpreter::Form() {
  form_.clear();
  for (const TaskState& state : tasks_) {
    form_ += state.done;
    form_ += '|';
  }
  return form_;
}

}  // namespace fate::sim::small
