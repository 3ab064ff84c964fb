// History: what clients asked of an object and what they were told, in the order in which it happened.
//
//   Usage:
//     History<Map<std::string, int>::Input, Map<std::string, int>::Output> history;
//     history.Invoke(1, Map<std::string, int>::Put("x", 7));   // client 1 asks
//     history.Invoke(2, Map<std::string, int>::Get("x"));      // client 2 asks, too
//     history.Respond(2, 7);                                   // client 2 is told: 7
//     history.Respond(1);
//
// Example: tests/examples/linearizability_example_test.cc
//
// Each call notes one event, later than all before it. A client has at most one operation open. An operation
// without a response is pending: the checkers let it take effect at any time after its invocation, or never.
//
//   Invoke       opens an operation of a client. Returns its number: operations are numbered from 0.
//   TookEffect   says that the open operation has its effect now. Only a hint, in what order to look first: a
//                wrong one costs time, never the verdict.
//   Respond      closes it.
//   Fail         closes it: it is known that it had no effect, and never will have.
//   Lose         leaves it pending for ever, and the client may go on: it timed out, or its client crashed.
//
// Misuse (an operation opened while one is open, a response without one) is a FATE_CHECK. O(1) each. One
// thread at a time. Input and Output are values of any type; a Model says what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Unordered: only looked up.
#include "absl/container/flat_hash_map.h"
#include "fate/runtime/check.h"
#include "fate/sim/check/span.h"

namespace fate::sim {

template <class InputType, class OutputType>
class History {
 public:
  using Input = InputType;
  using Output = OutputType;

  struct Operation {
    Span span;
    Input input;
    std::optional<Output> output;  // none: pending, or failed
  };

  size_t Invoke(uint32_t client, Input input);
  void TookEffect(uint32_t client);
  void Respond(uint32_t client, Output output = Output());
  void Fail(uint32_t client);
  void Lose(uint32_t client);

  // In the order of their invocations.
  const std::vector<Operation>& operations() const { return operations_; }
  size_t size() const { return operations_.size(); }
  // The position of the last event.
  uint32_t events() const { return events_; }
  // Whether `client` has an operation open.
  bool IsOpen(uint32_t client) const { return open_.contains(client); }

 private:
  static std::string Name(uint32_t client) { return "client " + std::to_string(client); }
  Operation& Open(uint32_t client, const char* what);
  uint32_t NextEvent() {
    FATE_CHECK(events_ < Span::kNever - 1, "our limit of 2^32 - 2 events in a history was reached");
    return ++events_;
  }

  std::vector<Operation> operations_;
  // The number of the operation each client has open.
  absl::flat_hash_map<uint32_t, size_t> open_;
  uint32_t events_ = 0;
};

// The history of a model's operations.
template <class Model>
using HistoryOf = History<typename Model::Input, typename Model::Output>;

// ---------------------------------------------------------------------------------------------------------

template <class Input, class Output>
size_t History<Input, Output>::Invoke(uint32_t client, Input input) {
  auto [open, added] = open_.try_emplace(client, operations_.size());
  FATE_CHECK(added, "your program invoked an operation of " + Name(client) + " while its operation " +
                        std::to_string(open->second) +
                        " is open: Respond, Fail or Lose that one first, or use another client");
  Operation operation{Span{}, std::move(input), std::nullopt};
  operation.span.client = client;
  operation.span.invoked = NextEvent();
  operations_.push_back(std::move(operation));
  return operations_.size() - 1;
}

template <class Input, class Output>
typename History<Input, Output>::Operation& History<Input, Output>::Open(uint32_t client, const char* what) {
  auto open = open_.find(client);
  FATE_CHECK(open != open_.end(), "your program called " + std::string(what) + " for " + Name(client) +
                                      ", which has no operation open: Invoke one first");
  return operations_[open->second];
}

template <class Input, class Output>
void History<Input, Output>::TookEffect(uint32_t client) {
  Operation& operation = Open(client, "TookEffect");
  FATE_CHECK(operation.span.effect == Span::kNever,
             "your program called TookEffect for " + Name(client) + " twice in one operation");
  operation.span.effect = NextEvent();
}

template <class Input, class Output>
void History<Input, Output>::Respond(uint32_t client, Output output) {
  Operation& operation = Open(client, "Respond");
  operation.span.responded = NextEvent();
  operation.output = std::move(output);
  open_.erase(client);
}

template <class Input, class Output>
void History<Input, Output>::Fail(uint32_t client) {
  Operation& operation = Open(client, "Fail");
  FATE_CHECK(operation.span.effect == Span::kNever,
             "your program said that an operation of " + Name(client) + " took effect, and that it failed");
  operation.span.failed = true;
  open_.erase(client);
}

template <class Input, class Output>
void History<Input, Output>::Lose(uint32_t client) {
  Open(client, "Lose").span.lost = true;
  open_.erase(client);
}

}  // namespace fate::sim
