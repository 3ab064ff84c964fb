// HappensBefore: the partial order of the events of one execution, and its reversible races.
//
// A bit for each of the first 64 events, for the later ones vector clocks (Fidge, Mattern 1988): most executions of a
// search are short, and an or is all that a short one pays for. For each object the chain of its operations, so that
// an event costs its footprint and its races. A race of Source and Optimal DPOR (JACM 2017, section 4):
// two events of different tasks that conflict, none between them in the order, the second of which
// could have come first. For an operation that may have to wait ("takes") that is too narrow: what it
// waited for hides the operation it competed with. There the rule is: it races with the last
// conflicting operation on its object before which it could have been, if that does not happen
// before its task's previous event; whether it is followed by an unlock, a send, does not matter. The
// same holds for an operation that still waits when the execution ends. Before which it could have been is known by
// what could run there, by what objects that count let through (Openings), and by who notified whom; where none of them
// tells, the race is doubtful.
//
// A rendezvous is one event of both tasks. It could have come first where both stood already: the last event of neither
// before it happens after the other event. Besides, whoever stands before a rendezvous could have met anybody else who
// did: the two race with the event by which the first of them went on (it met another, its select took another branch),
// if the other stood there by then, whatever it did later: met another, found the channel closed, was cancelled, still
// waits. If neither could any more, they race with the close or the cancellation that came between. So such a race
// names another step than the later event (Race::task, partner). A select could have come first if it was enabled
// there, by whatever branch; it races with what is in the way of any.
//
// Size: words, clocks and stands are kept, and cut back, together.
// Grows at the end, and is cut back to a prefix. Tested by tests/race/happens_before_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fate/sim/core/log.h"
#include "fate/sim/race/footprint.h"

namespace fate::sim {

class HappensBefore {
 public:
  static constexpr uint32_t kNone = 0xffffffff;
  static constexpr uint32_t kUnknown = kNone - 1;
  // The first events, of which sets are words.
  static constexpr uint32_t kEarly = 64;
  using Early = uint64_t;

  // Where a task of an event stood, if that is more than an object: before a rendezvous, or a select.
  struct Stand {
    uint32_t task;
    Footprints::Part part;  // the operation, or a branch of the select
    bool meets;             // before a rendezvous
    bool selects;
  };

  // What an object let through before an event.
  struct Opened {
    uint32_t object;
    Openings open;
  };

  // What is known of what an operation waits for.
  struct Waits {
    bool counts = false;              // what its object lets through tells whether it could go on
    uint32_t notified_by = kUnknown;  // of a wake: the event that woke it; kNone: none has
    uint32_t mutex = kNone;           // then: that it waits for
    bool pends = false;               // it waits still
  };

  struct NewEvent {
    uint32_t task;             // small numbers, the same in all executions
    uint32_t partner = kNone;  // the other task of a rendezvous
    StepFootprint footprint;
    const uint32_t* joined = nullptr;  // the tasks whose ends it waited for
    uint32_t joined_count = 0;
    const uint32_t* others = nullptr;  // tasks that went on in it besides, met by one of the two in a try form
    uint32_t other_count = 0;
    bool threw = false;             // Cancelled, instead of taking effect
    bool met = false;               // the two met where they stood, not in a try form
    bool bears = false;             // tasks were born in it that nobody awaits at once: SpawnNow, Post
    bool stood = false;             // a task began, and came to stand before its first operation
    const Stand* stands = nullptr;  // of both tasks; those of a try form are none
    size_t stand_count = 0;
    const Opened* opened = nullptr;  // of objects that say so
    size_t opened_count = 0;
    Waits waits;
    uint64_t enabled = 0;    // the tasks that could run when it was chosen; 0: not known
    uint64_t unstarted = 0;  // those that had not begun: nobody knows whether they could
  };

  // With an earlier event.
  struct Race {
    uint32_t event;
    // The later one stood somewhere else then, so nobody knows whether it could have come first: its
    // object does not say.
    bool doubtful = false;
    // What could have come first is another step: of this task, with this partner; and where the other of the two
    // came to go on, or the task itself began: an event.
    uint32_t task = kNone;
    uint32_t partner = kNone;
    uint32_t other = kNone;
    bool selects = false;  // `task` stood before a select
  };

  explicit HappensBefore(const Footprints& footprints) : footprints_(footprints) {}

