// WaitList: the operations that wait at one object, and how they get on.
//
// A primitive changes its state and calls Serve. In production that grants waiters from the front; in
// the search it tells the scheduler whose chance has changed. Nothing is allocated: the links are in
// the operations. Tested by tests/runtime/operation_test.cc and by every primitive.
#pragma once

#include "fate/runtime/operation.h"

namespace fate {

class WaitList;

// An operation that may have to wait for others to change something: it can be in a WaitList.
class WaitingOperation : public Operation {
 public:
  using Operation::Operation;
  bool linked() const { return list_ != nullptr; }
  void Unlink() override;
  // Its task was cancelled in the search, and not let go on. It still waits to be chosen, to throw, but from here on it
  // waits for nothing, and before a rendezvous it is a partner for nobody.
  void Withdraw();

  // What it waits for has come about, in no list: grants it, or tells the search.
  void ProceedOrRefresh();
  // The operation takes effect on behalf of its waiting task, which becomes ready.
  void Grant();
  // The operation took effect elsewhere: its task becomes ready.
  void Complete();
  // The operation waits for the task of `owner` (a Select), which decides in its stead.
  // REQUIRES: the task is suspended in `owner`.
  void set_owner(WaitingOperation* owner) {
    owner_ = owner;
    task_ = owner->task_;
  }
  WaitingOperation* owner() const { return owner_; }

 protected:
  ~WaitingOperation() {
    if (list_ != nullptr) [[unlikely]]
      UnlinkFromList();
  }
  // A branch of it was granted. Only owners override this.
  virtual void OnBranchGranted(WaitingOperation&) {}
  void UnlinkFromList();
  bool FirstInList() const;

  friend class WaitList;
  WaitingOperation* prev_;  // in list_; valid while linked
  WaitingOperation* next_;
  WaitList* list_ = nullptr;
  WaitingOperation* owner_ = nullptr;
};

// The operations that wait at one object, oldest first. Owned by the object.
class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  // REQUIRES: nobody waits (but for the end of a simulation, whose tasks are torn down anyway).
  ~WaitList() {
    if (first_ != nullptr) [[unlikely]]
      Abandon();
  }

  bool empty() const { return first_ == nullptr; }
  WaitingOperation* first() const { return first_; }
  static WaitingOperation* next(const WaitingOperation& operation) { return operation.next_; }

  void PushBack(WaitingOperation* operation);
  void Remove(WaitingOperation* operation);

  // The object has changed. Production: grants from the front while it can proceed. Search: tells
  // the scheduler of every waiter whose chance may have changed. O(1) if nobody waits.
  void Serve() {
    if (first_ != nullptr) [[unlikely]]
      ServeWaiters();
  }

 private:
  void ServeWaiters();
  void Abandon();

  WaitingOperation* first_ = nullptr;
  WaitingOperation* last_ = nullptr;
  bool serving_ = false;
};

}  // namespace fate
