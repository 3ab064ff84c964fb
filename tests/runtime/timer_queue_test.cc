#include "fate/runtime/timer_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "fate/sim/core/prng.h"

namespace fate {
namespace {

struct Alarm final : Timer {
  explicit Alarm(int number) : number(number) {}
  void Fire() override {}
  int number;
};

std::vector<int> PopAll(TimerQueue& queue, int64_t now_ns) {
  std::vector<int> fired;
  while (Timer* timer = queue.PopDue(now_ns)) fired.push_back(static_cast<Alarm*>(timer)->number);
  return fired;
}

TEST(TimerQueueTest, GivesTimersByDeadlineAndEqualOnesByArming) {
  TimerQueue queue;
  Alarm a(1), b(2), c(3), d(4);
  queue.Arm(a, 30);
  queue.Arm(b, 10);
  queue.Arm(c, 30);
  queue.Arm(d, 20);
  EXPECT_EQ(queue.NextDeadline(), 10);
  EXPECT_EQ(PopAll(queue, 9), std::vector<int>());
  EXPECT_EQ(PopAll(queue, 20), (std::vector<int>{2, 4}));
  EXPECT_EQ(PopAll(queue, 1000), (std::vector<int>{1, 3}));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.NextDeadline(), TimerQueue::kNever);
}

TEST(TimerQueueTest, LookingAtTheNextDeadlineDoesNotShutOutAnEarlierTimer) {
  TimerQueue queue;
  Alarm late(1), early(2);
  queue.Arm(late, 1000);
  EXPECT_EQ(queue.NextDeadline(), 1000);
  EXPECT_EQ(queue.PopDue(500), nullptr);
  queue.Arm(early, 600);
  EXPECT_EQ(queue.NextDeadline(), 600);
  EXPECT_EQ(PopAll(queue, 2000), (std::vector<int>{2, 1}));
}

TEST(TimerQueueTest, KnowsWhatElseIsDueAtTheInstantOfTheLastOneTaken) {
  TimerQueue queue;
  Alarm a(1), b(2), c(3), d(4);
  for (Alarm* alarm : {&a, &b, &c}) queue.Arm(*alarm, 10);
  queue.Arm(d, 11);
  auto is = [](int number) {
    return [number](const Timer& timer) { return static_cast<const Alarm&>(timer).number == number; };
  };
  ASSERT_EQ(queue.PopDue(10), &a);
  EXPECT_FALSE(queue.AnyElseDue(is(1)));
  EXPECT_TRUE(queue.AnyElseDue(is(2)));
  EXPECT_TRUE(queue.AnyElseDue(is(3)));
  EXPECT_FALSE(queue.AnyElseDue(is(4)));
  queue.Cancel(c);
  EXPECT_FALSE(queue.AnyElseDue(is(3)));
}

TEST(TimerQueueTest, ACancelledTimerNeverFires) {
  TimerQueue queue;
  Alarm a(1), b(2);
  queue.Arm(a, 10);
  queue.Arm(b, 20);
  queue.Cancel(a);
  queue.Cancel(a);
  EXPECT_FALSE(a.armed());
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.NextDeadline(), 20);
  EXPECT_EQ(PopAll(queue, 100), (std::vector<int>{2}));
}

TEST(TimerQueueTest, ADeadlineInThePastIsDueAfterThoseAlreadyDue) {
  TimerQueue queue;
  Alarm a(1), b(2), c(3);
  queue.Arm(a, 100);
  EXPECT_EQ(PopAll(queue, 100), (std::vector<int>{1}));
  queue.Arm(b, 100);
  queue.Arm(c, 5);
  EXPECT_EQ(PopAll(queue, 100), (std::vector<int>{2, 3}));
}

// The cancelled timer was looked at when it was due: nothing can come before 10 any more.
TEST(TimerQueueTest, ADeadlineBeforeACancelledOneThatWasDueIsDueFirst) {
  TimerQueue queue;
  Alarm cancelled(1), keeps(2), late(3), past(4);
  queue.Arm(cancelled, 10);
  queue.Arm(keeps, int64_t{1} << 40);
  queue.Cancel(cancelled);
  EXPECT_EQ(queue.PopDue(11), nullptr);
  queue.Arm(late, 12);
  queue.Arm(past, 5);
  EXPECT_EQ(past.deadline_ns(), 10);
  EXPECT_EQ(PopAll(queue, 100), (std::vector<int>{4, 3}));
  queue.Cancel(keeps);
}

