#include "tests/race/brute_force.h"

#include <algorithm>
#include <unordered_set>

namespace fate::sim::small {

Interpreter::Interpreter(const SmallProgram& program, Failed failed)
    : program_(program), failed_(failed), tasks_(program.tasks.size()), cells_(kCells), locks_(kLocks), events_(kEvents),
      semaphores_(program.permits.size()), channels_(program.capacities.size()), shared_(kShared) {
  for (size_t i = 0; i < semaphores_.size(); ++i) semaphores_[i].value = program.permits[i];
  for (int task = 0; task < program.roots; ++task) Arrive(task);
}

// It stands before its next action.
void Interpreter::Arrive(int task) {
  TaskState& state = tasks_[static_cast<size_t>(task)];
  state.exists = true;
  const auto& actions = program_.tasks[static_cast<size_t>(task)];
  if (state.next < actions.size() && actions[state.next].what == Do::kSleep) {
    state.wake_ms = now_ms_ + actions[state.next].object;
  }
}

bool Interpreter::Ended(int task) const {
  const TaskState& state = tasks_[static_cast<size_t>(task)];
  return state.exists && state.next >= program_.tasks[static_cast<size_t>(task)].size();
}

Interpreter::ObjectState& Interpreter::StateOf(const Action& action) {
  size_t object = static_cast<size_t>(action.object);
  switch (action.what) {
    case Do::kLock:
    case Do::kUnlock:
      return locks_[object];
    case Do::kAcquire:
    case Do::kRelease:
      return semaphores_[object];
    case Do::kSend:
    case Do::kReceive:
      return channels_[object];
    case Do::kSet:
    case Do::kReset:
    case Do::kWait:
      return events_[object];
    default:
      return cells_[object];
  }
}

bool Interpreter::Can(int task) const {
  const TaskState& state = tasks_[static_cast<size_t>(task)];
  if (!state.exists || Ended(task)) return false;
  const Action& action = program_.tasks[static_cast<size_t>(task)][state.next];
  size_t object = static_cast<size_t>(action.object);
  switch (action.what) {
    case Do::kLock:
      return locks_[object].value == 0;
    case Do::kAcquire:
      return semaphores_[object].value > 0;
    case Do::kSend:
      return channels_[object].value < program_.capacities[object];
    case Do::kReceive:
      return channels_[object].value > 0;
    case Do::kWait:
      return events_[object].value != 0;
    case Do::kSleep:
      return now_ms_ >= state.wake_ms;
    case Do::kJoin:
      return Ended(action.object);
    default:
      return true;
  }
}

std::vector<int> Interpreter::Enabled() const {
  std::vector<int> enabled;
  for (int task = 0; task < static_cast<int>(tasks_.size()); ++task) {
    if (Can(task)) enabled.push_back(task);
  }
  return enabled;
}

bool Interpreter::MoveClock() {
  int next_ms = -1;
  for (size_t task = 0; task < tasks_.size(); ++task) {
    const TaskState& state = tasks_[task];
    if (!state.exists || state.next >= program_.tasks[task].size()) continue;
    if (program_.tasks[task][state.next].what != Do::kSleep) continue;
    if (next_ms < 0 || state.wake_ms < next_ms) next_ms = state.wake_ms;
  }
  if (next_ms < 0) return false;
  now_ms_ = next_ms;
  floor_ = highest_;
  return true;
}

Interpreter::Mode Interpreter::ModeOf(Do what) {
  switch (what) {
    case Do::kLoad:
    case Do::kWait:
      return Mode::kRead;
    case Do::kSet:
    case Do::kRelease:
      return Mode::kAdd;
    case Do::kSleep:
    case Do::kSpawn:
    case Do::kJoin:
      return Mode::kNone;
    default:
      return Mode::kChange;
  }
}

// Before it takes effect: whether a load will find something, an exchange succeed.
bool Interpreter::Finds(const Action& action) {
  if (action.what == Do::kLoad) return StateOf(action).value != 0;
  return action.what != Do::kExchangeIf || StateOf(action).value == action.a;
}

void Interpreter::Act(int task) {
  TaskState& state = tasks_[static_cast<size_t>(task)];
  const Action& action = program_.tasks[static_cast<size_t>(task)][state.next];
  int below = std::max(state.level, floor_);
  Mode mode = ModeOf(action.what);
  if (action.what == Do::kExchangeIf && failed_ == Failed::kReads && StateOf(action).value != action.a) {
    mode = Mode::kRead;
  }
  if (mode != Mode::kNone) {
    const ObjectState& object = StateOf(action);
    if (mode != Mode::kRead) below = std::max(below, object.read);
    if (mode != Mode::kAdd) below = std::max(below, object.added);
    below = std::max(below, object.changed);
  }
  int inside = Finds(action) ? action.inside : 0;
  for (size_t k = 0; k < shared_.size(); ++k) {
    bool writes = (inside >> (2 * k) & 2) != 0;
    if ((inside >> (2 * k) & 3) != 0) below = std::max(below, shared_[k].changed);
    if (writes) below = std::max(below, shared_[k].read);
  }
  if (action.what == Do::kJoin) below = std::max(below, tasks_[static_cast<size_t>(action.object)].level);
  int level = below + 1;
  state.level = level;
  highest_ = std::max(highest_, level);
  if (mode != Mode::kNone) {
    ObjectState& object = StateOf(action);
    int& mine = mode == Mode::kRead ? object.read : mode == Mode::kAdd ? object.added : object.changed;
    mine = std::max(mine, level);
  }
  for (size_t k = 0; k < shared_.size(); ++k) {
    if ((inside >> (2 * k) & 1) != 0) shared_[k].read = std::max(shared_[k].read, level);
    if ((inside >> (2 * k) & 2) != 0) shared_[k].changed = level;
  }
  state.done += static_cast<char>('a' + state.next);
  state.done += static_cast<char>('0' + level);
  bool found = true;
  switch (action.what) {
    case Do::kLoad:
      found = StateOf(action).value != 0;
      break;
    case Do::kStore:
      StateOf(action).value = action.a;
      break;
    case Do::kExchangeIf:
      found = StateOf(action).value == action.a;
      if (found) StateOf(action).value = action.b;
      break;
    case Do::kLock:
    case Do::kSet:
      StateOf(action).value = 1;
      break;
    case Do::kUnlock:
    case Do::kReset:
      StateOf(action).value = 0;
      break;
    case Do::kAcquire:
    case Do::kReceive:
      --StateOf(action).value;
      break;
    case Do::kRelease:
    case Do::kSend:
      ++StateOf(action).value;
      break;
    case Do::kSpawn:
      tasks_[static_cast<size_t>(action.object)].level = level;
      Arrive(action.object);
      break;
    case Do::kWait:
    case Do::kSleep:
    case Do::kJoin:
      break;
  }
  state.next += 1 + static_cast<size_t>(found ? 0 : action.skip);
  Arrive(task);
}

const std::string& Interpreter::Form() {
  form_.clear();
  for (const TaskState& state : tasks_) {
    form_ += state.done;
    form_ += '|';
  }
  return form_;
}

namespace {

class Walk {
 public:
  Walk(const SmallProgram& program, size_t limit, Failed failed)
      : program_(program), limit_(limit), failed_(failed) {}
  std::set<std::string> Run() {
    Visit(Interpreter(program_, failed_));
    if (seen_.size() > limit_) complete_.clear();
    return complete_;
  }