  uint32_t size() const { return size_; }
  // `task` was spawned by `event`; to be told before its first event, and before it is joined.
  void Born(uint32_t task, uint32_t event);
  // Appends an event; `races` is filled with the earlier events it races with.
  void Append(const NewEvent& event, Log<Race>& races);
  // The same of one that is no more than this: an operation of one task, and not a join. Most are.
  void AppendPlain(uint32_t task, const StepFootprint& footprint, Openings open, uint64_t enabled, uint64_t unstarted,
                   Log<Race>& races);
  // The same for an operation before which `task` still stands, with its stands: it becomes no event.
  void Pend(uint32_t task, const StepFootprint& operation, const Waits& waits, const Stand* stands, size_t stand_count,
            Log<Race>& races);
  // The same for what could have come now, but never comes.
  void Miss(uint32_t task, const StepFootprint& footprint, Log<Race>& races);
  // The tasks that a step may let go on and cancel at once: it matters whether one that had not begun could have come
  // to stand earlier.
  void SetFreed(uint64_t tasks) { freed_ = tasks; }
  // The clock moved: all so far happens before all to come.
  void MoveClock();
  // Forgets all events from `size` on.
  void Truncate(uint32_t size);

  // REQUIRES: earlier < later.
  bool Before(uint32_t earlier, uint32_t later) const {
    if (earlier < kEarly) return (early_[later] >> earlier & 1) != 0;
    return clock(later)[events_[earlier].task] >= events_[earlier].ordinal;
  }

  // The last event of a task, or else that of its birth; kNone: there is none.
  uint32_t LastOf(uint32_t task) const { return task < last_.size() ? PreviousOf(task) : kNone; }

  static Early Only(uint32_t event) { return Early{1} << event; }
  static Early Below(uint32_t event) { return event >= kEarly ? ~Early{0} : Only(event) - 1; }
  // Those after `first` that do not come because of it. REQUIRES: there are only early events.
  Early Beside(uint32_t first) const { return ~after_[first] & Below(size()) & ~Below(first + 1); }
  // Those that come before `event`, and itself.
  Early UpTo(uint32_t event) const { return early_[event]; }
  // Those of a task. REQUIRES: there was no rendezvous; task < kEarly, or an event of it was appended.
  Early Of(uint32_t task) const { return of_[task]; }
  // Those that conflict with the footprint.
  Early Conflicting(const StepFootprint& footprint) const {
    const Early own = Conflicting(footprint.object, footprint.mode);
    return footprint.inside == 0 ? own : own | ConflictingInside(footprint);
  }

 private:
  static constexpr uint32_t kStrideMin = 4;
  // The kind of an operation that threw, for those to come: no lock was free for it, and nobody was let on by it.
  static constexpr OpKind kThrew = OpKind::kExternal;

  struct Event {
    uint32_t task;
    uint32_t ordinal;   // in the task, from 1
    uint32_t previous;  // of the task, or kNone
    uint64_t enabled;
    uint64_t unstarted;
  };
  // The same for each other task that took part.
  struct Joint {
    uint32_t event;
    uint32_t partner;
    uint32_t ordinal;
    uint32_t previous;
  };
  // One operation on one object; the entries of an object form a chain.
  struct Entry {
    uint32_t object;
    uint32_t event;
    uint32_t previous;  // entry of the object
    uint32_t change;    // the object's last change before this entry
    OpKind kind;
    Mode mode;
    bool added;   // the object had additions since the last change, before this entry
    bool inside;  // besides the operation of its step
  };
  // In a line of the cache each, which is found by a shift.
  struct alignas(64) Chain {
    uint32_t last = kNone;                       // entry
    uint32_t change = kNone;                     // the last entry that changes
    bool added = false;                          // additions since then
    Early against[5] = {0, 0, 0, 0, ~Early{0}};  // the early events that conflict with an operation of this mode
  };
  // A task stood before a rendezvous until the event; those at one object form a chain.
  struct Offer {
    uint32_t object;
    uint32_t event;
    uint32_t task;
    uint32_t previous;  // event of the task, or that it was spawned by, or kNone
    uint32_t next;      // older offer at the object
    bool sends;
    bool selects;
    bool live;        // it was there for all until the event
    bool threw;       // it was withdrawn before it
    uint16_t inside;  // of the event, or of the operation that pends
  };
  struct OpenedBefore : Opened {
    uint32_t event;
  };
  struct Barrier {
    uint32_t first;  // event after it
    uint64_t early;
    std::vector<uint32_t> clock;
  };
  // A set of events that holds with an event all that come before it.
  struct Past {
    uint64_t early;        // a bit for each of the first events
    const uint32_t* late;  // the clock of the others, which counts only those
  };
  struct GrowingPast {
    uint64_t early;
    uint32_t* late;  // not looked at as long as there are early events only
    operator Past() const { return {early, late}; }
  };

