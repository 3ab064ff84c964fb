#include <algorithm>

#include "fate/sim/check/distinct_values.h"

// A stack's history is taken apart from the outside; what cannot be taken apart is not linearizable.
//
//   1. A value whose push and pop overlap can be pushed and popped at one instant of both, whatever the stack
//      holds: it is left out. Every other value is there for certain from the end of its push to the begin of
//      its pop.
//   2. At a moment at which nothing is there for certain the stack may be empty: what ended before it and what
//      began after it are histories of their own. A pop that found nothing needs such a moment (Join's rule).
//   3. Where there is no such moment, one value must be under all others: its push can come first (it began
//      before any other push ended) and its pop last. Any such value will do, for without it the others' history
//      is linearizable if with it all are; and putting it around them is always right. It is left out; go to 2.
//
// If the history is linearizable, 2 or 3 always applies: in a legal sequence either the stack is empty in
// between, or its first value is its last. This is the decrease-and-conquer of Lee and Mathur (2025); the
// proof above and the data structures are ours. Values are kept in the order in which their pushes ended, so
// that the pieces of step 2 are ranges of one array; two segment trees find the values of step 3 among the at
// most c whose pushes overlap, and the moments of step 2. O(n c log n).
namespace fate::sim {
namespace {

using Item = internal::PutAndTaken::Item;

// For a range of values: what step 3 asks for.
class Candidates {
 public:
  explicit Candidates(const std::vector<Item>& items) : items_(items) {
    while (leaves_ < items.size()) leaves_ *= 2;
    nodes_.resize(2 * leaves_);
    for (size_t i = 0; i < items.size(); ++i) {
      nodes_[leaves_ + i] = {items[i].put_invoked, items[i].taken_responded, items[i].taken_invoked, true};
    }
    for (size_t i = leaves_; i-- > 1;) Update(i);
  }

  void Remove(size_t i) {
    i += leaves_;
    nodes_[i] = Node{};
    while (i /= 2) Update(i);
  }
  // The first value left in [begin, end); end if there is none.
  size_t First(size_t begin, size_t end) const {
    return Find(1, 0, leaves_, begin, end, [](const Node& node) { return node.any; }, [](size_t) { return true; });
  }
  // The value in [begin, end) whose pop began last, none excepted but `but`.
  uint32_t LastTaken(size_t begin, size_t end) const { return LastTaken(1, 0, leaves_, begin, end); }
  // A value in [begin, end) whose push began before `push` and whose pop ended after `pop`.
  size_t Around(size_t begin, size_t end, uint32_t push, uint32_t pop) const {
    return Find(
        1, 0, leaves_, begin, end,
        [&](const Node& node) { return node.any && node.put_invoked < push && node.taken_responded > pop; },
        [&](size_t i) { return items_[i].put_invoked < push && items_[i].taken_responded > pop; });
  }

 private:
  struct Node {
    uint32_t put_invoked = Span::kNever;  // least
    uint32_t taken_responded = 0;         // greatest
    uint32_t taken_invoked = 0;           // greatest
    bool any = false;
  };

  void Update(size_t i) {
    const Node& a = nodes_[2 * i];
    const Node& b = nodes_[2 * i + 1];
    nodes_[i] = {std::min(a.put_invoked, b.put_invoked), std::max(a.taken_responded, b.taken_responded),
                 std::max(a.taken_invoked, b.taken_invoked), a.any || b.any};
  }
  template <class May, class Is>
  size_t Find(size_t node, size_t low, size_t high, size_t begin, size_t end, const May& may, const Is& is) const {
    if (high <= begin || end <= low || !may(nodes_[node])) return end;
    if (high - low == 1) return is(low) ? low : end;
    const size_t middle = (low + high) / 2;
    const size_t found = Find(2 * node, low, middle, begin, end, may, is);
    return found != end ? found : Find(2 * node + 1, middle, high, begin, end, may, is);
  }
  uint32_t LastTaken(size_t node, size_t low, size_t high, size_t begin, size_t end) const {
    if (high <= begin || end <= low || !nodes_[node].any) return 0;
    if (begin <= low && high <= end) return nodes_[node].taken_invoked;
    const size_t middle = (low + high) / 2;
    return std::max(LastTaken(2 * node, low, middle, begin, end), LastTaken(2 * node + 1, middle, high, begin, end));
  }

  const std::vector<Item>& items_;
  size_t leaves_ = 1;
  std::vector<Node> nodes_;
};

// How many values are there for certain at each moment between two positions that matter.
class Cover {
 public:
  explicit Cover(const std::vector<Item>& items) {
    for (const Item& item : items) {
      positions_.push_back(item.put_responded);
      positions_.push_back(item.taken_invoked);
    }
    std::sort(positions_.begin(), positions_.end());
    positions_.erase(std::unique(positions_.begin(), positions_.end()), positions_.end());
    while (leaves_ < positions_.size()) leaves_ *= 2;
    added_.resize(2 * leaves_);
    least_.resize(2 * leaves_);
    for (const Item& item : items) Add(item, 1);
  }

