// B05: the lock of all devices is dropped and taken again while the lock of one device is held.
//
// Source: moby/moby PR 4951 (GoBench GoKer moby/4951). DeleteDevice locks the set of devices, then
// the device. The removal of a device takes the kernel some time, so deep inside, the set's lock is
// dropped for a nap and taken again: from there on the order of the two locks is the other way
// round.
//
// What fails: two tasks delete the same device. The first naps with the device's lock; the second
// takes the set's lock, finds the device and waits for its lock; the first wakes up and waits for
// the set's. The nap does not end before the second has done what it can, so every schedule fails;
// GoBench reports 100 of 100 native runs.
//
// The fix: look the device up under the set's lock, drop that, and only then lock the device: the
// order is device before set, everywhere.
#include "absl/time/time.h"
#include "fate/sync/mutex.h"
#include "fate/task/spawn.h"
#include "fate/time/sleep.h"
#include "tools/demo_programs/bugs.h"

namespace fate::demo {
namespace {

struct DeviceSet {
  Mutex all;     // the set's lock
  Mutex device;  // the lock of the one device in it
};

// Drops the set's lock while the kernel removes the device, and takes it again. The caller holds
// the device's.
Task<> RemoveDeviceAndWait(DeviceSet& devices, MutexGuard& all) {
  if (all.holds()) co_await all.Unlock();
  co_await Sleep(absl::Nanoseconds(300));
  all = co_await devices.all.Lock();
}

Task<> DeleteDevice(DeviceSet& devices, Variant variant) {
  if (variant == Variant::kBuggy) {
    MutexGuard all = co_await devices.all.Lock();
    MutexGuard device = co_await devices.device.Lock();
    co_await RemoveDeviceAndWait(devices, all);
  } else {
    MutexGuard all = co_await devices.all.Lock();
    co_await all.Unlock();
    MutexGuard device = co_await devices.device.Lock();
    co_await RemoveDeviceAndWait(devices, all);
    co_await all.Unlock();
  }
}

}  // namespace

Task<> DeleteDeviceTwice(Variant variant) {
  constexpr SpawnOptions kFirst{.name = "delete 1"};
  constexpr SpawnOptions kSecond{.name = "delete 2"};
  DeviceSet devices;
  JoinHandle<> first = co_await Spawn(DeleteDevice(devices, variant), kFirst);
  JoinHandle<> second = co_await Spawn(DeleteDevice(devices, variant), kSecond);
  co_await first.Join();
  co_await second.Join();
}

}  // namespace fate::demo
