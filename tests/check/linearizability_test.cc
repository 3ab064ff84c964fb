#include "fate/sim/check/linearizability.h"

#include <bit>
#include <deque>
#include <map>

#include "fate/sim/check/counter.h"
#include "fate/sim/check/map.h"
#include "fate/sim/check/queue.h"
#include "fate/sim/check/register.h"
#include "fate/sim/check/stack.h"
#include "fate/sim/core/prng.h"
#include "gtest/gtest.h"
#include "tests/base/samples.h"

namespace fate::sim {
namespace {

using Store = Map<std::string, int>;
using Stores = HistoryOf<Store>;

TEST(LinearizabilityTest, AnEmptyHistoryIsLinearizable) {
  const LinearizabilityResult result = CheckLinearizability(Stores(), Store());
  EXPECT_EQ(result.verdict, Verdict::kOk);
  EXPECT_EQ(result.text, "");
  EXPECT_EQ(CheckLinearizability(HistoryOf<Counter>(), Counter()).verdict, Verdict::kOk);
}

TEST(LinearizabilityTest, AMisplacedReadIsNamed) {
  Stores history;
  history.Invoke(1, Store::Put("x", 1));
  history.Respond(1);
  history.Invoke(1, Store::Put("x", 2));
  history.Respond(1);
  history.Invoke(2, Store::Get("y"));
  history.Respond(2, std::nullopt);
  history.Invoke(3, Store::Get("x"));
  history.Respond(3, 1);
  const LinearizabilityResult result = CheckLinearizability(history, Store());
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.unplaced.front(), 3u);
  EXPECT_EQ(result.prefix_events, 7u);
  EXPECT_EQ(result.prefix, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(result.text,
            "not linearizable: this operation has no place:\n"
            "  client 3: get(x) -> 1 [events 7 to 8]\n"
            "since a value would have to hold while another does:\n"
            "  client 1: put(x, 1) [events 1 to 2]\n"
            "  client 1: put(x, 2) [events 3 to 4]\n"
            "  client 3: get(x) -> 1 [events 7 to 8]\n"
            "the longest prefix that has an order:\n"
            "  client 1: put(x, 1) [events 1 to 2]\n"
            "  client 1: put(x, 2) [events 3 to 4]\n"
            "  which leaves it 2\n");
}

TEST(LinearizabilityTest, TheSearchNamesItToo) {
  HistoryOf<Counter> history;
  history.Invoke(1, Counter::FetchAdd(1));
  history.Invoke(2, Counter::FetchAdd(1));
  history.Respond(1, 0);
  history.Respond(2, 0);  // a lost update
  history.Invoke(3, Counter::Add(5));
  const LinearizabilityResult result = CheckLinearizability(history, Counter());
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.unplaced, std::vector<size_t>{1});
  EXPECT_EQ(result.text,
            "not linearizable: this operation has no place:\n"
            "  client 2: fetch_add(1) -> 0 [events 2 to 4]\n"
            "the longest prefix that has an order:\n"
            "  client 1: fetch_add(1) -> 0 [events 1 to 3]\n"
            "  which leaves it 1\n");
}

TEST(LinearizabilityTest, APendingOperationMayHaveHadItsEffectOrNot) {
  for (int seen : {0, 5}) {
    HistoryOf<Register<int>> history;
    history.Invoke(1, Register<int>::Write(5));
    history.Invoke(2, Register<int>::Read());
    history.Respond(2, seen);
    EXPECT_EQ(CheckLinearizability(history, Register<int>()).verdict, Verdict::kOk);
    // But not both, in this order: what was read stays.
    history.Invoke(2, Register<int>::Read());
    history.Respond(2, 5 - seen);
    EXPECT_EQ(CheckLinearizability(history, Register<int>()).verdict, seen == 0 ? Verdict::kOk : Verdict::kIllegal);
  }
}

TEST(LinearizabilityTest, ALostOperationMayTakeEffectLater) {
  HistoryOf<Register<int>> history;
  history.Invoke(1, Register<int>::Write(5));
  history.Lose(1);
  history.Invoke(1, Register<int>::Read());
  history.Respond(1, 0);
  history.Invoke(1, Register<int>::Read());
  history.Respond(1, 5);
  EXPECT_EQ(CheckLinearizability(history, Register<int>()).verdict, Verdict::kOk);
}

TEST(LinearizabilityTest, AFailedOperationHasNoEffect) {
  HistoryOf<Register<int>> history;
  history.Invoke(1, Register<int>::Write(5));
  history.Fail(1);
  history.Invoke(2, Register<int>::Read());
  history.Respond(2, 5);
  const LinearizabilityResult result = CheckLinearizability(history, Register<int>());
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.unplaced, std::vector<size_t>{1});
}

TEST(LinearizabilityTest, WithoutStepsItIsUnknown) {
  HistoryOf<Counter> history;
  history.Invoke(1, Counter::FetchAdd(1));
  history.Respond(1, 0);
  CheckLimits limits;
  limits.steps = 0;
  const LinearizabilityResult result = CheckLinearizability(history, Counter(), limits);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_EQ(result.text.find("unknown whether it is linearizable: our limit of 0 steps was reached"), 0u);
  limits.steps = 1;
  EXPECT_EQ(CheckLinearizability(history, Counter(), limits).verdict, Verdict::kOk);
}

