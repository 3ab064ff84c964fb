// What nodes forget and do not hear: B26, B28, B36, B38.
#include <algorithm>
#include <array>

#include "fate/runtime/check.h"
#include "fate/runtime/shared.h"
#include "fate/sync/atomic.h"
#include "fate/sync/event.h"
#include "tools/bug_programs/bug_programs.h"
#include "tools/bug_programs/crew.h"
#include "tools/bug_programs/small_world.h"

namespace fate::bugs {
namespace {

// --- B26: a participant of a two-phase commit keeps what it prepared in memory ------------------
//
// Source: MartinKalema/horizontal-scaling-convex issues 101, 158; atomix issue 360. What fails: it
// votes yes, restarts, is told to commit a transaction that it does not know, and acknowledges; the other
// participant has applied it. The fix: the record is on the disk before the vote is sent.
struct TwoPhaseCommit {
  static constexpr size_t kParticipants = 2;
  TwoPhaseCommit(Variant variant, Crew& crew) : flushes(variant == Variant::kFixed), network(crew) {}

  struct Participant {
    Shared<bool> prepared{false};
    Disk<bool> log;
    Shared<bool> applied{false};
  };
  void Prepare(Participant& participant) {
    participant.prepared.Write(true);
    if (flushes) {
      participant.log.Write(true);
      participant.log.Flush();
    }
    network.Send("vote", [this] { CountVote(); });
  }
  void CountVote() {
    votes.Write(votes.Read() + 1);
    if (votes.Read() < kParticipants) return;
    for (Participant& participant : participants) {
      network.Send("commit", [this, &participant] { Commit(participant); });
    }
  }
  void Commit(Participant& participant) {
    if (participant.prepared.Read() || participant.log.Read()) participant.applied.Write(true);
  }
  Task<> Coordinate() {
    for (Participant& participant : participants) {
      network.Send("prepare", [this, &participant] { Prepare(participant); });
    }
    co_return;
  }
  Task<> CrashSecond() {
    participants[1].prepared.Write(false);
    participants[1].log.Crash();
    co_return;
  }

  bool flushes;
  Network network;
  Shared<size_t> votes{0};
  std::array<Participant, kParticipants> participants;
};

// --- B28: acknowledged before the log was flushed -----------------------------------------------
//
// Source: etcd-io/etcd issue 14370, fixed in raft PR 14413; issue 10508. The only node of a cluster
// writes its log and applies the entry in parallel. What fails: the client has its answer, power fails, and
// the log was not flushed. The fix: it applies what was flushed.
struct SingleNode {
  explicit SingleNode(Variant variant) : waits(variant == Variant::kFixed) {}

  Task<> WriteLog() {
    log.Write(true);
    co_await storage.Load();
    if (!up.Read()) co_return;
    log.Flush();
    co_await flushed_or_down.Set();
  }
  Task<> Apply() {
    if (waits) co_await flushed_or_down.Wait();
    co_await state_machine.Load();
    if (up.Read()) acknowledged.Write(true);
  }
  Task<> LosePower() {
    up.Write(false);
    log.Crash();
    FATE_CHECK(!acknowledged.Read() || log.Read(), "your program lost a write that it had acknowledged");
    co_await flushed_or_down.Set();
  }

  bool waits;
  Disk<bool> log;
  Atomic<int> storage;
  Atomic<int> state_machine;
  Shared<bool> up{true};
  Shared<bool> acknowledged{false};
  Event flushed_or_down;
};

// --- B36: a leader that was deposed answers a read ----------------------------------------------
//
// Source: deventlab/d-engine issue 381; consul issue 54. What fails: the old leader is behind a
// partition; the new one has acknowledged a write; then somebody reads from the old one. The fix: a leader
// asks a quorum whether it still leads before it answers.
struct Cluster {
  Cluster(Variant variant, Crew& crew) : confirms(variant == Variant::kFixed), network(crew) {}

