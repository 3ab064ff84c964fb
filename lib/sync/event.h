// Event: a flag that tasks wait for: set for all of them, until it is reset.
//
//   Usage:
//     Event ready;
//     JoinHandle<> server = co_await Spawn(Serve(ready));    // co_await ready.Wait();
//     co_await ready.Set();
//     co_await ready.Wait();                                 // it stays set: goes on at once
//     co_await server.Join();
//     co_await ready.Reset();
//
// Example: tests/examples/event_example_test.cc
//
//   Order          Set lets all waiters go on, oldest first.
//   Scheduling     Wait, Set and Reset are each a scheduling point; SetNow, ResetNow and is_set are
//                  not.
//   Cancellation   Wait throws Cancelled; a wait that Set has ended before returns. Set and Reset
//                  never throw Cancelled.
//   Destruction    when no task waits for it.
//
// Do not pulse (Set, then Reset at once): production lets those through that wait already, but a
// task that another executor stopped just before its Wait comes too late, and the simulator shows
// that too. To wake who waits now, use a ConditionVariable. Wait and Reset O(1), Set O(waiters).
#pragma once

#include <utility>

#include "fate/runtime/awaitable.h"
#include "fate/sync/shapes.h"

namespace fate {

class Event final : public Object {
 public:
  explicit Event(Place place = Place::current()) : Object(ObjectKind::kEvent, place) {}

  class WaitOperation;
  class SetOperation;
  class ResetOperation;

  // Goes on as soon as the event is set.
  WaitOperation Wait();
  // Setting a set event does nothing; nor does resetting one that is not set.
  SetOperation Set();
  void SetNow(Place place = Place::current());
  ResetOperation Reset();
  void ResetNow(Place place = Place::current());

  bool is_set(Place place = Place::current()) const { return Seen(is_set_, place); }

 private:
  WaitList waiters_;  // oldest first
  bool is_set_ = false;
};

class [[nodiscard]] Event::WaitOperation : public Awaitable<WaitOperation> {
 public:
  explicit WaitOperation(Event& event) : Awaitable(OpKind::kWait, &event), event_(event) {}
  bool CanProceed() const override { return event_.is_set_; }
  void Link() override { event_.waiters_.PushBack(this); }
  Openings OpenBefore() const override { return {event_.is_set_, false}; }

 private:
  Event& event_;
};

class [[nodiscard]] Event::SetOperation : public internal::Action<SetOperation> {
 public:
  explicit SetOperation(Event& event) : Action(OpKind::kSet, &event), event_(event) {}
  void Perform() override {
    was_set_ = std::exchange(event_.is_set_, true);
    event_.waiters_.Serve();
  }
  Openings OpenBefore() const override { return {state() == State::kDone ? was_set_ : event_.is_set_, false}; }

 private:
  Event& event_;
  bool was_set_ = false;
};

class [[nodiscard]] Event::ResetOperation : public internal::Action<ResetOperation> {
 public:
  explicit ResetOperation(Event& event) : Action(OpKind::kReset, &event), event_(event) {}
  void Perform() override {
    was_set_ = std::exchange(event_.is_set_, false);
    event_.waiters_.Serve();  // in the search they are disabled now
  }
  Openings OpenBefore() const override { return {state() == State::kDone ? was_set_ : event_.is_set_, false}; }

 private:
  Event& event_;
  bool was_set_ = false;
};

// ---------------------------------------------------------------------------------------------

inline Event::WaitOperation Event::Wait() { return WaitOperation(*this); }
inline Event::SetOperation Event::Set() { return SetOperation(*this); }
inline Event::ResetOperation Event::Reset() { return ResetOperation(*this); }
inline void Event::SetNow(Place place) { SetOperation(*this).Now(place); }
inline void Event::ResetNow(Place place) { ResetOperation(*this).Now(place); }

}  // namespace fate
