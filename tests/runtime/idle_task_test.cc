// What a task costs that waits: counted in bytes, on the production loop.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "fate/runtime/event_loop.h"
#include "fate/runtime/frame_pool.h"
#include "fate/sync/event.h"
#include "fate/task/run_task.h"
#include "fate/task/spawn.h"
#include "fate/task/yield.h"
#include "tests/runtime/manual_port.h"

namespace fate {
namespace {

using test::ManualPort;

// Frames are made first; then the only thing that spawning and waiting may take is a record each, out of the
// chunk that holds the root's.
TEST(IdleTaskTest, CostsAtMost128BytesOverItsFrame) {
  ManualPort port;
  EventLoop loop(port);
  constexpr size_t kIdle = 32;
  static_assert(sizeof(TaskRecord) <= 128);
  auto main = [&]() -> Task<> {
    Event event;
    std::vector<uintptr_t> records;
    auto wait = [&]() -> Task<> {
      records.push_back(reinterpret_cast<uintptr_t>(context.task));
      co_await event.Wait();
    };
    std::vector<Task<>> tasks;
    std::vector<JoinHandle<>> handles;
    records.reserve(kIdle);
    handles.reserve(kIdle);
    for (size_t i = 0; i < kIdle; ++i) tasks.push_back(wait());
    FramePool& frames = CurrentRuntime().frames();
    size_t blocks = frames.live();
    size_t heap_bytes = mallinfo2().uordblks;
    for (Task<>& task : tasks) handles.push_back(SpawnNow(std::move(task)));
    co_await Yield();
    size_t heap_bytes_idle = mallinfo2().uordblks;
    EXPECT_EQ(records.size(), kIdle);  // all of them wait
    EXPECT_EQ(frames.live(), blocks);
    EXPECT_EQ(heap_bytes_idle, heap_bytes);
    std::sort(records.begin(), records.end());
    EXPECT_LE(records.back() - records.front(), 128 * (kIdle - 1));
    event.SetNow();
    for (JoinHandle<>& handle : handles) co_await handle.Join();
  };
  RunTask(loop, main());
}

}  // namespace
}  // namespace fate
