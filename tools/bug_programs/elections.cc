// Elections of Raft with two leaders in one term: B62, B67, B68.
//
// Three nodes, of which the first two may time out twice and the third once. A node handles a message, or a
// timeout, in one step; messages come in any order. Beyond the request for a vote and its grant, an append
// is sent by a new leader, which makes candidates of its term followers.
#include <array>
#include <cstddef>
#include <map>
#include <optional>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"
#include "tools/bug_programs/small_world.h"

namespace fate::bugs {
namespace {

// What is wrong, if anything.
enum class Flaw {
  kNone,
  // B62. Source: ktoso/akka-raft issue 56; wenweihu86/raft-java issue 57. The vote is not on the
  // disk: a node grants A, restarts, and grants B in the same term. The fix: it is flushed before the answer.
  kVoteInMemory,
  // B67. Source: microsoft/CCF PR 8094; camunda issue 5356. An append of the same term clears the vote: a
  // node grants A, gets A's append, and grants B, whose request was delayed. The fix: only another term does.
  kAppendClearsVote,
  // B68. Source: andreev-io/little-raft issue 44. A candidate counts a grant of an earlier term, by a node
  // that supports another one now. The fix: it ignores grants of other terms.
  kOldGrantCounts,
};

class Election {
 public:
  static constexpr size_t kNodes = 3;
  Election(Flaw flaw, Crew& crew) : flaw_(flaw), network_(crew) {}

  Task<> TimeOut(size_t me, int times) {
    for (int i = 0; i < times; ++i) {
      co_await clock_.Load();
      if (nodes_[me].Read().role == Role::kLeader) continue;
      int term = 0;
      Change(me, [&](Node& node) {
        node.Enter(node.term + 1);
        node.role = Role::kCandidate;
        node.vote = me;
        node.grants = {};
        node.grants[me] = true;
        term = node.term;
      });
      for (size_t to = 0; to < kNodes; ++to) {
        if (to != me) network_.Send("request", [this, to, term, me] { Requested(to, term, me); });
      }
    }
  }
  Task<> Restart(size_t me) {
    Change(me, [&](Node& node) {
      node.role = Role::kFollower;
      if (flaw_ == Flaw::kVoteInMemory) node.vote = std::nullopt;
    });
    co_return;
  }

 private:
  enum class Role { kFollower, kCandidate, kLeader };
  struct Node {
    int term = 0;
    std::optional<size_t> vote;
    Role role = Role::kFollower;
    std::array<bool, kNodes> grants{};

    void Enter(int later) {
      term = later;
      vote = std::nullopt;
      role = Role::kFollower;
    }
  };

  template <class Function>
  void Change(size_t node, Function change) {
    nodes_[node].Update(change);
  }
  void Requested(size_t me, int term, size_t candidate) {
    bool grants = false;
    Change(me, [&](Node& node) {
      if (term > node.term) node.Enter(term);
      grants = term == node.term && node.vote.value_or(candidate) == candidate && node.role == Role::kFollower;
      if (grants) node.vote = candidate;
    });
    if (grants) network_.Send("grant", [this, candidate, term, me] { Granted(candidate, term, me); });
  }
  void Granted(size_t me, int term, size_t voter) {
    bool wins = false;
    int won = 0;
    Change(me, [&](Node& node) {
      if (term > node.term) node.Enter(term);
      if (node.role != Role::kCandidate || (term != node.term && flaw_ != Flaw::kOldGrantCounts)) return;
      node.grants[voter] = true;
      wins = node.grants[0] + node.grants[1] + node.grants[2] >= 2;
      if (wins) node.role = Role::kLeader;
      won = node.term;
    });
    if (!wins) return;
    const size_t leader = leaders_.Update([&](auto& leaders) { return leaders.try_emplace(won, me).first->second; });
    FATE_CHECK(leader == me, "your program elected two leaders in one term");
    for (size_t to = 0; to < kNodes; ++to) {
      if (to != me) network_.Send("append", [this, to, won] { Appended(to, won); });
    }
  }
  void Appended(size_t me, int term) {
    Change(me, [&](Node& node) {
      if (term > node.term) {
        node.Enter(term);
      } else if (term == node.term) {
        if (node.role == Role::kCandidate) node.role = Role::kFollower;
        if (flaw_ == Flaw::kAppendClearsVote) node.vote = std::nullopt;
      }
    });
  }

  Flaw flaw_;
  Network network_;
  Atomic<int> clock_;
  std::array<Shared<Node>, kNodes> nodes_;
  Shared<std::map<int, size_t>> leaders_;  // by term
};

Task<> Elect(Flaw flaw, bool restarts) {
  Crew crew;
  Election election(flaw, crew);
  constexpr const char* kNames[] = {"timeout 0", "timeout 1", "timeout 2"};
  for (size_t node = 0; node < Election::kNodes; ++node) {
    crew.Add(kNames[node], election.TimeOut(node, node < 2 ? 2 : 1));
  }
  if (restarts) crew.Add("restart", election.Restart(2));
  co_await crew.Run();
}

}  // namespace

Task<> VoteInMemory(Variant variant) {
  return Elect(variant == Variant::kBuggy ? Flaw::kVoteInMemory : Flaw::kNone, true);
}

Task<> VoteCleared(Variant variant) {
  return Elect(variant == Variant::kBuggy ? Flaw::kAppendClearsVote : Flaw::kNone, false);
}

Task<> OldGrant(Variant variant) {
  return Elect(variant == Variant::kBuggy ? Flaw::kOldGrantCounts : Flaw::kNone, false);
}

}  // namespace fate::bugs
