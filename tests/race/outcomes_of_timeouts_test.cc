// Each search with reduction sees every outcome that plain depth-first search sees, where a timeout that strikes takes
// something away from an object: whoever gives there comes before it or after it.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "fate/runtime/shared.h"
#include "fate/sync/barrier.h"
#include "fate/sync/channel.h"
#include "fate/sync/condition_variable.h"
#include "fate/sync/mutex.h"
#include "fate/task/callback.h"
#include "fate/task/cancel.h"
#include "fate/task/when_all.h"
#include "fate/task/yield.h"
#include "fate/time/sleep.h"
#include "fate/time/timeout.h"
#include "tests/race/outcomes.h"

namespace fate::sim::outcomes_of_timeouts_test {
namespace {

using test::ExpectEachSees;
using test::seen;

constexpr absl::Duration kSoon = absl::Milliseconds(10);

// "cut", or what `body` says, and "late" if it was cancelled by then.
Task<> Within(Task<> body, std::string& outcome) {
  const absl::Status status = co_await WithTimeout(kSoon, std::move(body));
  if (!status.ok() && outcome.empty()) outcome = "cut";
}

// Beside it, at the same instant; the one that is to be seen first in a search is first in the program.
Task<> Beside(std::function<Task<>()> waits, std::function<Task<>()> gives, bool giver_first = false) {
  std::string outcome;
  const auto waiter = [&]() -> Task<> {
    co_await waits();
    outcome = CancelRequested() ? "late" : "in time";
  };
  const auto giver = [&]() -> Task<> {
    co_await Sleep(kSoon);
    co_await gives();
  };
  if (giver_first) {
    co_await WhenAll(giver(), Within(waiter(), outcome));
  } else {
    co_await WhenAll(Within(waiter(), outcome), giver());
  }
  seen = outcome;
}

TEST(OutcomesOfTimeoutsTest, AWaitAtAConditionIsCutOrNotified) {
  ExpectEachSees({"cut", "late", "in time"}, []() -> Task<> {
    Mutex mutex;
    ConditionVariable changed;
    const auto waits = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      co_await changed.Wait(guard);
    };
    const auto notifies = [&]() -> Task<> { co_await changed.NotifyAll(); };
    co_await Beside(waits, notifies);
  });
}

// The number says who came to wait first: if that is the other, the notification is for that one.
TEST(OutcomesOfTimeoutsTest, WhoIsCutTakesNoNotificationFromAnother) {
  ExpectEachSees({"cut 1", "cut 2", "late 2", "in time 2"}, []() -> Task<> {
    Mutex mutex;
    ConditionVariable changed;
    Shared<int> order{0};
    std::string outcome;
    int woken = 0;
    const auto waits = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      order.Write(order.Read() + 1);
      co_await changed.Wait(guard);
      outcome = CancelRequested() ? "late" : "in time";
    };
    const auto other = [&]() -> Task<> {
      MutexGuard guard = co_await mutex.Lock();
      woken = order.Read() + 1;
      co_await changed.Wait(guard);
    };
    const auto notifies = [&]() -> Task<> {
      co_await Sleep(kSoon);
      co_await changed.NotifyOne();
      co_await Sleep(kSoon);
      co_await changed.NotifyAll();
    };
    co_await WhenAll(Within(waits(), outcome), other(), notifies());
    seen = outcome + " " + std::to_string(woken);
  });
}

TEST(OutcomesOfTimeoutsTest, AWaitAtABarrierIsCutOrLetThrough) {
  ExpectEachSees({"cut", "late", "in time"}, []() -> Task<> {
    Barrier barrier(2);
    const auto waits = [&]() -> Task<> { co_await barrier.ArriveAndWait(); };
    const auto arrives = [&]() -> Task<> { co_await barrier.Arrive(); };
    co_await Beside(waits, arrives);
  });
}

TEST(OutcomesOfTimeoutsTest, ATryFormMeetsWhoWaitsOrNobody) {
  for (const bool giver_first : {false, true}) {
    ExpectEachSees({"cut 0", "in time 1"}, [giver_first]() -> Task<> {
      Channel<int> channel;
      bool met = false;
      const auto receives = [&]() -> Task<> { co_await channel.Receive(); };
      const auto tries = [&]() -> Task<> {
        met = channel.TrySend(1);
        co_return;
      };
      co_await Beside(receives, tries, giver_first);
      seen += met ? " 1" : " 0";
    });
  }
}

// What the user's own callback does when the timeout strikes is done in that step.
TEST(OutcomesOfTimeoutsTest, WhatIsDoneOnAbortComesBeforeOrAfterWhatAnotherDoes) {
  for (const bool giver_first : {false, true}) {
    ExpectEachSees({"cut 0", "cut 1"}, [giver_first]() -> Task<> {
      Shared<int> aborted{0};
      int found = -1;
      const auto waits = [&]() -> Task<> {
        std::optional<Completion<>> kept;
        const auto start = [&](Completion<> done) { kept = done; };
        const auto abort = [&] { aborted.Write(1); };
        co_await FromCallback(start, abort);
      };
      const auto looks = [&]() -> Task<> {
        found = aborted.Read();
        co_return;
      };
      co_await Beside(waits, looks, giver_first);
      seen += " " + std::to_string(found);
    });
  }
}

}  // namespace
}  // namespace fate::sim::outcomes_of_timeouts_test
