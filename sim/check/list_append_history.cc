#include "fate/runtime/check.h"
#include "fate/sim/check/list_append.h"

namespace fate::sim {

size_t ListAppendHistory::Begin(uint32_t client) {
  auto [open, added] = open_.try_emplace(client, transactions_.size());
  FATE_CHECK(added, "your program began a transaction of client " + std::to_string(client) +
                        " while its transaction T" + std::to_string(open->second) +
                        " is open: Commit, Abort or Lose that one first, or use another client");
  transactions_.push_back({client});
  return transactions_.size() - 1;
}

ListAppendHistory::Transaction& ListAppendHistory::Open(uint32_t client, const char* what) {
  auto open = open_.find(client);
  FATE_CHECK(open != open_.end(), "your program called " + std::string(what) + " for client " + std::to_string(client) +
                                      ", which has no transaction open: Begin one first");
  return transactions_[open->second];
}

uint32_t ListAppendHistory::KeyNumber(const std::string& key) {
  auto [number, added] = key_numbers_.try_emplace(key, static_cast<uint32_t>(keys_.size()));
  if (added) keys_.push_back(key);
  return number->second;
}

void ListAppendHistory::Append(uint32_t client, const std::string& key, int64_t value) {
  Transaction& transaction = Open(client, "Append");
  const uint32_t number = KeyNumber(key);
  auto [appender, added] =
      appenders_.try_emplace({number, value}, static_cast<uint32_t>(&transaction - transactions_.data()));
  FATE_CHECK(added, "your program appended " + std::to_string(value) + " to " + key + " twice (first in T" +
                        std::to_string(appender->second) +
                        "): append different values, so that a read tells whose they are");
  transaction.operations.push_back({true, number, value, {}});
}

void ListAppendHistory::Read(uint32_t client, const std::string& key, std::vector<int64_t> elements) {
  Open(client, "Read").operations.push_back({false, KeyNumber(key), 0, std::move(elements)});
}

void ListAppendHistory::Close(uint32_t client, const char* what, End end) {
  Open(client, what).end = end;
  open_.erase(client);
}

}  // namespace fate::sim