TEST(LinearizabilityTest, WithoutMemoryItIsUnknown) {
  HistoryOf<Counter> history;
  history.Invoke(1, Counter::FetchAdd(1));
  history.Respond(1, 0);
  CheckLimits limits;
  limits.bytes = 0;
  const LinearizabilityResult result = CheckLinearizability(history, Counter(), limits);
  EXPECT_EQ(result.verdict, Verdict::kUnknown);
  EXPECT_NE(result.text.find("our limit of 0 bytes was reached"), std::string::npos);
}

TEST(LinearizabilityTest, AnIllegalKeyIsIllegalThoughAnotherIsUnknown) {
  using Sets = Map<int, int>;
  HistoryOf<Sets> history;
  for (int key : {0, 1}) {
    history.Invoke(1, Sets::Erase(key));  // no fast algorithm
    history.Respond(1);
  }
  history.Invoke(1, Sets::Get(0));
  history.Respond(1, 7);
  CheckLimits limits;
  limits.steps = 2;
  const LinearizabilityResult result = CheckLinearizability(history, Sets(), limits);
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_FALSE(result.prefix_is_longest);
}

// A set of bits of which all can be asked at once: operations with a key, and one without.
struct Bits {
  struct Input {
    std::optional<int> bit;  // none: count
  };
  using Output = int;
  using State = uint32_t;
  std::optional<int> KeyOf(const Input& input) const { return input.bit; }
  State Initial() const { return 0; }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    if (input.bit) return state | 1u << *input.bit;
    if (output != nullptr && *output != std::popcount(state)) return std::nullopt;
    return state;
  }
  std::string Describe(const Input& input, const Output* output) const {
    return (input.bit ? "set" : "count") + std::string(output ? " -> " + std::to_string(*output) : "");
  }
};

TEST(LinearizabilityTest, AnOperationOnAllKeysMakesItOnePart) {
  HistoryOf<Bits> history;
  history.Invoke(1, {1});
  history.Respond(1);
  history.Invoke(1, {2});
  history.Respond(1);
  history.Invoke(1, {});
  HistoryOf<Bits> wrong = history;
  history.Respond(1, 2);
  wrong.Respond(1, 1);
  EXPECT_EQ(CheckLinearizability(history, Bits()).verdict, Verdict::kOk);
  EXPECT_EQ(CheckLinearizability(wrong, Bits()).verdict, Verdict::kIllegal);
}

// What clients get who ask a store that is right: `operations` of them, each with its effect in between.
template <class Model, class Ask, class Serve>
HistoryOf<Model> Play(uint32_t clients, size_t operations, bool effects, uint64_t seed, const Ask& ask,
                      const Serve& serve) {
  struct Client {
    enum { kIdle, kAsked, kServed } at = kIdle;
    typename Model::Input input;
    typename Model::Output output;
  };
  HistoryOf<Model> history;
  std::vector<Client> all(clients);
  Prng prng(seed);
  while (history.size() < operations) {
    const uint32_t number = prng.Below(clients);
    Client& client = all[number];
    switch (client.at) {
      case Client::kIdle:
        client.input = ask(prng, history.size());
        history.Invoke(number, client.input);
        client.at = Client::kAsked;
        break;
      case Client::kAsked:
        client.output = serve(client.input);
        if (effects) history.TookEffect(number);
        client.at = Client::kServed;
        break;
      case Client::kServed:
        history.Respond(number, client.output);
        client.at = Client::kIdle;
        break;
    }
  }
  return history;
}

using Numbers = Map<int, int>;

struct AskNumbers {
  uint32_t keys;
  uint32_t values;  // 0: each its own
  Numbers::Input operator()(Prng& prng, size_t number) const {
    const auto key = static_cast<int>(prng.Below(keys));
    if (prng.Below(2) == 0) return Numbers::Get(key);
    return Numbers::Put(key, static_cast<int>(values == 0 ? number : prng.Below(values)));
  }
};

struct ServeNumbers {
  std::map<int, int> map;
  Numbers::Output operator()(const Numbers::Input& input) {
    if (input.kind == Numbers::Kind::kPut) map[input.key] = *input.value;
    auto found = map.find(input.key);
    return input.kind == Numbers::Kind::kPut || found == map.end() ? std::nullopt : Numbers::Output(found->second);
  }
};

