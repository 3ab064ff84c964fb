// What a step that closes a channel, or opens something else, means to those it cancels where they stand: they go on
// only if they could not have gone on before, by meeting somebody or by another branch of a select. And what could have
// come before one that finds a channel closed.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "fate/sync/channel.h"
#include "fate/sync/mutex.h"
#include "fate/sync/select.h"
#include "fate/sync/semaphore.h"
#include "fate/task/cancel.h"
#include "fate/task/spawn.h"
#include "fate/task/when_any.h"
#include "tests/race/outcomes.h"

namespace fate::sim {
namespace outcomes_of_closes_test {
namespace {

using test::ExpectEachSees;
using test::seen;

Task<> Nothing() { co_return; }

Task<> PassTheTurn() { co_await Spawn(Nothing(), {.lifetime = Lifetime::kDaemon}); }

enum class By : uint8_t { kItself, kSelect };

// What comes to a receiver beside a sender and a close of the channel, of which the first to end cancels the other:
// `begin` is what the receiver does first. Those at a select could meet at another channel, too.
Task<> ReceiveBesideAClose(Task<> begin, By receives_by, By sends_by) {
  Channel<int> channel(0), other(0);
  std::string received, sent;
  const auto receives = [&]() -> Task<> {
    co_await std::move(begin);
    if (receives_by == By::kItself) {
      received = co_await channel.Receive() ? "v" : "-";
    } else {
      auto result = co_await Select(channel.Receive(), other.Receive());
      received = result.index() == 1 ? "o" : result.get<0>() ? "v" : "-";
    }
  };
  const auto sends = [&]() -> Task<> {
    sent = "!";
    if (sends_by == By::kItself) {
      const bool taken = co_await channel.Send(3);
      sent = taken ? "+" : "s";
    } else {
      const auto result = co_await Select(channel.Send(3), other.Send(4));
      sent = result.index() == 1 ? "o" : result.get<0>() ? "+" : "s";
    }
  };
  const auto closes = [&]() -> Task<> { co_await channel.Close(); };
  JoinHandle<> receiver = co_await Spawn(receives());
  const auto first = co_await WhenAny(sends(), closes());
  co_await receiver.Join();
  seen = received + sent + std::to_string(first.index());
}

// The close lets the sender go on only if nobody stood there whom it could have met: it is cancelled then in the same
// step.
TEST(OutcomesOfClosesTest, AReceiverThatNobodyCancels) {
  ExpectEachSees({"-!1", "-s1", "v+0"}, [] { return ReceiveBesideAClose(Nothing(), By::kItself, By::kItself); });
}

// The same of one that comes to stand there later than at its start.
TEST(OutcomesOfClosesTest, AReceiverThatComesLater) {
  ExpectEachSees({"-!1", "-s1", "v+0"}, [] { return ReceiveBesideAClose(PassTheTurn(), By::kItself, By::kItself); });
}

TEST(OutcomesOfClosesTest, ASenderAtASelect) {
  ExpectEachSees({"-!1", "-s1", "v+0"}, [] { return ReceiveBesideAClose(Nothing(), By::kItself, By::kSelect); });
  ExpectEachSees({"-!1", "-s1", "v+0"}, [] { return ReceiveBesideAClose(PassTheTurn(), By::kItself, By::kSelect); });
}

// It was let go on by the close, and met at the other channel when it went on.
TEST(OutcomesOfClosesTest, BothAtASelect) {
  const test::Outcomes expected{"-!1", "-s1", "oo0", "oo1", "v+0"};
  ExpectEachSees(expected, [] { return ReceiveBesideAClose(Nothing(), By::kSelect, By::kSelect); });
  ExpectEachSees(expected, [] { return ReceiveBesideAClose(PassTheTurn(), By::kSelect, By::kSelect); });
}

// What lets a select go on need not be a close: here it is an unlock, unless something was in the channel.
TEST(OutcomesOfClosesTest, ASelectThatCouldHaveTakenAnotherBranch) {
  ExpectEachSees({"!!", "!s", "L!", "Ls", "rs"}, []() -> Task<> {
    Channel<int> channel(1);
    Mutex mutex;
    std::string selected, sent;
    MutexGuard held = mutex.TryLock();
    const auto selects = [&]() -> Task<> {
      selected = "!";
      const auto result = co_await Select(mutex.Lock(), channel.Receive());
      selected = result.index() == 0 ? "L" : "r";
    };
    const auto sends = [&]() -> Task<> {
      sent = "!";
      co_await channel.Send(2);
      sent = "s";
    };
    JoinHandle<> at_select = co_await Spawn(selects());
    JoinHandle<> sender = co_await Spawn(sends());
    co_await PassTheTurn();
    held.UnlockNow();
    at_select.CancelNow();
    co_await at_select.Wait();
    co_await sender.Cancel();
    co_await sender.Wait();
    seen = selected + sent;
  });
}

// What lets it go on is taken by another, but it is not gone until it throws: it may be met.
TEST(OutcomesOfClosesTest, ASelectThatIsMetAfterItWasCancelled) {
  ExpectEachSees({"!!!", "!!t", "0!!", "1o!", "1ot"}, []() -> Task<> {
    Channel<int> taken(1), met(0);
    std::string selected, sent = "!", received = "!";
    const auto selects = [&]() -> Task<> {
      selected = "!";
      const auto result = co_await Select(taken.Receive(), met.Receive());
      selected = std::to_string(result.index());
    };
    const auto sends = [&]() -> Task<> {
      co_await met.Send(2);
      sent = "o";
    };
    const auto takes = [&]() -> Task<> {
      co_await taken.Receive();
      received = "t";
    };
    JoinHandle<> at_select = co_await Spawn(selects());
    JoinHandle<> sender = co_await Spawn(sends());
    JoinHandle<> taker = co_await Spawn(takes());
    taken.TrySend(1);
    at_select.CancelNow();
    co_await at_select.Wait();
    co_await sender.Cancel();
    co_await sender.Wait();
    co_await taker.Cancel();
    co_await taker.Wait();
    seen = selected + sent + received;
  });
}

// Permits that are given commute, but not with a step that cancels who waits for one, too.
TEST(OutcomesOfClosesTest, APermitThatAnotherMayHaveGivenBefore) {
  ExpectEachSees({"!1", "a0", "a1"}, []() -> Task<> {
    Semaphore semaphore(0);
    std::string acquired;
    const auto acquires = [&]() -> Task<> {
      acquired = "!";
      SemaphorePermit permit = co_await semaphore.Acquire();
      acquired = "a";
    };
    const auto releases = [&]() -> Task<> { co_await semaphore.Release(); };
    JoinHandle<> other = co_await Spawn(releases());
    const auto first = co_await WhenAny(acquires(), releases());
    co_await other.Join();
    seen = acquired + std::to_string(first.index());
  });
}

// A sender that finds its channel closed could have gone on before others came to stand there, and then it would have
// stood where one of them tries.
TEST(OutcomesOfClosesTest, WhoFindsAChannelClosedMayStandElsewhereBeforeATry) {
  const test::Outcomes expected{"----1", "---0", "---s1", "-vt-1", "-vt0", "s---1", "s--0", "s--s1", "svt-1", "svt0"};
  ExpectEachSees(expected, []() -> Task<> {
    Channel<int> closed(0), tried(0);
    std::string first, third;
    const auto goes_on = [&]() -> Task<> {
      first += co_await closed.Send(10) ? "s" : "-";
      first += co_await tried.Receive() ? "v" : "-";
    };
    const auto closes = [&]() -> Task<> {
      closed.TryReceive();
      closed.CloseNow();
      co_return;
    };
    const auto receives = [&]() -> Task<> { co_await closed.Receive(); };
    const auto tries = [&]() -> Task<> {
      third += tried.TrySend(20) ? "t" : "-";
      third += co_await closed.Send(30) ? "s" : "-";
    };
    JoinHandle<> one = co_await Spawn(goes_on());
    JoinHandle<> two = co_await Spawn(closes());
    const auto ended = co_await WhenAny(receives(), tries());
    co_await two.Join();
    co_await tried.Close();
    co_await one.Join();
    seen = first + third + std::to_string(ended.index());
  });
}

}  // namespace
}  // namespace outcomes_of_closes_test
}  // namespace fate::sim
