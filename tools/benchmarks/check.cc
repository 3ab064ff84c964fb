// Checking a history of a key-value store: 100 000 operations of 10 clients. An item is an operation.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "fate/sim/check/linearizability.h"
#include "fate/sim/check/map.h"
#include "fate/sim/core/prng.h"

namespace {

using fate::sim::HistoryOf;
using Store = fate::sim::Map<int, int>;

constexpr size_t kOperations = 100'000;
constexpr uint32_t kClients = 10;

struct Client {
  enum { kIdle, kAsked, kServed } at = kIdle;
  Store::Input input;
  Store::Output output;
};

// Of a store that is right. With `values` 0, each value is put once.
HistoryOf<Store> MakeHistory(uint32_t keys, uint32_t values, bool effects) {
  HistoryOf<Store> history;
  std::vector<Client> clients(kClients);
  std::map<int, int> map;
  fate::sim::Prng prng(1);
  while (history.size() < kOperations) {
    const uint32_t number = prng.Below(kClients);
    Client& client = clients[number];
    if (client.at == Client::kIdle) {
      const auto key = static_cast<int>(prng.Below(keys));
      const auto value = static_cast<int>(values == 0 ? history.size() : prng.Below(values));
      client.input = prng.Below(2) == 0 ? Store::Get(key) : Store::Put(key, value);
      history.Invoke(number, client.input);
      client.at = Client::kAsked;
    } else if (client.at == Client::kAsked) {
      const bool put = client.input.kind == Store::Kind::kPut;
      if (put) map[client.input.key] = *client.input.value;
      auto found = map.find(client.input.key);
      client.output = put || found == map.end() ? std::nullopt : std::optional<int>(found->second);
      if (effects) history.TookEffect(number);
      client.at = Client::kServed;
    } else {
      history.Respond(number, client.output);
      client.at = Client::kIdle;
    }
  }
  return history;
}

void Check(benchmark::State& state, uint32_t keys, uint32_t values, bool effects) {
  const HistoryOf<Store> history = MakeHistory(keys, values, effects);
  for (auto _ : state) {
    const auto result = fate::sim::CheckLinearizability(history, Store());
    if (result.verdict != fate::sim::Verdict::kOk) state.SkipWithError("the history is linearizable");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kOperations));
}

BENCHMARK_CAPTURE(Check, distinct, 10, 0, false)->Name("check/map/distinct");
BENCHMARK_CAPTURE(Check, search, 10, 5, false)->Name("check/map/search");
BENCHMARK_CAPTURE(Check, search_one_key, 1, 5, false)->Name("check/map/search_one_key");
BENCHMARK_CAPTURE(Check, effects, 1, 5, true)->Name("check/map/effects");

}  // namespace
