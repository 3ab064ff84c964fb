#include "fate/sim/strategies/conflict.h"

#include "fate/sync/atomic.h"
#include "fate/sync/mutex.h"
#include "fate/task/yield.h"
#include "gtest/gtest.h"

namespace fate::sim {
namespace {

TEST(ConflictTest, IsByObjectAndByReadingAlone) {
  Atomic<int> x(0), y(0);
  Mutex mutex;
  auto load = x.Load(), other_load = x.Load();
  auto store = x.Store(1);
  auto load_y = y.Load();
  auto store_y = y.Store(1);
  auto lock = mutex.Lock();
  auto yield = Yield();
  const Operation* all[] = {&load, &other_load, &store, &load_y, &store_y, &lock, &yield, nullptr};
  // Rows ran, columns pending, in the order of `all`; the last is a task that has not begun.
  const char* expected[] = {"00100001", "00100001", "11100001", "00001001",
                            "00011001", "00000101", "00000000", "00000001"};
  for (size_t ran = 0; ran < 8; ++ran) {
    for (size_t pending = 0; pending < 8; ++pending) {
      EXPECT_EQ(MayConflict(Footprint(all[ran]), Footprint(all[pending])), expected[ran][pending] == '1')
          << ran << " " << pending;
    }
  }
}

class Anything : public Operation {
 public:
  Anything() : Operation(OpKind::kExternal, nullptr) {}
};

TEST(ConflictTest, ACallbackMayDoAnything) {
  Atomic<int> x(0);
  auto load = x.Load();
  auto yield = Yield();
  Anything anything;
  EXPECT_TRUE(MayConflict(Footprint(&anything), Footprint(&load)));
  EXPECT_TRUE(MayConflict(Footprint(&load), Footprint(&anything)));
  EXPECT_TRUE(MayConflict(Footprint(&anything), Footprint(&anything)));
  EXPECT_TRUE(MayConflict(Footprint(&anything), Footprint(nullptr)));
  EXPECT_FALSE(MayConflict(Footprint(&anything), Footprint(&yield)));
  EXPECT_FALSE(MayConflict(Footprint(&yield), Footprint(&anything)));
}

}  // namespace
}  // namespace fate::sim
