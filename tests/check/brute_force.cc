#include "tests/check/brute_force.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace fate::sim::brute {
namespace {

// The objects, one after the other request.
struct World {
  int cell = 0;
  std::deque<int> items;
  std::set<int> set;
  std::map<int, int> map;

  int Do(Object object, const Operation& operation) {
    switch (object) {
      case Object::kRegister:
        return DoRegister(operation);
      case Object::kQueue:
      case Object::kStack:
        return DoItems(object == Object::kQueue, operation);
      case Object::kSet:
        return DoSet(operation);
      case Object::kMap:
        return DoMap(operation);
    }
    return kNothing;
  }

 private:
  int DoRegister(const Operation& operation) {
    const int before = cell;
    if (operation.what == 'w' || (operation.what == 'c' && cell == operation.expected)) cell = operation.value;
    return operation.what == 'w' ? kDone : before;
  }
  int DoItems(bool queue, const Operation& operation) {
    if (operation.what == 'p') {
      items.push_back(operation.value);
      return kDone;
    }
    if (items.empty()) return kNothing;
    const int taken = queue ? items.front() : items.back();
    queue ? items.pop_front() : items.pop_back();
    return taken;
  }
  int DoSet(const Operation& operation) {
    if (operation.what == 'a') return set.insert(operation.key).second ? 1 : 0;
    if (operation.what == 'd') return static_cast<int>(set.erase(operation.key));
    return static_cast<int>(set.count(operation.key));
  }
  int DoMap(const Operation& operation) {
    auto found = map.find(operation.key);
    const int before = found == map.end() ? kNothing : found->second;
    if (operation.what == 'w' || operation.what == 'c') map[operation.key] = operation.value;
    if (operation.what == 'd') map.erase(operation.key);
    return operation.what == 'r' || operation.what == 'c' ? before : kDone;
  }
};

Operation MakeOperation(const Random& random, int number, Prng& prng) {
  Operation operation{};
  static constexpr const char* kWhats[] = {"wrrwc", "ppttt", "ppttt", "aaddhh", "wwrrdc"};
  std::string whats = kWhats[static_cast<int>(random.object)];
  // Where nothing is put twice, compare and swap and erase would keep the fast algorithms from being used.
  if (random.distinct && random.object == Object::kRegister) whats = "wrr";
  if (random.distinct && random.object == Object::kMap) whats = "wrr";
  operation.what = whats[prng.Below(static_cast<uint32_t>(whats.size()))];
  // Elements of sets that are added once: more of them.
  const bool more = random.object == Object::kSet && random.distinct;
  operation.key = static_cast<int>(prng.Below(more ? 2 * random.keys : random.keys));
  operation.value = random.distinct ? number + 1 : static_cast<int>(prng.Below(3));
  operation.expected = static_cast<int>(prng.Below(3));
  return operation;
}

struct Enumeration {
  Object object;
  const std::vector<Operation>& operations;
  bool real_time;
  std::vector<bool> placed;

  bool MayComeNext(size_t i) const {
    for (size_t j = 0; j < operations.size(); ++j) {
      if (placed[j] || j == i) continue;
      const Operation& other = operations[j];
      const bool before = real_time ? other.responded != 0 && other.responded < operations[i].invoked
                                    : other.client == operations[i].client && other.invoked < operations[i].invoked;
      if (before) return false;
    }
    return true;
  }
  bool Search(const World& world) {
    bool done = true;
    for (size_t i = 0; i < operations.size(); ++i) done = done && (placed[i] || operations[i].responded == 0);
    if (done) return true;
    for (size_t i = 0; i < operations.size(); ++i) {
      if (placed[i] || !MayComeNext(i)) continue;
      World next = world;
      const int result = next.Do(object, operations[i]);
      if (operations[i].responded != 0 && result != operations[i].result) continue;
      placed[i] = true;
      const bool found = Search(next);
      placed[i] = false;
      if (found) return true;
    }
    return false;
  }
};

}  // namespace

std::vector<Operation> MakeHistory(const Random& random, Prng& prng) {
  // Mostly in the upper half.
  const uint32_t half = random.operations_max / 2;
  const auto count = static_cast<int>((prng.Below(4) == 0 ? 0 : half) + 1 + prng.Below(half));
  const int clients = 1 + static_cast<int>(prng.Below(random.clients_max));
  std::vector<Operation> operations;
  struct Client {
    int open = -1;
    bool took_effect = false;
    bool stuck = false;
  };
  std::vector<Client> all(static_cast<size_t>(clients));
  World world;
  int now = 0;
  for (int rounds = 0; rounds < 400; ++rounds) {
    Client& client = all[prng.Below(static_cast<uint32_t>(clients))];
    if (client.stuck) continue;
    if (client.open < 0) {
      if (static_cast<int>(operations.size()) == count) continue;
      Operation operation = MakeOperation(random, static_cast<int>(operations.size()), prng);
      operation.client = static_cast<int>(&client - all.data());
      operation.invoked = ++now;
      client = {static_cast<int>(operations.size()), false, false};
      operations.push_back(operation);
      continue;
    }
    Operation& operation = operations[static_cast<size_t>(client.open)];
    if (random.pending && prng.Below(8) == 0) {
      client.stuck = true;
    } else if (!client.took_effect) {
      operation.result = world.Do(random.object, operation);
      operation.effect = ++now;
      client.took_effect = true;
    } else {
      operation.responded = ++now;
      client.open = -1;
    }
  }
  if (!random.wrong) return operations;
  // Up to two results become other operations'.
  for (int times = 0; times < 2; ++times) {
    Operation& wrong = operations[prng.Below(static_cast<uint32_t>(operations.size()))];
    const Operation& other = operations[prng.Below(static_cast<uint32_t>(operations.size()))];
    if (wrong.result == kDone) continue;
    if (random.object == Object::kSet) {
      wrong.result = 1 - wrong.result;
    } else {
      wrong.result = prng.Below(4) == 0 ? kNothing : other.result == kDone ? other.value : other.result;
      if (random.object == Object::kRegister && wrong.result == kNothing) wrong.result = 0;
    }
  }
  return operations;
}

bool HasOrder(Object object, const std::vector<Operation>& operations, bool real_time) {
  return Enumeration{object, operations, real_time, std::vector<bool>(operations.size())}.Search(World());
}

std::string ToString(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    text += std::to_string(operation.client) + ":" + operation.what + "(k" + std::to_string(operation.key) + " v" +
            std::to_string(operation.value) + " e" + std::to_string(operation.expected) +
            ")=" + std::to_string(operation.result) + "[" + std::to_string(operation.invoked) + "," +
            std::to_string(operation.responded) + "] ";
  }
  return text;
}

}  // namespace fate::sim::brute
