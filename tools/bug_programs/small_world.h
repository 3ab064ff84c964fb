// SmallWorld: messages in flight, disks, and crashes, as little of them as the programs here need.
//
//   Network network(crew);
//   network.Send("vote", [this] { ++votes; });      // arrives later, and is handled in one step
//   Disk<bool> log;
//   log.Write(true);                                // forgotten by a crash, unless
//   log.Flush();                                    // it was flushed before
//
// No network is played: a message is a task that has nothing to do but to be handled, so that it
// comes at any time from its sending on, before or after any other. Messages are not lost: one that
// comes after all that is checked might as well have been, so for what is checked in the course of
// events a network that loses them has no more failures. None comes twice.
//
// A crash is a step that somebody takes: it forgets what is not on the disk, and the restart is in the
// same step, since what comes in between would be as if it had come after. It is no cancellation,
// because what is cancelled cleans up. Tasks of a process that is not restarted look whether it is up
// after each await.
#pragma once

#include <utility>

#include "fate/runtime/shared.h"
#include "fate/task/task.h"
#include "tools/bug_programs/crew.h"

namespace fate::bugs {

class Network {
 public:
  // REQUIRES: the crew runs whenever something is sent.
  explicit Network(Crew& crew) : crew_(crew) {}

  // `handle` awaits nothing. `name` must outlive the program.
  template <class Handle>
  void Send(const char* name, Handle handle) {
    crew_.Add(name, Deliver(std::move(handle)));
  }

 private:
  template <class Handle>
  static Task<> Deliver(Handle handle) {
    handle();
    co_return;
  }

  Crew& crew_;
};

template <class Record>
class Disk {
 public:
  void Write(Record record) { written_.Write(std::move(record)); }
  void Flush() { flushed_.Write(written_.Read()); }
  void Crash() { written_.Write(flushed_.Read()); }
  Record Read() const { return written_.Read(); }

 private:
  Shared<Record> written_;
  Shared<Record> flushed_;
};

}  // namespace fate::bugs