 private:
  void Visit(Interpreter state) {
    if (seen_.size() > limit_) return;
    std::vector<int> enabled = state.Enabled();
    while (enabled.empty() && state.MoveClock()) enabled = state.Enabled();
    if (enabled.empty()) {
      complete_.insert(state.Form());
      return;
    }
    for (int task : enabled) {
      Interpreter next = state;
      next.Act(task);
      if (seen_.insert(next.Form()).second) Visit(next);
    }
  }
  const SmallProgram& program_;
  size_t limit_;
  Failed failed_;
  std::unordered_set<std::string> seen_;
  std::set<std::string> complete_;
};

}  // namespace

std::set<std::string> AllTraces(const SmallProgram& program, size_t limit, Failed failed) {
  return Walk(program, limit, failed).Run();
}

std::string FormOf(const SmallProgram& program, const std::vector<Happened>& log, Failed failed) {
  Interpreter state(program, failed);
  for (const Happened& happened : log) {
    std::vector<int> enabled = state.Enabled();
    while (enabled.empty() && state.MoveClock()) enabled = state.Enabled();
    if (std::find(enabled.begin(), enabled.end(), happened.task) == enabled.end()) return "";
    state.Act(happened.task);
  }
  while (state.Enabled().empty() && state.MoveClock()) {
  }
  return state.Enabled().empty() ? state.Form() : "";
}

}  // namespace fate::sim::small
