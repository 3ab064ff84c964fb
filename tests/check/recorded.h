// Brute-force histories as the checkers want them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "fate/sim/check/history.h"
#include "fate/sim/check/map.h"
#include "fate/sim/check/queue.h"
#include "fate/sim/check/register.h"
#include "fate/sim/check/set.h"
#include "fate/sim/check/stack.h"
#include "tests/check/brute_force.h"

namespace fate::sim::brute {

// Input and output of an operation, for a model.
template <class Model>
struct As;

template <>
struct As<Register<int>> {
  static constexpr Object kObject = Object::kRegister;
  static Register<int>::Input In(const Operation& operation) {
    if (operation.what == 'w') return Register<int>::Write(operation.value);
    if (operation.what == 'r') return Register<int>::Read();
    return Register<int>::CompareAndSwap(operation.expected, operation.value);
  }
  static std::optional<int> Out(const Operation& operation) {
    return operation.result == kDone ? std::nullopt : std::optional<int>(operation.result);
  }
};

struct AsItems {
  static std::optional<int> Out(const Operation& operation) {
    return operation.result < 0 ? std::nullopt : std::optional<int>(operation.result);
  }
};

template <>
struct As<Queue<int>> : AsItems {
  static constexpr Object kObject = Object::kQueue;
  static Queue<int>::Input In(const Operation& operation) {
    return operation.what == 'p' ? Queue<int>::Enqueue(operation.value) : Queue<int>::Dequeue();
  }
};

template <>
struct As<Stack<int>> : AsItems {
  static constexpr Object kObject = Object::kStack;
  static Stack<int>::Input In(const Operation& operation) {
    return operation.what == 'p' ? Stack<int>::Push(operation.value) : Stack<int>::Pop();
  }
};

template <>
struct As<Set<int>> {
  static constexpr Object kObject = Object::kSet;
  static Set<int>::Input In(const Operation& operation) {
    if (operation.what == 'a') return Set<int>::Add(operation.key);
    if (operation.what == 'd') return Set<int>::Remove(operation.key);
    return Set<int>::Contains(operation.key);
  }
  static bool Out(const Operation& operation) { return operation.result == 1; }
};

template <>
struct As<Map<int, int>> : AsItems {
  static constexpr Object kObject = Object::kMap;
  static Map<int, int>::Input In(const Operation& operation) {
    switch (operation.what) {
      case 'w':
        return Map<int, int>::Put(operation.key, operation.value);
      case 'd':
        return Map<int, int>::Erase(operation.key);
      case 'c':
        return Map<int, int>::Swap(operation.key, operation.value);
      default:
        return Map<int, int>::Get(operation.key);
    }
  }
};

// A model of which nothing is known but what it must tell: no fast algorithm, no keys, no reads.
template <class Model>
struct Plain {
  using State = typename Model::State;
  using Input = typename Model::Input;
  using Output = typename Model::Output;

  State Initial() const { return model.Initial(); }
  std::optional<State> Apply(const State& state, const Input& input, const Output* output) const {
    return model.Apply(state, input, output);
  }
  std::string Describe(const Input& input, const Output* output) const { return model.Describe(input, output); }

  Model model = Model();
};

// The same, with its keys and reads.
template <class Model>
struct WithReads : Plain<Model> {
  using typename Plain<Model>::Input;
  using typename Plain<Model>::Output;
  bool OnlyReads(const Input& input, const Output* output) const { return this->model.OnlyReads(input, output); }
  auto KeyOf(const Input& input) const {
    if constexpr (HasKeys<Model>) {
      return this->model.KeyOf(input);
    } else {
      return 0;
    }
  }
};

// The history as it happened. With effects: also when each operation took effect.
template <class Model>
HistoryOf<Model> Recorded(const std::vector<Operation>& operations, bool effects) {
  HistoryOf<Model> history;
  int last = 0;
  for (const Operation& operation : operations) {
    last = std::max({last, operation.invoked, operation.effect, operation.responded});
  }
  for (int now = 1; now <= last; ++now) {
    for (const Operation& operation : operations) {
      const auto client = static_cast<uint32_t>(operation.client);
      if (operation.invoked == now) history.Invoke(client, As<Model>::In(operation));
      if (operation.effect == now && effects) history.TookEffect(client);
      if (operation.responded == now) history.Respond(client, As<Model>::Out(operation));
    }
  }
  return history;
}

}  // namespace fate::sim::brute
