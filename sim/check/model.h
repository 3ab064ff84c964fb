// Model: what an object does when one client after the other uses it; what a history is held against.
//
// A model is a type with
//
//   State, Input, Output     values. A State has == and is hashable by absl::Hash.
//   State Initial()          before the first operation.
//   std::optional<State> Apply(const State&, const Input&, const Output*)
//                            the state after the operation, if from this state it may return this output; none
//                            if it may not. Null: what it returned is unknown; none if from this state it
//                            returns nothing at all, as the lock of what is held. A function: the same
//                            arguments, the same answer.
//   std::string Describe(const Input&, const Output*)
//                            the operation in words, such as "get(x) -> 7"; "get(x) -> ?" for null.
//
// all const, and may have
//
//   Key KeyOf(const Input&)  operations with different keys have nothing to do with each other, so that each
//                            key's can be checked alone (Horn and Kroening, "Faster linearizability checking
//                            via P-compositionality", FORTE 2015). std::optional<Key> with none for an operation
//                            on all keys: then the history is checked in one piece. A Key is hashable and has ==.
//                            If KeyOf returns a Key, a State is that of one key; if an optional, of all.
//   bool OnlyReads(const Input&, const Output*)
//                            whether the operation leaves every state as it is in which it may return this; a
//                            search is much faster if it knows.
//   Input with ==            pending operations that ask for the same are then interchangeable.
//   std::string DescribeState(const State&)
//   kShape, Value, RoleOf    what the fast algorithms for distinct values want to know (distinct_values.h).
//
// Ready-made: Register, Queue, Stack, Set, Map, LockModel, Counter. Tested by tests/check/models_test.cc.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

namespace fate::sim {

template <class M>
concept SequentialModel = requires(const M& model, const typename M::State& state, const typename M::Input& input,
                                   const typename M::Output* output) {
  { model.Initial() } -> std::convertible_to<typename M::State>;
  { model.Apply(state, input, output) } -> std::same_as<std::optional<typename M::State>>;
  { model.Describe(input, output) } -> std::convertible_to<std::string>;
  { state == state } -> std::convertible_to<bool>;
};

template <class M>
concept HasKeys = requires(const M& model, const typename M::Input& input) { model.KeyOf(input); };

template <class M>
concept KnowsReads = requires(const M& model, const typename M::Input& input, const typename M::Output* output) {
  { model.OnlyReads(input, output) } -> std::convertible_to<bool>;
};

template <class M>
concept DescribesStates = requires(const M& model, const typename M::State& state) {
  { model.DescribeState(state) } -> std::convertible_to<std::string>;
};

template <class M>
concept HasShape = requires(const M& model, const typename M::Input& input, const typename M::Output* output) {
  M::kShape;
  model.RoleOf(input, output);
};

// A value in words, as models want it: numbers, text, and what has a ToString(value).
template <class T>
std::string InWords(const T& value) {
  if constexpr (std::convertible_to<T, std::string>) {
    return value;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::to_string(value);
  } else {
    return ToString(value);
  }
}

}  // namespace fate::sim