  void Add(const Item& item, int change) {
    Add(1, 0, leaves_, Slot(item.put_responded), Slot(item.taken_invoked), change);
  }
  // A position p in [begin, end) such that nothing is there right after p; `end` if there is none.
  uint32_t Uncovered(uint32_t begin, uint32_t end) const {
    const size_t last = Slot(end);
    const size_t found = Find(1, 0, leaves_, Slot(begin), last, 0);
    return found == last ? end : positions_[found];
  }

 private:
  size_t Slot(uint32_t position) const {
    return static_cast<size_t>(std::lower_bound(positions_.begin(), positions_.end(), position) - positions_.begin());
  }
  void Add(size_t node, size_t low, size_t high, size_t begin, size_t end, int change) {
    if (high <= begin || end <= low) return;
    if (begin <= low && high <= end) {
      added_[node] += change;
      least_[node] += change;
      return;
    }
    const size_t middle = (low + high) / 2;
    Add(2 * node, low, middle, begin, end, change);
    Add(2 * node + 1, middle, high, begin, end, change);
    least_[node] = added_[node] + std::min(least_[2 * node], least_[2 * node + 1]);
  }
  size_t Find(size_t node, size_t low, size_t high, size_t begin, size_t end, int above) const {
    if (high <= begin || end <= low || above + least_[node] > 0) return end;
    if (high - low == 1) return low;
    const size_t middle = (low + high) / 2;
    const size_t found = Find(2 * node, low, middle, begin, end, above + added_[node]);
    return found != end ? found : Find(2 * node + 1, middle, high, begin, end, above + added_[node]);
  }

  std::vector<uint32_t> positions_;
  size_t leaves_ = 1;
  std::vector<int> added_;
  std::vector<int> least_;
};

DistinctOutcome Stuck(const std::vector<Item>& items, size_t first, size_t end, uint32_t last_taken) {
  std::vector<uint32_t> operations = {items[first].put};
  for (size_t i = first; i < end; ++i) {
    if (items[i].taken_invoked != last_taken) continue;
    if (i != first) operations.push_back(items[i].put);
    if (items[first].taken != internal::PutAndTaken::kNone) operations.push_back(items[first].taken);
    if (i != first && items[i].taken != internal::PutAndTaken::kNone) operations.push_back(items[i].taken);
    break;
  }
  return DistinctOutcome::Illegal("no value can be at the bottom while these and those between are there", operations);
}

DistinctOutcome CheckNesting(const internal::PutAndTaken& joined) {
  std::vector<Item> items;
  for (Item item : joined.items) {
    // What is never taken stays: popped after everything, in any order.
    if (item.taken == internal::PutAndTaken::kNone) item.taken_invoked = Span::kNever - 1;
    if (item.put_responded < item.taken_invoked) items.push_back(item);
  }
  if (items.empty()) return {};
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.put_responded < b.put_responded; });
  Candidates candidates(items);
  Cover cover(items);

  struct Range {
    size_t begin, end;
  };
  std::vector<Range> ranges = {{0, items.size()}};
  while (!ranges.empty()) {
    Range range = ranges.back();
    ranges.pop_back();
    const size_t first = candidates.First(range.begin, range.end);
    if (first == range.end) continue;
    const uint32_t last_taken = candidates.LastTaken(first, range.end);
    const uint32_t empty = cover.Uncovered(items[first].put_responded, last_taken);
    if (empty != last_taken) {
      // Values that were put after it come behind it in the array, too.
      auto after = std::upper_bound(items.begin() + static_cast<ptrdiff_t>(first),
                                    items.begin() + static_cast<ptrdiff_t>(range.end), empty,
                                    [](uint32_t at, const Item& item) { return at < item.put_responded; });
      const auto split = static_cast<size_t>(after - items.begin());
      ranges.push_back({split, range.end});
      ranges.push_back({first, split});
      continue;
    }
    // Every value may be compared with the limits that its own push and pop set: they end after they begin.
    const size_t around = candidates.Around(first, range.end, items[first].put_responded, last_taken);
    if (around == range.end) return Stuck(items, first, range.end, last_taken);
    candidates.Remove(around);
    cover.Add(items[around], -1);
    ranges.push_back({first, range.end});
  }
  return {};
}

}  // namespace

DistinctOutcome CheckDistinctStack(const std::vector<NumberedRole>& roles) {
  internal::PutAndTaken joined;
  DistinctOutcome outcome = internal::Join(roles, joined);
  if (outcome.kind != DistinctOutcome::Kind::kOk) return outcome;
  return internal::CheckWithPendingTakes(joined, [&](const internal::PutAndTaken& items) {
    DistinctOutcome nothing = internal::CheckFoundNothing(roles, items);
    return nothing.kind == DistinctOutcome::Kind::kOk ? CheckNesting(items) : nothing;
  });
}

}  // namespace fate::sim
