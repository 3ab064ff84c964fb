// How random programs of structure are drawn, and written down.
#include <cstddef>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/prng.h"
#include "tests/race/structured_program.h"

namespace fate::sim::structured {

namespace {

class Drawer {
 public:
  Drawer(uint64_t seed, PartSet allowed) : prng_(seed), allowed_(allowed) {}

  StructuredProgram Draw() {
    program_.permits = Below(3);
    program_.latch = 1 + Below(2);
    program_.capacities = {Below(3), Below(2)};
    ChooseParts();
    budget_ = 5 + Below(6);
    const int roots = 1 + Below(3);
    for (int i = 0; i < roots; ++i) program_.roots.push_back(DrawBody(0, 3));
    return program_;
  }

 private:
  static constexpr int kDepth = 3;

  int Below(int bound) { return static_cast<int>(prng_.Below(static_cast<uint32_t>(bound))); }
  bool Chance(int one_in) { return Below(one_in) == 0; }

  // Few, so that they meet.
  void ChooseParts() {
    std::vector<Part> leaves;
    std::vector<Part> blocks;
    for (int i = 0; i < kPartCount; ++i) {
      if ((allowed_ >> i & 1) == 0) continue;
      const Part part = static_cast<Part>(i);
      (BodiesOf(part) == 0 ? leaves : blocks).push_back(part);
    }
    Take(leaves, 2 + Below(4), leaves_);
    leaves_.push_back(Chance(2) ? Part::kLoad : Part::kStore);
    leaves_.push_back(Chance(2) ? Part::kAdd : Part::kStore);
    Take(blocks, 1 + Below(3), blocks_);
  }
  void Take(const std::vector<Part>& from, int count, std::vector<Part>& into) {
    for (int i = 0; i < count && !from.empty(); ++i) {
      into.push_back(from[prng_.Below(static_cast<uint32_t>(from.size()))]);
    }
  }

  Body DrawBody(int depth, int length_max) {
    Body body;
    const int length = 1 + Below(length_max);
    for (int i = 0; i < length && (i == 0 || budget_ > 0); ++i) body.push_back(DrawNode(depth));
    return body;
  }

  Node DrawNode(int depth) {
    while (true) {
      const bool block = depth < kDepth && !blocks_.empty() && Chance(3);
      const std::vector<Part>& parts = block ? blocks_ : leaves_;
      Node node{parts[prng_.Below(static_cast<uint32_t>(parts.size()))]};
      node.object = Below(kObjects);
      node.number = Below(3);
      if (IsMisuse(node)) continue;
      node.id = program_.nodes++;
      --budget_;
      // What runs more than once spawns nothing: a node is at one place at a time.
      const bool again = node.part == Part::kTwice || node.part == Part::kOnce;
      repeats_ = repeats_ || again;
      const int bodies = node.part == Part::kGroup ? 2 + Below(2) : BodiesOf(node.part);
      for (int i = 0; i < bodies; ++i) {
        node.bodies.push_back(DrawBody(again ? kDepth : depth + 1, node.part == Part::kTwice ? 1 : 2));
      }
      repeats_ = repeats_ && !again;
      return node;
    }
  }

  // Of the same object: a channel is closed once, a oneshot sent, received and closed once. A latch is not counted
  // below zero; of two participants of the barrier one drops out.
  bool IsMisuse(const Node& node) {
    switch (node.part) {
      case Part::kClose:
      case Part::kCloseNow:
        return repeats_ || !once_.insert({Part::kClose, node.object}).second;
      case Part::kAnswer:
      case Part::kAwaitAnswer:
      case Part::kHangUp:
        return repeats_ || !once_.insert({node.part, node.object}).second;
      case Part::kEndBroadcast:
      case Part::kDropOut:
        return repeats_ || !once_.insert({node.part, 0}).second;
      case Part::kCountDown:
        return repeats_ || counted_++ >= program_.latch;
      default:
        return false;
    }
  }

  Prng prng_;
  PartSet allowed_;
  std::vector<Part> leaves_;
  std::vector<Part> blocks_;
  int budget_ = 0;
  int counted_ = 0;
  bool repeats_ = false;                 // within kTwice or kOnce
  std::set<std::pair<Part, int>> once_;  // what of which object is done once
  StructuredProgram program_;
};

// clang-format off
constexpr const char* kWords[] = {
    "load", "store", "add", "cas", "read", "write", "nothing", "yield", "sleep", "throw", "set", "reset", "wait",
    "send", "receive", "try_send", "try_receive", "close", "count", "await_latch", "arrive", "condition_wait",
    "notify_one", "notify_all", "release", "select", "cancel_group", "cancel_scope", "check_cancelled", "look_at_task",
    "look_at_group", "look_for_cancel", "look_at_mutex", "look_at_event", "look_at_channel", "look_at_semaphore",
    "lock", "try_lock", "read_lock", "write_lock", "permit", "once", "if", "twice", "try", "scope", "shield",
    "finally", "timeout", "all", "any", "group", "sibling", "join", "cancel", "leave", "leave_running", "leave_daemon",
    "broadcast", "end_broadcast", "hear", "answer", "await_answer", "hang_up", "draw", "random", "now", "cancel_now",
    "close_now", "callback", "complete", "forget", "blocking", "post", "look_at_promise", "follow", "drop_out",
    "wait_until", "try_select", "subscribed", "if_drawn", "deadline", "ticking", "arrive_first", "try_read_lock",
    "try_write_lock", "sibling_now", "promise", "then", "catch", "always", "drop_promise", "join_or"};
// clang-format on
static_assert(sizeof(kWords) / sizeof(kWords[0]) == kPartCount);

std::string TextOf(const Body& body) {
  std::string text;
  for (const Node& node : body) {
    absl::StrAppend(&text, kWords[static_cast<int>(node.part)], " ", node.object, " ", node.number);
    for (const Body& inner : node.bodies) absl::StrAppend(&text, " {", TextOf(inner), "}");
    absl::StrAppend(&text, "; ");
  }
  return text;
}

}  // namespace

int BodiesOf(Part part) {
  if (part < Part::kLock || (part >= Part::kFirstHandle && part < Part::kSubscribed)) return 0;
  constexpr PartSet kTwo = Parts({Part::kFinally, Part::kAll, Part::kAny, Part::kGroup, Part::kJoin, Part::kCancel,
                                  Part::kPromise, Part::kThen, Part::kCatch, Part::kAlways, Part::kJoinOr});
  return (kTwo >> static_cast<int>(part) & 1) != 0 ? 2 : 1;
}

StructuredProgram Draw(uint64_t seed, PartSet allowed) { return Drawer(seed, allowed).Draw(); }

std::string StructuredProgram::ToText() const {
  std::string text = absl::StrCat("permits ", permits, "; latch ", latch, "; capacities ", capacities[0], " ",
                                  capacities[1], "; loads before ", loads_before);
  for (const Body& root : roots) absl::StrAppend(&text, "\n  ", TextOf(root));
  return text;
}

}  // namespace fate::sim::structured
