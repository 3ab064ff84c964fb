// Ten virtual seconds of the two printers, as the demo runs them; the words go nowhere.

#include "tools/demo_programs/printers.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string_view>

namespace {

void Printers(benchmark::State& state) {
  fate::sim::Scheduler scheduler;
  uint64_t words = 0;
  auto count = [&words](std::string_view) { ++words; };
  uint64_t seed = 0;
  for (auto _ : state) {
    const auto& execution = fate::demo::RunPrintersInSimulator(scheduler, ++seed, absl::Seconds(10), count);
    benchmark::DoNotOptimize(&execution);
  }
  if (words != 20 * seed) state.SkipWithError("ten seconds are ten trees and ten cars");
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(Printers)->Name("printers/10s");

}  // namespace
