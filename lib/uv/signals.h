// SignalStream: the signals that the process gets, one after the other.
//
//   Usage:
//     SignalStream signals({SIGHUP, SIGUSR1});
//     for (;;) {
//       int signal = co_await signals.Next();
//       if (signal == SIGUSR1) co_return;
//       Reload();
//     }
//
// Example: tests/examples/signals_example_test.cc
//
// From its making to its destruction the signals of a stream have no other effect on the process. One
// that comes while the same is still to be taken counts once, as in the operating system. For the end
// of the program at SIGINT and SIGTERM see fate::Run, which does that by itself: a program that wants
// to treat one of them takes it out of RunOptions::signals.
//
//   Order          signals are given in the order of their arrival; each to one task, the one that
//                  waits longest. Several streams of one signal all get it.
//   Scheduling     Next is a scheduling point; a signal is delivered between two steps.
//   Cancellation   Next throws Cancelled, and no signal is lost.
//   Destruction    when no task waits in it.
//
// Production only: the simulator says so. O(1).
#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

#include "fate/runtime/awaitable.h"
#include "fate/uv/signal_watch.h"

namespace fate {

class SignalStream : public Object {
 public:
  // REQUIRES: inside fate::Run; signals that can be caught.
  explicit SignalStream(std::initializer_list<int> signals, Place place = Place::current());
  ~SignalStream();

  // co_await gives the number of the signal.
  class NextOperation;
  NextOperation Next();

 private:
  void Arrived(int signal);

  std::vector<int> pending_;  // those that wait to be taken, oldest first; each at most once
  WaitList waiters_;          // oldest first
  std::vector<std::unique_ptr<SignalWatch>> watches_;
};

class [[nodiscard]] SignalStream::NextOperation : public Awaitable<NextOperation> {
 public:
  explicit NextOperation(SignalStream& stream) : Awaitable(OpKind::kExternal, &stream), stream_(stream) {}
  bool CanProceed() const override { return !stream_.pending_.empty(); }
  void Perform() override {
    signal_ = stream_.pending_.front();
    stream_.pending_.erase(stream_.pending_.begin());
  }
  void Link() override { stream_.waiters_.PushBack(this); }
  int Result() { return signal_; }

 private:
  SignalStream& stream_;
  int signal_ = 0;
};

inline SignalStream::NextOperation SignalStream::Next() { return NextOperation(*this); }

}  // namespace fate
