#include "fate/sim/race/inside_choices.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fate::sim {

namespace {

void Insert(std::vector<InsideChoices::Way>& ways, InsideChoices::Way way) {
  const auto at = std::lower_bound(ways.begin(), ways.end(), way);
  if (at == ways.end() || *at != way) ways.insert(at, way);
}

}  // namespace

InsideChoices::InsideChoices() {
  const Way plain;
  NumberOfSet({{plain}, {plain}});  // kPlainOnly
  NumberOfSet({});                  // kNothing
}

uint32_t InsideChoices::NumberOf(std::vector<uint32_t> options) {
  while (!options.empty() && options.back() == 0) options.pop_back();
  if (overflow_) return kPlain;
  const auto [number, added] = numbers_.try_emplace(std::move(options), static_cast<uint32_t>(options_.size()));
  if (added) options_.push_back(&number->first);
  overflow_ = options_.size() > kMax;
  return number->second < kMax ? number->second : kPlain;
}

bool InsideChoices::Has(uint32_t set, Way way) const {
  const std::vector<Way>& explored = sets_[set]->explored;
  return std::binary_search(explored.begin(), explored.end(), way) ||
         std::binary_search(explored.begin(), explored.end(), Way{kEach, way.partner});
}

std::vector<InsideChoices::Way> InsideChoices::Left(uint32_t set) const {
  std::vector<Way> left;
  const Set& ways = *sets_[set];
  std::set_difference(ways.known.begin(), ways.known.end(), ways.explored.begin(), ways.explored.end(),
                      std::back_inserter(left));
  return left;
}

uint32_t InsideChoices::With(uint32_t set, Way explored) {
  Set ways = *sets_[set];
  Insert(ways.explored, explored);
  Insert(ways.known, explored);
  if (explored.chosen == kPlain || explored.chosen == kEach) {
    Insert(ways.explored, Way());
    Insert(ways.known, Way());
  }
  return NumberOfSet(std::move(ways));
}

uint32_t InsideChoices::Knowing(uint32_t set, Way known) {
  if (Has(set, known)) return set;
  Set ways = *sets_[set];
  Insert(ways.known, known);
  return NumberOfSet(std::move(ways));
}

uint32_t InsideChoices::NumberOfSet(Set set) {
  const auto [number, added] = set_numbers_.try_emplace(std::move(set), static_cast<uint32_t>(sets_.size()));
  if (added) sets_.push_back(&number->first);
  return number->second;
}

}  // namespace fate::sim
