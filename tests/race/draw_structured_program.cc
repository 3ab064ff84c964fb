// How random programs of structure are drawn, and written down.
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "fate/sim/core/prng.h"
#include "tests/race/structured_program.h"

namespace fate::sim::structured {

namespace {

class Drawer {
 public:
  Drawer(uint64_t seed, uint64_t allowed) : prng_(seed), allowed_(allowed) {}

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

  // A channel is closed once, and a latch is not counted below zero.
  bool IsMisuse(const Node& node) {
    const bool closes = node.part == Part::kClose || node.part == Part::kEndBroadcast;
    if (!closes && node.part != Part::kCountDown) return false;
    if (repeats_) return true;
    if (closes) {
      const int which = node.part == Part::kClose ? node.object : kObjects;
      bool& closed = closed_[static_cast<size_t>(which)];
      if (closed) return true;
      closed = true;
      return false;
    }
    return counted_++ >= program_.latch;
  }

  Prng prng_;
  uint64_t allowed_;
  std::vector<Part> leaves_;
  std::vector<Part> blocks_;
  int budget_ = 0;
  int counted_ = 0;
  bool repeats_ = false;  // within kTwice or kOnce
  std::array<bool, kObjects + 1> closed_{};  // the channels, and the broadcast
  StructuredProgram program_;
};

constexpr const char* kWords[] = {
    "load", "store", "add", "cas", "read", "write", "nothing", "yield", "sleep", "throw", "set", "reset", "wait",
    "send", "receive", "try_send", "try_receive", "close", "count", "await_latch", "arrive", "condition_wait",
    "notify_one", "notify_all", "release", "publish", "hear", "subscribe", "end_broadcast",
    "select", "cancel_group", "cancel_scope", "check_cancelled", "look_at_task",
    "look_at_group", "look_for_cancel", "look_at_mutex", "look_at_event", "look_at_channel", "look_at_semaphore",
    "lock", "try_lock", "read_lock", "write_lock", "permit", "once", "if", "twice", "try", "scope", "shield",
    "finally", "timeout", "all", "any", "group", "sibling", "join", "cancel", "leave", "leave_running",
    "leave_daemon"};
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
  if (part < Part::kLock) return 0;
  const bool two = part == Part::kFinally || part == Part::kAll || part == Part::kAny || part == Part::kGroup ||
                   part == Part::kJoin || part == Part::kCancel;
  return two ? 2 : 1;
}

StructuredProgram Draw(uint64_t seed, uint64_t allowed) { return Drawer(seed, allowed).Draw(); }

std::string StructuredProgram::ToText() const {
  std::string text = absl::StrCat("permits ", permits, "; latch ", latch, "; capacities ", capacities[0], " ",
                                  capacities[1], "; loads before ", loads_before);
  for (const Body& root : roots) absl::StrAppend(&text, "\n  ", TextOf(root));
  return text;
}

}  // namespace fate::sim::structured
