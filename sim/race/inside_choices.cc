#include "fate/sim/race/inside_choices.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fate::sim {

namespace {

void Insert(std::vector<InsideChoices::Step>& steps, InsideChoices::Step step) {
  const auto at = std::lower_bound(steps.begin(), steps.end(), step);
  if (at == steps.end() || *at != step) steps.insert(at, step);
}

}  // namespace

InsideChoices::InsideChoices() {
  const Step plain;
  NumberOfSet({{plain}, {plain}});  // kPlainOnly
  NumberOfSet({});                  // kNothing
}

uint32_t InsideChoices::NumberOf(std::vector<uint32_t> options) {
  while (!options.empty() && options.back() == 0) options.pop_back();
  const auto [number, added] = numbers_.try_emplace(std::move(options), static_cast<uint32_t>(options_.size()));
  if (added) options_.push_back(&number->first);
  return number->second;
}

bool InsideChoices::Has(uint32_t set, Step step) const {
  const std::vector<Step>& explored = sets_[set]->explored;
  return std::binary_search(explored.begin(), explored.end(), step) ||
         std::binary_search(explored.begin(), explored.end(), Step{kEach, step.partner});
}

std::vector<InsideChoices::Step> InsideChoices::Left(uint32_t set) const {
  std::vector<Step> left;
  const Set& steps = *sets_[set];
  std::set_difference(steps.known.begin(), steps.known.end(), steps.explored.begin(), steps.explored.end(),
                      std::back_inserter(left));
  return left;
}

uint32_t InsideChoices::With(uint32_t set, Step explored) {
  Set steps = *sets_[set];
  Insert(steps.explored, explored);
  Insert(steps.known, explored);
  if (explored.chosen == kPlain || explored.chosen == kEach) {
    Insert(steps.explored, Step());
    Insert(steps.known, Step());
  }
  return NumberOfSet(std::move(steps));
}

uint32_t InsideChoices::Knowing(uint32_t set, Step known) {
  if (Has(set, known)) return set;
  Set steps = *sets_[set];
  Insert(steps.known, known);
  return NumberOfSet(std::move(steps));
}

uint32_t InsideChoices::NumberOfSet(Set set) {
  const auto [number, added] = set_numbers_.try_emplace(std::move(set), static_cast<uint32_t>(sets_.size()));
  if (added) sets_.push_back(&number->first);
  return number->second;
}

}  // namespace fate::sim
