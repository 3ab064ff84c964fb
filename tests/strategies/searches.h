// Searches: what the tests of the searches by cost share: programs, and exhausting them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/base/samples.h"
#include "tests/detect/ground_truth.h"
#include "tests/detect/sct_programs.h"
#include "tests/strategies/runs.h"

namespace fate::sim {

// Two tasks of two steps.
struct Pair {
  std::string log;
  Cell cell{0};
  Task<> Work(char name) {
    for (int i = 0; i < 2; ++i) {
      co_await cell.FetchAdd(1);
      log += name;
    }
  }
  std::vector<Task<>> Tasks() { return List(Work('a'), Work('b')); }
};

// What was logged, by the bound it was logged at; no log twice.
template <class Search, class World>
std::vector<std::set<std::string>> LogsByBound() {
  std::vector<std::set<std::string>> logs;
  Scheduler scheduler;
  Search search;
  World* world = nullptr;
  std::optional<World> place;
  auto program = [&](Roots& roots) {
    world = &place.emplace();
    for (Task<>& task : world->Tasks()) roots.Add(std::move(task));
  };
  bool more = true;
  for (uint64_t number = 0; more; ++number) {
    const size_t bound = search.bound();
    const Execution& execution = scheduler.Run(program, search, number);
    if (logs.size() <= bound) logs.resize(bound + 1);
    EXPECT_TRUE(logs[bound].insert(world->log).second) << world->log;
    more = search.EndExecution(execution);
  }
  EXPECT_EQ(search.bound() + 1, logs.size());
  return logs;
}

// How many executions there are; none of them twice.
template <class Search, class AnyProgram>
uint64_t CountOnce(Search& search, const AnyProgram& program) {
  Scheduler scheduler;
  std::set<std::string> schedules;
  for (uint64_t number = 0;; ++number) {
    const uint32_t bound = search.bound();
    const Execution& execution = scheduler.Run(program, search, number);
    EXPECT_TRUE(schedules.insert(execution.schedule().ToText()).second);
    const bool more = search.EndExecution(execution);
    EXPECT_GE(search.bound(), bound);
    if (!more) return number + 1;
  }
}

template <class Search, class AnyProgram>
uint64_t CountOnce(const AnyProgram& program) {
  Search search;
  return CountOnce(search, program);
}

// All interleavings of programs of the ground truth, whose numbers are known: plain search has
// these.
template <class Search>
void ExpectAllInterleavingsOnce() {
  using namespace ground_truth;
  EXPECT_EQ(CountOnce<Search>(Readers(4, 0).program), 120u);
  if (!test::kSanitized) {
    EXPECT_EQ(CountOnce<Search>(Readers(6, 0).program), 5040u);
    EXPECT_EQ(CountOnce<Search>(Increments(4, 0).program), 2520u);
  }
  EXPECT_EQ(CountOnce<Search>(Increments(2, 0).program), 6u);
  EXPECT_EQ(CountOnce<Search>(Increments(3, 0).program), 90u);
  EXPECT_EQ(CountOnce<Search>(LastZero(3, 0).program), 920u);
}

// The bug programs that can be run in all interleavings.
inline std::vector<sct::SctProgram> SmallPrograms() {
  std::vector<sct::SctProgram> small;
  for (const sct::SctProgram& program : sct::SctPrograms()) {
    if (program.interleavings < (test::kSanitized ? 500 : 3'000) && std::string(program.name) != "token_ring")
      small.push_back(program);
  }
  return small;
}

}  // namespace fate::sim
