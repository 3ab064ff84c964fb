// Object: what operations are performed on: the identity every primitive carries.
//
// In production an Object is 32 bytes that nobody reads. A simulator numbers objects in the order in which
// an execution first touches them, so that a trace can speak of them without an address. That order
// depends on the schedule; the name does not: it is made of the task that made the object and of how
// many that task had made before, so a search knows the object again in another execution.
// Tested by tests/runtime/object_test.cc.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "fate/base/place.h"
#include "fate/runtime/context.h"

namespace fate {

enum class ObjectKind : uint8_t {
  kNone,
  kCell,
  kMutex,
  kSharedMutex,
  kSemaphore,
  kEvent,
  kConditionVariable,
  kLatch,
  kBarrier,
  kOnce,
  kChannel,
  kRendezvous,  // a channel that holds nothing
  kTask,
  kScope,
  kTimer,
  kCustom,
  kBroadcast,
  kSubscription,
};
constexpr int kObjectKindCount = static_cast<int>(ObjectKind::kSubscription) + 1;

// "Mutex", "Channel", ...
const char* ToString(ObjectKind kind);

// What an object lets through at some time: a search asks, to tell whether an operation could have come earlier.
class Openings {
 public:
  constexpr Openings() = default;  // the object does not say
  constexpr Openings(bool take, bool put)
      : bits_(static_cast<uint8_t>(kKnown | (take ? kTake : 0) | (put ? kPut : 0))) {}

  constexpr bool known() const { return bits_ != 0; }
  // A lock, the acquisition of one permit, a receive, a first call, a wait.
  constexpr bool take() const { return (bits_ & kTake) != 0; }
  // A send.
  constexpr bool put() const { return (bits_ & kPut) != 0; }

 private:
  static constexpr uint8_t kKnown = 1;
  static constexpr uint8_t kTake = 2;
  static constexpr uint8_t kPut = 4;
  uint8_t bits_ = 0;
};
// Kinds whose operations say what was open before them. One that is made inside a step may say it of any kind.
constexpr bool TellsOpenings(ObjectKind kind) {
  constexpr uint32_t kTelling = 1u << static_cast<int>(ObjectKind::kSemaphore) |
                                1u << static_cast<int>(ObjectKind::kChannel) |
                                1u << static_cast<int>(ObjectKind::kOnce) | 1u << static_cast<int>(ObjectKind::kEvent) |
                                1u << static_cast<int>(ObjectKind::kCustom);  // a promise
  return (kTelling >> static_cast<int>(kind) & 1) != 0;
}

class Object {
 public:
  Object(ObjectKind kind, Place place) : place_(place), kind_(kind) {
    if (context.simulation != nullptr || context.runtime == nullptr) name_ = NewName(place);
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  ObjectKind kind() const { return kind_; }
  // Where the program made it.
  Place place() const { return place_; }

  // The same in every execution of a program; 0 if it was made in a production runtime. Two objects of one execution
  // have the same name with probability 2^-32.
  uint32_t name() const { return name_; }

  // Calls `visit` with the id of each task that holds it (a locked mutex). A task may have ended and hold it still.
  virtual void ForEachHolder(absl::FunctionRef<void(uint32_t id)>) const {}

 protected:
  // Of a runtime's own, of which there is one: with a name that is nobody else's.
  Object(ObjectKind kind, uint32_t name) : name_(name), kind_(kind) {}
  ~Object() = default;
  // `value`, at which the running step looks in plain code: a simulator has to know.
  template <class T>
  T Seen(T value, Place place) const {
    if (context.simulation != nullptr) [[unlikely]]
      TellLook(place);
    return value;
  }

 private:
  friend class ObjectNumbers;
  Place place_;
  // The number in the execution `epoch_`; mutable because even a read-only operation numbers it.
  mutable uint32_t number_ = 0;
  mutable uint32_t epoch_ = 0;
  uint32_t name_ = 0;
  ObjectKind kind_;

  static uint32_t NewName(Place place);
  void TellLook(Place place) const;
};
static_assert(sizeof(Object) == 32);

// Numbers objects by first touch, from 1, anew in each execution.
class ObjectNumbers {
 public:
  // Starts a new execution: all numbers are forgotten, in O(1).
  void Restart() {
    if ((++epoch_ & (kBlock - 1)) == 0) epoch_ = NewBlock();
    last_ = 0;
  }
  // `names`: where the name of an object is appended when it gets its number.
  template <class Names>
  uint32_t NumberOf(const Object& object, Names& names) {
    if (object.epoch_ != epoch_) [[unlikely]] {
      object.epoch_ = epoch_;
      object.number_ = ++last_;
      names.push_back(object.name_);
    }
    return object.number_;
  }
  // 0 if the execution has not touched it yet.
  uint32_t Find(const Object& object) const { return object.epoch_ == epoch_ ? object.number_ : 0; }

 private:
  // Epochs are unique in the process, since an object may outlive a simulation and meet the next one:
  // a numbering takes them in blocks.
  static constexpr uint32_t kBlock = 1 << 16;
  static uint32_t NewBlock();

  uint32_t epoch_ = kBlock - 1;
  uint32_t last_ = 0;
};

}  // namespace fate
