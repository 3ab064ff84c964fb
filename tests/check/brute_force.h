// Whether a short history has an order, by trying all of them; and random histories to try it on.
//
// Shares nothing with the checkers but the history: operations are plain records, objects are played by code of
// its own, and orders are enumerated without any cleverness.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fate/sim/core/prng.h"

namespace fate::sim::brute {

enum class Object : uint8_t { kRegister, kQueue, kStack, kSet, kMap };

constexpr int kNothing = -1;  // a result
constexpr int kDone = -2;

struct Operation {
  int client;
  char what;  // w r c(as) | p(ut) t(ake) | a(dd) d(elete) h(as)
  int key;    // of maps and sets
  int value;
  int expected;
  int invoked;
  int effect;     // 0: never
  int responded;  // 0: never
  int result;
};

struct Random {
  Object object;
  bool distinct;  // no value is put twice
  bool pending;   // some operations never respond
  bool wrong;     // a result may be made up
  uint32_t operations_max = 8;
  uint32_t clients_max = 4;
  uint32_t keys = 2;
};

// What happens when an object serves `random` requests: 1 to operations_max, each taking effect at some moment
// between its invocation and its response, unless `wrong`.
std::vector<Operation> MakeHistory(const Random& random, Prng& prng);

// Whether there is an order. `real_time`: linearizability; else only each client's own order counts.
bool HasOrder(Object object, const std::vector<Operation>& operations, bool real_time);

// "1:w(3)[1,4] 2:r()=3[2,3]".
std::string ToString(const std::vector<Operation>& operations);

}  // namespace fate::sim::brute
