// InsideChoices: numbers for what steps choose inside them, and for sets of that.
//
//   InsideChoices choices;
//   uint32_t chosen = choices.NumberOf({0, 1});     // drew 0, then 1
//   uint32_t set = choices.With(InsideChoices::kNothing, {chosen});
//   set = choices.Knowing(set, {choices.NumberOf({1})});   // seen to be left
//
// What a step chooses inside (numbers that it draws, the branch of a select, whom a try form meets) makes it another
// step of its task. Whether it chooses again depends on what it chose before, so options of 0 at the end may be left
// out. A set is of the ways in which a step was explored, by what it chose and its partner in a rendezvous, and in
// which else it is known that it could be made. A number stands for the same as long as the search lasts. O(size of
// the set). Tested by tests/race/inside_choices_test.cc.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace fate::sim {

class InsideChoices {
 public:
  InsideChoices();
  InsideChoices(const InsideChoices&) = delete;  // it points to what it holds
  InsideChoices& operator=(const InsideChoices&) = delete;

  // Nothing, or the first option each time.
  static constexpr uint32_t kPlain = 0;
  static constexpr uint32_t kAlone = 0x7f;
  // In a set: all that can be chosen with this partner.
  static constexpr uint32_t kEach = 0xffffffff;

  // One of the ways in which a step can be made: what it chooses, and with whom.
  struct Way {
    uint32_t chosen = kPlain;
    uint32_t partner = kAlone;
    friend auto operator<=>(const Way&, const Way&) = default;
  };

  // kPlain if there are more than kMax of them; see overflow().
  uint32_t NumberOf(std::vector<uint32_t> options);
  static constexpr uint32_t kMax = uint32_t{1} << 23;
  bool overflow() const { return overflow_; }
  // The option chosen the nth time.
  uint32_t At(uint32_t chosen, size_t nth) const {
    const std::vector<uint32_t>& options = *options_[chosen];
    return nth < options.size() ? options[nth] : 0;
  }

  // Sets of ways.
  static constexpr uint32_t kPlainOnly = 0;  // explored: kPlain, whoever the partner was
  static constexpr uint32_t kNothing = 1;    // none was explored
  // Whether it was explored.
  bool Has(uint32_t set, Way way) const;
  // What is known and was not explored, in order. Whom plain steps met kPlainOnly does not say.
  std::vector<Way> Left(uint32_t set) const;
  bool HasLeft(uint32_t set) const { return sets_[set]->explored.size() < sets_[set]->known.size(); }
  // The set with a way that was explored besides, or is known to be there.
  uint32_t With(uint32_t set, Way explored);
  uint32_t Knowing(uint32_t set, Way known);

 private:
  struct Set {
    std::vector<Way> explored;  // sorted
    std::vector<Way> known;     // sorted; has those explored
    friend auto operator<=>(const Set&, const Set&) = default;
  };
  uint32_t NumberOfSet(Set set);

  std::map<std::vector<uint32_t>, uint32_t> numbers_{{{}, kPlain}};
  std::vector<const std::vector<uint32_t>*> options_{&numbers_.begin()->first};  // by number: keys of numbers_
  bool overflow_ = false;
  std::map<Set, uint32_t> set_numbers_;
  std::vector<const Set*> sets_;  // by number: keys of set_numbers_
};

}  // namespace fate::sim
