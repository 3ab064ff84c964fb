#include "fate/sim/core/ready_set.h"

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "fate/sim/core/prng.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

// The set, and what it should be: the tasks in order of readiness.
class Modelled {
 public:
  explicit Modelled(size_t tasks) {
    for (size_t i = 0; i < tasks; ++i) records_.push_back(std::make_unique<TaskRecord>());
  }
  TaskRecord* task(size_t i) { return records_[i].get(); }
  ReadySet& set() { return set_; }
  const std::vector<TaskRecord*>& order() const { return order_; }

  void Add(TaskRecord* task) {
    set_.Add(task);
    order_.push_back(task);
  }
  void Remove(TaskRecord* task) {
    const uint32_t slot = task->slot;
    set_.Remove(task);
    EXPECT_EQ(set_.left(), slot);
    order_.erase(std::find(order_.begin(), order_.end(), task));
  }
  void MoveToBack(TaskRecord* task) {
    set_.MoveToBack(task);
    order_.erase(std::find(order_.begin(), order_.end(), task));
    order_.push_back(task);
  }

  // With `preferred` in the set, or null.
  void ExpectEqual(const TaskRecord* preferred) {
    ASSERT_EQ(set_.size(), order_.size());
    ASSERT_EQ(set_.empty(), order_.empty());
    for (auto& record : records_) {
      const bool in = std::find(order_.begin(), order_.end(), record.get()) != order_.end();
      ASSERT_EQ(record->in_search, in);
    }
    if (order_.empty()) return;
    ASSERT_EQ(set_.oldest(), order_.front());
    ASSERT_EQ(set_.Option(0, preferred).task, preferred != nullptr ? preferred : order_.front());
    std::set<const TaskRecord*> reached;
    for (uint32_t option = 0; option < set_.size(); ++option) {
      const TaskRecord* task = set_.Option(option, preferred).task;
      reached.insert(task);
      ASSERT_EQ(set_.OptionOf(task->slot, preferred), option);
    }
    ASSERT_EQ(reached, std::set<const TaskRecord*>(order_.begin(), order_.end()));
  }
  // Takes the oldest one by one.
  void ExpectOrder() {
    while (!order_.empty()) {
      ASSERT_EQ(set_.oldest(), order_.front());
      Remove(order_.front());
    }
    ASSERT_TRUE(set_.empty());
  }

 private:
  std::vector<std::unique_ptr<TaskRecord>> records_;
  std::vector<TaskRecord*> order_;
  ReadySet set_;
};

TEST(ReadySetTest, TheOldestIsTheQuietOption) {
  Modelled model(3);
  for (size_t i = 0; i < 3; ++i) model.Add(model.task(i));
  EXPECT_EQ(model.set().Option(0, nullptr).task, model.task(0));
  model.MoveToBack(model.task(0));
  EXPECT_EQ(model.set().Option(0, nullptr).task, model.task(1));
}

TEST(ReadySetTest, ThePreferredTaskIsTheQuietOption) {
  Modelled model(3);
  for (size_t i = 0; i < 3; ++i) model.Add(model.task(i));
  for (size_t i = 0; i < 3; ++i) model.ExpectEqual(model.task(i));
}

TEST(ReadySetTest, BehavesAsAListUnderRandomOperations) {
  constexpr uint32_t kTasks = 12;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Prng prng(seed);
    Modelled model(kTasks);
    for (int step = 0; step < 200; ++step) {
      TaskRecord* task = model.task(prng.Below(kTasks));
      if (!task->in_search) {
        model.Add(task);
      } else if (prng.Below(2) == 0) {
        model.MoveToBack(task);
      } else {
        model.Remove(task);
      }
      const std::vector<TaskRecord*>& order = model.order();
      const uint32_t any = prng.Below(kTasks);
      model.ExpectEqual(any < order.size() ? order[any] : nullptr);
      if (HasFatalFailure()) return;
    }
    model.ExpectOrder();
    if (HasFatalFailure()) return;
  }
}

TEST(ReadySetTest, EachOptionKeepsItsTaskWhileNobodyEntersOrLeaves) {
  Modelled model(5);
  for (size_t i = 0; i < 5; ++i) model.Add(model.task(i));
  const uint64_t changes = model.set().changes();
  std::vector<TaskRecord*> slots;
  for (uint32_t slot = 0; slot < 5; ++slot) slots.push_back(model.set().at(slot).task);
  model.MoveToBack(model.task(1));
  model.MoveToBack(model.task(3));
  EXPECT_EQ(model.set().changes(), changes);
  for (uint32_t slot = 0; slot < 5; ++slot) EXPECT_EQ(model.set().at(slot).task, slots[slot]);
  model.Remove(model.task(2));
  EXPECT_NE(model.set().changes(), changes);
}

TEST(ReadySetTest, ATaskGoesOnInNoFrameBeforeItsFirstStep) {
  TaskRecord task;
  task.resume = std::noop_coroutine();
  ReadySet set;
  set.Add(&task);
  EXPECT_FALSE(set.at(task.slot).resume);
  set.Update(&task);
  EXPECT_TRUE(set.at(task.slot).resume == task.resume);
}

TEST(ReadySetTest, IsUsableAgainAfterClear) {
  Modelled model(4);
  model.set().Add(model.task(0));
  model.set().Add(model.task(1));
  model.set().Clear();
  EXPECT_TRUE(model.set().empty());
  for (size_t i = 0; i < 4; ++i) model.Add(model.task(i));
  model.ExpectOrder();
}

}  // namespace
}  // namespace fate::sim
