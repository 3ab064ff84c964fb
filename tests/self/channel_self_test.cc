// Channels, in every order of their tasks, with tasks cancelled at every moment: what was sent and what
// was received agree.
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fate/runtime/check.h"
#include "fate/sync/channel.h"
#include "fate/sync/oneshot.h"
#include "fate/sync/select.h"
#include "fate/time/timeout.h"
#include "tests/self/under_search.h"

namespace fate::self {
namespace {

constexpr size_t kUnbounded = static_cast<size_t>(-1);

// Two senders of two values each, two receivers. A value is 10 * sender + its number.
template <size_t kCapacity>
struct Exchange {
  Channel<int> channel{kCapacity};
  std::vector<int> sent;
  std::vector<std::vector<int>> received = std::vector<std::vector<int>>(2);

  Task<> SendTwo(int sender) {
    for (int i = 0; i < 2; ++i) {
      bool accepted = co_await channel.Send(10 * sender + i);
      if (accepted) sent.push_back(10 * sender + i);
    }
  }
  Task<> ReceiveAll(size_t receiver) {
    for (;;) {
      std::optional<int> value = co_await channel.Receive();
      if (!value.has_value()) break;
      received[receiver].push_back(*value);
    }
  }

  void CheckBooks() {
    std::vector<int> all;
    for (const std::vector<int>& values : received) {
      for (size_t i = 0; i < values.size(); ++i) {
        for (size_t j = i + 1; j < values.size(); ++j) {
          FATE_CHECK(values[i] / 10 != values[j] / 10 || values[i] < values[j],
                     "a receiver got values of one sender out of order");
        }
      }
      all.insert(all.end(), values.begin(), values.end());
    }
    while (std::optional<int> left = channel.TryReceive()) all.push_back(*left);
    std::sort(all.begin(), all.end());
    std::sort(sent.begin(), sent.end());
    FATE_CHECK(all == sent, "a value was lost, doubled or invented");
  }
};

template <size_t kCapacity>
struct AllArrive : Exchange<kCapacity> {
  Task<> Main() {
    JoinHandle<> first_sender = co_await Spawn(this->SendTwo(1));
    JoinHandle<> second_sender = co_await Spawn(this->SendTwo(2));
    JoinHandle<> first_receiver = co_await Spawn(this->ReceiveAll(0));
    JoinHandle<> second_receiver = co_await Spawn(this->ReceiveAll(1));
    co_await first_sender.Join();
    co_await second_sender.Join();
    co_await this->channel.Close();
    co_await first_receiver.Join();
    co_await second_receiver.Join();
    FATE_CHECK(this->sent.size() == 4, "a channel that is open refused a value");
    this->CheckBooks();
  }
};

// A sender and a receiver are cancelled at any moment; what Send and Receive say is what happened.
template <size_t kCapacity>
struct CancelledAreNothing : Exchange<kCapacity> {
  Task<> Main() {
    JoinHandle<bool> first_sender = co_await Spawn(Ends(this->SendTwo(1)));
    JoinHandle<bool> second_sender = co_await Spawn(Ends(this->SendTwo(2)));
    JoinHandle<bool> first_receiver = co_await Spawn(Ends(this->ReceiveAll(0)));
    JoinHandle<bool> second_receiver = co_await Spawn(Ends(this->ReceiveAll(1)));
    co_await SomeTurns();
    co_await first_receiver.Cancel();
    co_await SomeTurns();
    co_await first_sender.Cancel();
    co_await first_sender.Join();
    co_await second_sender.Join();
    co_await this->channel.Close();
    co_await first_receiver.Join();
    bool ended = co_await second_receiver.Join();
    FATE_CHECK(ended, "a receiver that nobody cancelled was cancelled");
    this->CheckBooks();
  }
};

// The channel is closed while senders and receivers wait: a refused value is in nobody's hands.
template <size_t kCapacity>
struct ClosedInBetween : Exchange<kCapacity> {
  Task<> Main() {
    JoinHandle<> first_sender = co_await Spawn(this->SendTwo(1));
    JoinHandle<> second_sender = co_await Spawn(this->SendTwo(2));
    JoinHandle<> receiver = co_await Spawn(this->ReceiveAll(0));
    co_await this->channel.Close();
    co_await first_sender.Join();
    co_await second_sender.Join();
    co_await receiver.Join();
    this->CheckBooks();
  }
};

// A receive with a timeout against a send at the very instant.
template <size_t kCapacity>
struct TimedOut : Exchange<kCapacity> {
  Task<> ReceiveInTime() {
    absl::Status status = co_await WithTimeout(absl::Seconds(1), this->ReceiveAll(0));
    FATE_CHECK(!status.ok(), "the channel was never closed");
  }
  Task<> SendLate() {
    co_await Sleep(absl::Seconds(1));
    absl::Status status = co_await WithTimeout(absl::Seconds(1), this->SendTwo(1));
    (void)status;
  }
  Task<> Main() {
    JoinHandle<> sender = co_await Spawn(SendLate());
    JoinHandle<> receiver = co_await Spawn(ReceiveInTime());
    co_await sender.Join();
    co_await receiver.Join();
    this->CheckBooks();
  }
};

// Selects on two channels: exactly one branch took effect.
template <size_t kCapacity>
struct SelectedOnce {
  Channel<int> left{kCapacity};
  Channel<int> right{kCapacity};
  int sent = 0;
  int received = 0;