  const uint32_t* clock(uint32_t event) const { return &clocks_[size_t{event - kEarly} * stride_]; }
  Past PastOf(uint32_t previous) const {
    if (previous == kNone) return {0, zero_.data()};
    return {early_[previous], previous < kEarly ? zero_.data() : clock(previous)};
  }
  bool Covered(const Past& past, uint32_t event) const {
    if (event < kEarly) return (past.early >> event & 1) != 0;
    return past.late[events_[event].task] >= events_[event].ordinal;
  }
  Early Conflicting(uint32_t object, Mode mode) const {
    if (object < chain_count_) [[likely]]
      return globals_ | chains_[object].against[static_cast<size_t>(mode)];
    return mode == Mode::kEverything ? ~Early{0} : globals_;
  }
  Early ConflictingInside(const StepFootprint& footprint) const;
  void Widen(uint32_t tasks);
  uint32_t last_global() const { return all_globals_.empty() ? kNone : all_globals_.back(); }
  // Whether what comes before such an event is told by its own operation and its task's previous event.
  bool OrderedByItself(const StepFootprint& footprint, uint32_t previous) const {
    return footprint.mode != Mode::kEverything && !Takes(footprint.kind) && all_globals_.empty() &&
           (barriers_.empty() || (previous != kNone && previous >= barriers_.back().first));
  }
  // The event is there; `before` is the event of its task before it.
  [[gnu::always_inline]] void Enlist(uint32_t task, uint32_t partner, uint32_t before, const StepFootprint& footprint,
                                     GrowingPast mine, uint64_t enabled, uint64_t unstarted);
  // Of the partner, and of the others.
  void EnlistJoint(uint32_t partner);
  void EnlistOthers(const NewEvent& added, GrowingPast& mine);
  void Join(GrowingPast& into, uint32_t event) const {
    into.early |= early_[event];
    if (event >= kEarly) JoinClock(into.late, clock(event));
  }
  void JoinClock(uint32_t* into, const uint32_t* other) const {
    for (uint32_t i = 0; i < stride_; ++i) into[i] = other[i] > into[i] ? other[i] : into[i];
  }
  void JoinTask(GrowingPast& into, uint32_t task) const;
  uint32_t OrdinalOf(uint32_t event, uint32_t task) const {
    return events_[event].task == task ? events_[event].ordinal : OrdinalOfPartner(event, task);
  }
  uint32_t OrdinalOfPartner(uint32_t event, uint32_t partner) const;
  uint32_t PreviousOf(uint32_t task) const { return last_[task] == kNone ? birth_[task] : last_[task]; }
  // What comes before the operation a task stands at, wherever that is moved to: not its start, if that came to stand
  // there. The two are one step where the operation need not wait.
  uint32_t StandsSince(uint32_t task) const;
  // Says of those races of an operation that are none of its start: the start is part of what could have come first.
  void NameStart(uint32_t start, Log<Race>& races) const;
  // Of the event to be appended: what its task's previous one has.
  GrowingPast NewPast(uint32_t previous);
  // A copy of `past` with the event, in covered_.
  Past WithEvent(const Past& past, uint32_t event);
  // The races of one operation of `task`, whose previous event has the past `past`.
  void Take(uint32_t task, uint32_t previous, const Footprints::Part& part, const Waits& waits, bool cancelled,
            Past past, Log<Race>& races);
  // Whether something has cancelled the task of the event to be appended where it stands: it could go on though its
  // operation could not take effect.
  bool Cancelled(const StepFootprint& footprint) const;
  void TakeFromAll(uint32_t task, uint32_t previous, Past past, Log<Race>& races);
  static bool IsOwnBranch(const NewEvent& added, const Footprints::Part& part);
  // The same of a branch of a select: another may have been ready.
  void TakeBranch(const Stand& stand, uint32_t previous, Log<Race>& races);
  // Whom a task that stood before a rendezvous could have met earlier.
  void AppendStands(const NewEvent& added, Log<Race>& races);
  void Meet(const Offer& mine, Log<Race>& races);
  void MeetBeforeItWasOver(const Offer& mine, const Offer& other, Log<Race>& races) const;
  // Before the cancellations that `looking` hears of.
  void MeetBeforeCancelled(const Offer& mine, const Offer& other, const Offer& looking, Log<Race>& races) const;
  void AddMeeting(const Offer& mine, const Offer& other, uint32_t event, bool doubtful, Log<Race>& races) const;
  // The event that closed a channel, or kNone.
  uint32_t CloseOf(uint32_t object) const;
  // Of one that found the channel closed: what it could have come before since then.
  void TakeClosed(uint32_t task, const Footprints::Part& part, Past past, Log<Race>& races);
  // Those with the events that conflict with everything.
  void TakeFromGlobals(uint32_t task, uint32_t previous, const Past& past, Log<Race>& races) const;
  // Of a task's first step, which bears others: those with what enables its operation.
  void TakeFromEnabling(uint32_t task, const Past& mine, const Past& past, Log<Race>& races) const;
  // Those of `operation` with what cancels its task where it stands, by one flag.
  void TakeFromCancellations(uint32_t task, uint32_t previous, const StepFootprint& operation, uint32_t flag,
                             Log<Race>& races) const;
  // Whether a later event, which is not ordered after it, may be what the operation waits for.
  bool GivenBeside(const StepFootprint& operation, uint32_t event) const;
  // Whether a later event is not ordered after it.
  bool SomeBeside(uint32_t event) const;
  // Whether a permit was released, or an event set, after `entry`, and not because of it; what may have been does not
  // count.
  bool OpenedBeside(uint32_t entry) const;
  // Whether an entry of the object after `event` that may be what others wait for, a release, the unlock of a reader,
  // is not ordered after it.
  bool GivenBeside(uint32_t object, uint32_t event) const;
  // Joins what comes before the operation; with `races`, collects what races with it.
  [[gnu::always_inline]] void Order(const Footprints::Part& part, GrowingPast& mine, Log<Race>* races) const;
  void OrderAfterAll(uint32_t task, GrowingPast& mine, Log<Race>* races) const;
  [[gnu::always_inline]] void Enter(const Footprints::Part& part, bool inside, uint32_t event);
  enum class Could : uint8_t { kNo, kYes, kMaybe };
  // Whether `task` could have gone right before `event`.
  Could CouldPrecede(uint32_t task, uint32_t previous, uint32_t event) const;
  // The same where the object's operations say more.
  Could CouldPrecedeEntry(uint32_t task, uint32_t previous, uint32_t entry, OpKind kind, const Waits& waits) const;
  static bool FreeBefore(const Entry& entry);
  // Whether all that was read-locked beside a reader's lock, or before it, is unlocked beside it: then a writer could
  // have come before it.
  bool ReadersGiveBackBeside(uint32_t entry, const Waits& waits) const;
  // Of a wake.
  Could CouldWakeBefore(uint32_t task, uint32_t previous, uint32_t entry, const Waits& waits) const;
  // What an object let through before an event.
  Openings OpenBefore(uint32_t event, uint32_t object) const;