constexpr size_t kLong = test::Samples(100'000);  // operations of a long history

// How many model steps a long history by 10 clients takes; 0: a fast algorithm.
uint64_t Steps(uint32_t keys, uint32_t values, bool effects) {
  ServeNumbers store;
  HistoryOf<Numbers> history = Play<Numbers>(10, kLong, effects, 1, AskNumbers{keys, values},
                                             [&](const Numbers::Input& input) { return store(input); });
  const LinearizabilityResult result = CheckLinearizability(history, Numbers());
  EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
  return result.steps;
}

TEST(LinearizabilityTest, AStoreOfDistinctValuesTakesNoSearch) {
  EXPECT_EQ(Steps(10, 0, false), 0u);
  EXPECT_EQ(Steps(1, 0, false), 0u);
}

TEST(LinearizabilityTest, TheOrderOfEffectsTakesAStepForEachOperation) {
  // Those that are still open at the end had no effect, or are in the order, too.
  EXPECT_LE(Steps(1, 5, true), kLong);
  EXPECT_GT(Steps(1, 5, true), kLong - 10);
}

TEST(LinearizabilityTest, AStoreOfFewValuesTakesFewStepsMore) {
  EXPECT_LT(Steps(10, 5, false), 2 * kLong);
  EXPECT_LT(Steps(1, 5, false), 10 * kLong);
}

TEST(LinearizabilityTest, OneMisplacedReadAmongManyIsNamed) {
  for (uint32_t values : {0u, 5u}) {
    ServeNumbers store;
    size_t served = 0;
    bool misplaced = false;
    const auto serve = [&](const Numbers::Input& input) {
      Numbers::Output output = store(input);
      if (++served < kLong / 10 * 9 || misplaced || !output) return output;
      misplaced = true;
      return Numbers::Output(-1);
    };
    HistoryOf<Numbers> history = Play<Numbers>(10, kLong, false, 1, AskNumbers{10, values}, serve);
    const LinearizabilityResult result = CheckLinearizability(history, Numbers());
    EXPECT_EQ(result.verdict, Verdict::kIllegal);
    const auto& named = history.operations()[result.unplaced.front()];
    EXPECT_EQ(named.input.kind, Numbers::Kind::kGet);
    EXPECT_EQ(*named.output, Numbers::Output(-1)) << result.text;
  }
}

TEST(LinearizabilityTest, LongQueuesAndStacksOfDistinctValuesTakeNoSearch) {
  std::deque<int> queue, stack;
  const auto take = [](std::deque<int>& items, bool front) {
    if (items.empty()) return std::optional<int>();
    const int taken = front ? items.front() : items.back();
    front ? items.pop_front() : items.pop_back();
    return std::optional<int>(taken);
  };
  auto queues = Play<Queue<int>>(
      10, kLong, false, 1,
      [](Prng& prng, size_t number) {
        return prng.Below(2) == 0 ? Queue<int>::Dequeue() : Queue<int>::Enqueue(static_cast<int>(number));
      },
      [&](const Queue<int>::Input& input) {
        if (!input.put) return take(queue, true);
        queue.push_back(*input.put);
        return std::optional<int>();
      });
  auto stacks = Play<Stack<int>>(
      10, kLong, false, 1,
      [](Prng& prng, size_t number) {
        return prng.Below(2) == 0 ? Stack<int>::Pop() : Stack<int>::Push(static_cast<int>(number));
      },
      [&](const Stack<int>::Input& input) {
        if (!input.put) return take(stack, false);
        stack.push_back(*input.put);
        return std::optional<int>();
      });
  const LinearizabilityResult of_queues = CheckLinearizability(queues, Queue<int>());
  const LinearizabilityResult of_stacks = CheckLinearizability(stacks, Stack<int>());
  EXPECT_EQ(of_queues.verdict, Verdict::kOk) << of_queues.text;
  EXPECT_EQ(of_stacks.verdict, Verdict::kOk) << of_stacks.text;
  EXPECT_EQ(of_queues.steps, 0u);
  EXPECT_EQ(of_stacks.steps, 0u);
}

TEST(LinearizabilityTest, ManyLostWritesOfFewValuesAreNoReasonToGiveUp) {
  ServeNumbers store;
  HistoryOf<Numbers> history;
  Prng prng(1);
  for (uint32_t i = 0; i < 5'000; ++i) {
    const Numbers::Input input = AskNumbers{1, 5}(prng, i);
    history.Invoke(i % 10, input);
    const bool lost = prng.Below(20) == 0;
    if (!lost || prng.Below(2) == 0) {
      const Numbers::Output output = store(input);
      lost ? history.Lose(i % 10) : history.Respond(i % 10, output);
    } else {
      history.Lose(i % 10);
    }
  }
  const LinearizabilityResult result = CheckLinearizability(history, Numbers());
  EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;
  EXPECT_LT(result.steps, 100'000u);
}

TEST(LinearizabilityTest, TheSameHistoryGivesTheSameReport) {
  ServeNumbers store;
  HistoryOf<Numbers> history = Play<Numbers>(5, 2'000, false, 3, AskNumbers{2, 3}, [&](const Numbers::Input& input) {
    return input.kind == Numbers::Kind::kGet && store.map.size() > 1 ? Numbers::Output(2) : store(input);
  });
  const LinearizabilityResult first = CheckLinearizability(history, Numbers());
  const LinearizabilityResult second = CheckLinearizability(history, Numbers());
  EXPECT_EQ(first.verdict, Verdict::kIllegal);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(first.steps, second.steps);
}

}  // namespace
}  // namespace fate::sim