// The first timer comes out in a run that spans 2^30 ns; 1000 more in it are no run any more. A third of
// them has the deadline of another.
TEST(TimerQueueTest, AThousandTimersWithinTheSpanOfAFewComeInOrder) {
  sim::Prng prng(1);
  TimerQueue queue;
  Alarm first(-1), keeps(-2);
  constexpr int64_t kStartNs = int64_t{1} << 30;
  queue.Arm(first, kStartNs);
  queue.Arm(keeps, int64_t{1} << 40);
  EXPECT_EQ(queue.PopDue(kStartNs), &first);
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 1000; ++i) {
    alarms.push_back(std::make_unique<Alarm>(i));
    queue.Arm(*alarms.back(), kStartNs + (int64_t{prng.Below(1000)} << 20));
  }
  // In order of deadlines, then of arming.
  const auto order = [&](int i) { return std::pair(alarms[static_cast<size_t>(i)]->deadline_ns(), i); };
  std::vector<int> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  std::sort(expected.begin(), expected.end(), [&](int a, int b) { return order(a) < order(b); });
  EXPECT_EQ(PopAll(queue, 2 * kStartNs), expected);
  queue.Cancel(keeps);
}

// What the queue should do, said in the simplest way.
struct Model {
  struct Armed {
    int64_t deadline_ns;
    int number;
  };
  std::vector<Armed> armed;  // in order of arming

  int Pop(int64_t now_ns) {
    auto first = std::min_element(armed.begin(), armed.end(),
                                  [](const Armed& a, const Armed& b) { return a.deadline_ns < b.deadline_ns; });
    if (first == armed.end() || first->deadline_ns > now_ns) return -1;
    int number = first->number;
    armed.erase(first);
    return number;
  }
};

TEST(TimerQueueTest, AgreesWithASimpleModelOverAHundredThousandOperations) {
  sim::Prng prng(1);
  for (int round = 0; round < 50; ++round) {
    TimerQueue queue;
    Model model;
    std::vector<std::unique_ptr<Alarm>> alarms;
    // Few come in a run or two; many are dealt out.
    const uint32_t count = round % 2 == 0 ? 100 : 1000;
    for (uint32_t i = 0; i < count; ++i) alarms.push_back(std::make_unique<Alarm>(static_cast<int>(i)));
    int64_t now_ns = 0;
    for (int i = 0; i < 2000; ++i) {
      Alarm& alarm = *alarms[prng.Below(count)];
      switch (prng.Below(4)) {
        case 0:
        case 1:
          if (alarm.armed()) break;
          // Short and long ones, often equal.
          queue.Arm(alarm, now_ns + (int64_t{prng.Below(8)} << prng.Below(40)));
          model.armed.push_back({alarm.deadline_ns(), alarm.number});
          break;
        case 2:
          if (!alarm.armed()) break;
          queue.Cancel(alarm);
          std::erase_if(model.armed, [&](const auto& armed) { return armed.number == alarm.number; });
          break;
        case 3: {
          now_ns += int64_t{prng.Below(16)} << prng.Below(38);
          for (;;) {
            Timer* timer = queue.PopDue(now_ns);
            int number = timer == nullptr ? -1 : static_cast<Alarm*>(timer)->number;
            ASSERT_EQ(number, model.Pop(now_ns));
            if (timer == nullptr) break;
          }
        }
      }
      ASSERT_EQ(queue.size(), model.armed.size());
    }
    int64_t next_ns = TimerQueue::kNever;
    for (const auto& armed : model.armed) next_ns = std::min(next_ns, armed.deadline_ns);
    ASSERT_EQ(queue.NextDeadline(), next_ns);
    queue.Clear();
    for (const auto& alarm : alarms) EXPECT_FALSE(alarm->armed());
  }
}

TEST(TimerQueueTest, MemoryStaysBoundedWhenMostTimersAreCancelled) {
  TimerQueue queue;
  Alarm keeps(0), guard(1);
  queue.Arm(keeps, int64_t{1} << 60);
  for (int i = 0; i < 1'000'000; ++i) {
    queue.Arm(guard, 1000 + i);
    queue.Cancel(guard);
  }
  EXPECT_LT(queue.memory_bytes(), 64u * 1024);
  queue.Clear();
}

}  // namespace
}  // namespace fate