  Task<> Offer() {
    for (int i = 0; i < 2; ++i) {
      auto done = co_await Select(left.Send(1), right.Send(1));
      sent += done.index() == 0 ? done.template get<0>() : done.template get<1>();
    }
  }
  Task<> Take() {
    for (;;) {
      auto done = co_await Select(right.Receive(), left.Receive());
      std::optional<int> value = done.index() == 0 ? done.template get<0>() : done.template get<1>();
      if (!value.has_value()) break;
      received += *value;
    }
  }
  Task<> Main() {
    JoinHandle<bool> first = co_await Spawn(Ends(Offer()));
    JoinHandle<bool> second = co_await Spawn(Ends(Offer()));
    JoinHandle<bool> taker = co_await Spawn(Ends(Take()));
    co_await SomeTurns();
    co_await second.Cancel();
    co_await first.Join();
    co_await second.Join();
    while (std::optional<int> value = left.TryReceive()) received += *value;
    while (std::optional<int> value = right.TryReceive()) received += *value;
    co_await left.Close();
    co_await right.Close();
    co_await taker.Join();
    FATE_CHECK(sent == received, "a Select did more, or less, than one branch");
  }
};

// A sender that gives up is told apart from one that sent, whenever its receiver comes.
struct OneValue {
  Task<> Answer(Oneshot<int>& answer, bool sends) {
    if (sends) {
      bool sent = co_await answer.Send(7);
      FATE_CHECK(sent, "nobody had closed it");
    }
    co_await answer.Close();
  }
  Task<> Main() {
    Oneshot<int> given;
    Oneshot<int> refused;
    JoinHandle<> giver = co_await Spawn(Answer(given, true));
    JoinHandle<> refuser = co_await Spawn(Answer(refused, false));
    std::optional<int> value = co_await given.Receive();
    std::optional<int> nothing = co_await refused.Receive();
    co_await giver.Join();
    co_await refuser.Join();
    FATE_CHECK(value.has_value() && !nothing.has_value(), "a Oneshot lost its value or its end");
  }
};

TEST(ChannelSelfTest, EveryValueArrivesOnceAndInOrder) {
  HoldsEverywhere<AllArrive<0>>();
  HoldsEverywhere<AllArrive<1>>();
  HoldsEverywhere<AllArrive<kUnbounded>>();
}

TEST(ChannelSelfTest, ACancelledSendOrReceiveHadNoEffect) {
  HoldsEverywhere<CancelledAreNothing<0>>();
  HoldsEverywhere<CancelledAreNothing<1>>();
  HoldsEverywhere<CancelledAreNothing<kUnbounded>>();
}

TEST(ChannelSelfTest, CloseRefusesWhatWasNotSentAndLosesNothingThatWas) {
  HoldsEverywhere<ClosedInBetween<0>>();
  HoldsEverywhere<ClosedInBetween<1>>();
  HoldsEverywhere<ClosedInBetween<kUnbounded>>();
}

TEST(ChannelSelfTest, ATimeoutAtTheInstantOfTheExchangeTakesOneSide) {
  HoldsEverywhere<TimedOut<0>>();
  HoldsEverywhere<TimedOut<1>>();
}

TEST(ChannelSelfTest, ASelectTakesExactlyOneBranch) {
  HoldsEverywhere<SelectedOnce<0>>();
  HoldsEverywhere<SelectedOnce<1>>();
}

TEST(ChannelSelfTest, AOneshotGivesItsValueOrItsEnd) { HoldsEverywhere<OneValue>(); }

}  // namespace
}  // namespace fate::self
