#include "fate/sim/strategies/split_dpor.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "fate/sim/race/trace_hash.h"
#include "tests/detect/ground_truth.h"
#include "tests/strategies/runs.h"

namespace fate::sim {
namespace {

struct Seen {
  std::vector<uint64_t> traces;  // of all executions that are not redundant
  uint64_t redundant = 0;
  uint64_t walked = 0;
};

// Runs `search` to its end; of the walk, a child explores each part and sends what it saw.
Seen SeenBy(Program program, SplitDpor& search, Scheduler& scheduler) {
  Seen seen;
  TraceHash hash;
  for (bool more = true; more;) {
    const Execution& execution = scheduler.Run(program, search, 0, 1);
    if (!search.at_leaf()) {
      const uint64_t before = search.traces();
      const uint64_t canonical = hash.Of(execution);
      more = search.EndExecution(execution);
      if (search.traces() != before) seen.traces.push_back(canonical);
      continue;
    }
    ++seen.walked;
    if (!search.blocked()) {
      int fds[2];
      EXPECT_EQ(::pipe(fds), 0);
      if (::fork() == 0) {
        search.Descend();
        const Seen part = SeenBy(program, search, scheduler);
        const uint64_t head[2] = {part.traces.size(), search.redundant()};
        bool sent = ::write(fds[1], head, sizeof(head)) > 0;
        for (const uint64_t trace : part.traces) sent = sent && ::write(fds[1], &trace, sizeof(trace)) > 0;
        ::_exit(sent ? 0 : 1);
      }
      ::close(fds[1]);
      uint64_t head[2] = {0, 0};
      EXPECT_GT(::read(fds[0], head, sizeof(head)), 0);
      seen.redundant += head[1];
      for (uint64_t i = 0; i < head[0]; ++i) {
        uint64_t trace = 0;
        EXPECT_EQ(::read(fds[0], &trace, sizeof(trace)), static_cast<ssize_t>(sizeof(trace)));
        seen.traces.push_back(trace);
      }
      ::close(fds[0]);
      ::wait(nullptr);
    }
    more = search.EndExecution(execution);
  }
  return seen;
}

std::vector<ground_truth::Row> Rows() {
  return {ground_truth::Readers(4, 16), ground_truth::Increments(3, 36), ground_truth::MutexOrder(3, 6)};
}

std::vector<uint64_t> Sorted(std::vector<uint64_t> traces) {
  std::sort(traces.begin(), traces.end());
  return traces;
}

TEST(SplitDporTest, RunsEveryTraceOnceInOneGo) {
  for (const ground_truth::Row& row : Rows()) {
    for (uint32_t levels = 1; levels <= 5; ++levels) {
      Scheduler scheduler;
      SplitDpor search(levels, false);
      const Seen seen = SeenBy(row.program, search, scheduler);
      EXPECT_EQ(search.traces(), row.traces) << row.name << ", " << levels;
      EXPECT_EQ(seen.walked, 0u);
    }
  }
}

TEST(SplitDporTest, ThePartsRunEveryTraceOnce) {
  for (const ground_truth::Row& row : Rows()) {
    Scheduler scheduler;
    SplitDpor whole(1, false);
    const std::vector<uint64_t> expected = Sorted(SeenBy(row.program, whole, scheduler).traces);
    ASSERT_EQ(std::adjacent_find(expected.begin(), expected.end()), expected.end());
    for (uint32_t levels = 1; levels <= 5; ++levels) {
      SplitDpor walk(levels);
      const Seen seen = SeenBy(row.program, walk, scheduler);
      EXPECT_EQ(Sorted(seen.traces), expected) << row.name << ", " << levels;
      if (levels == 1) {
        EXPECT_GT(seen.walked, 1u);
      }
    }
  }
}

}  // namespace
}  // namespace fate::sim