  const Footprints& footprints_;
  uint32_t size_ = 0;  // of events_
  Log<Event> events_;
  Log<Early> early_;              // by event: the early events that come before it, and itself
  std::vector<uint32_t> clocks_;  // stride_ numbers an event that is not early, and room for more
  std::vector<uint32_t> zero_ = std::vector<uint32_t>(kStrideMin);
  Log<Entry> entries_;
  std::vector<Joint> joints_;
  std::vector<uint32_t> stood_;  // events: starts that came to stand
  Log<OpenedBefore> opened_;     // by event
  std::vector<Chain> chains_;    // by object
  uint32_t chain_count_ = 0;     // of them
  std::vector<Offer> offers_;
  std::vector<uint32_t> offer_chains_;                                      // by object: the last, or kNone
  std::vector<uint32_t> last_ = std::vector<uint32_t>(kStrideMin, kNone);   // event of each task
  std::vector<uint32_t> birth_ = std::vector<uint32_t>(kStrideMin, kNone);  // event that spawned it
  std::array<Early, kEarly> after_{};                   // by early event: the early events that come because of it
  std::vector<Early> of_ = std::vector<Early>(kEarly);  // by task
  Early globals_ = 0;                                   // those that conflict with everything
  std::vector<uint32_t> all_globals_;                   // these and the later ones
  std::vector<Barrier> barriers_;
  std::vector<uint32_t> covered_;  // scratch: the clock of WithEvent
  uint32_t stride_ = kStrideMin;   // a power of two
  uint64_t freed_ = 0;
};

}  // namespace fate::sim
