// A search by worker processes: what a second one gains. An item is an execution, of six tasks with six
// steps each, in real time. What the workers cost to begin and to end is in it.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sync/atomic.h"
#include "fate/task/when_all.h"

namespace {

using fate::Atomic;
using fate::Task;

Task<> AddSix(Atomic<int>& sum) {
  for (int i = 0; i < 6; ++i) co_await sum.FetchAdd(1);
}

Task<> SixTimesSix() {
  Atomic<int> sum;
  std::vector<Task<>> tasks;
  for (int i = 0; i < 6; ++i) tasks.push_back(AddSix(sum));
  co_await fate::WhenAll(std::move(tasks));
}

void SearchByJobs(benchmark::State& state, const char* strategy) {
  fate::sim::ExploreOptions options;
  options.strategy = strategy;
  options.executions = 50'000;
  options.jobs = static_cast<uint64_t>(state.range(0));
  uint64_t executions = 0;
  for (auto _ : state) {
    const fate::sim::Report report = fate::sim::Explore(SixTimesSix, options);
    if (!report.passed()) state.SkipWithError("the search found something");
    executions += report.executions;
  }
  state.SetItemsProcessed(static_cast<int64_t>(executions));
}
BENCHMARK_CAPTURE(SearchByJobs, random, "random")
    ->Name("search/random/jobs")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(SearchByJobs, portfolio, "portfolio")
    ->Name("search/portfolio/jobs")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