  Task<> Partition() {
    alone.Write(true);
    co_await noticed.Set();
  }
  Task<> Elect() {
    co_await noticed.Wait();
    co_await elected.Set();
  }
  Task<> Write() {
    co_await client.Load();
    if (!alone.Read()) {
      old_value.Write(1);
      acknowledged.Write(1);
      co_return;
    }
    co_await elected.Wait();  // the value is the new leader's: nobody here reads it there
    network.Send("acknowledgement", [this] { acknowledged.Write(1); });
  }
  Task<> Read() {
    const int at_least = acknowledged.Read();
    co_await client.Load();
    if (confirms && alone.Read()) co_return;
    FATE_CHECK(old_value.Read() >= at_least, "your program read what a later write had replaced");
  }

  bool confirms;
  Network network;
  Atomic<int> client;
  Shared<bool> alone{false};  // the old leader is
  Event noticed;              // by the others
  Event elected;              // a new leader is
  Shared<int> old_value{0};
  Shared<int> acknowledged{0};
};

// --- B38: nobody can be elected -----------------------------------------------------------------
//
// Source: etcd-io/etcd issue 8243, PR 8334; canonical/raft issue 279. Nodes A and B went on through
// terms that C, behind a partition, did not hear of. What fails: the partition heals, and B, which
// leads, crashes before a heartbeat has reached C. With pre-vote, A ignores C for its lower term, and C's
// rejections, of a lower term too, are ignored by A. The fix: a pre-vote of a lower term is answered, with
// the term, so that C catches up.
struct PreVote {
  static constexpr int kHeartbeats = 6;
  explicit PreVote(Variant variant) : answers(variant == Variant::kFixed) {}

  Task<> Elections() {
    for (int i = 0; i < 2; ++i) {
      co_await clock.Load();
      term_ab.Write(term_ab.Read() + 1);
    }
  }
  Task<> Heal() {
    healed.Write(true);
    co_return;
  }
  Task<> Heartbeats() {
    for (int i = 0; i < kHeartbeats; ++i) {
      co_await clock.Load();
      if (healed.Read() && b_is_up.Read()) term_c.Write(term_ab.Read());
    }
  }
  Task<> CrashB() {
    b_is_up.Write(false);
    co_return;
  }
  // In the end.
  void ElectAOrC() {
    if (answers) term_c.Write(std::max(term_c.Read(), term_ab.Read()));
    FATE_CHECK(term_c.Read() == term_ab.Read(), "your program can elect nobody any more");
  }

  bool answers;
  Atomic<int> clock;
  Shared<int> term_ab{1};
  Shared<int> term_c{1};
  Shared<bool> healed{false};
  Shared<bool> b_is_up{true};
};

}  // namespace

Task<> ForgottenVote(Variant variant) {
  Crew crew;
  TwoPhaseCommit commit(variant, crew);
  crew.Add("coordinator", commit.Coordinate());
  crew.Add("crash", commit.CrashSecond());
  co_await crew.Run();
  FATE_CHECK(commit.participants[0].applied.Read() == commit.participants[1].applied.Read(),
             "your program applied a transaction at one participant only");
}

Task<> AcknowledgedEarly(Variant variant) {
  SingleNode node(variant);
  Crew crew;
  crew.Add("log", node.WriteLog());
  crew.Add("apply", node.Apply());
  crew.Add("power", node.LosePower());
  co_await crew.Run();
}

Task<> DeposedLeader(Variant variant) {
  Crew crew;
  Cluster cluster(variant, crew);
  crew.Add("partition", cluster.Partition());
  crew.Add("election", cluster.Elect());
  crew.Add("writer", cluster.Write());
  crew.Add("reader", cluster.Read());
  co_await crew.Run();
}

Task<> IgnoredPreVote(Variant variant) {
  PreVote pre_vote(variant);
  Crew crew;
  crew.Add("elections", pre_vote.Elections());
  crew.Add("heal", pre_vote.Heal());
  crew.Add("heartbeats", pre_vote.Heartbeats());
  crew.Add("crash", pre_vote.CrashB());
  co_await crew.Run();
  pre_vote.ElectAOrC();
}

}  // namespace fate::bugs
