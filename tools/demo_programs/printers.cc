#include "tools/demo_programs/printers.h"

#include "fate/runtime/random.h"
#include "fate/sim/strategies/fifo.h"
#include "fate/task/when_all.h"
#include "fate/time/sleep.h"

namespace fate::demo {

namespace {
constexpr std::string_view kTrees[] = {"OAK", "ALDER", "CATALPA", "CYPRESS", "WALNUT"};
constexpr std::string_view kCars[] = {"TRUCK", "COMBI", "SEMI", "ROADSTER", "COUPE"};
}  // namespace

Task<> PrintTree(Print print) {
  for (;;) {
    co_await Sleep(absl::Milliseconds(500));
    print(Random().Choice(kTrees));
    co_await Sleep(absl::Milliseconds(500));
  }
}

Task<> PrintCar(Print print) {
  for (;;) {
    print(Random().Choice(kCars));
    co_await Sleep(absl::Seconds(1));
  }
}

Task<> Printers(Print print) { return WhenAll(PrintTree(print), PrintCar(print)); }

const sim::Execution& RunPrintersInSimulator(sim::Scheduler& scheduler, uint64_t seed, absl::Duration duration,
                                             Print print) {
  sim::Settings settings;
  settings.interleaving = sim::Interleaving::kFifo;
  // What is due at the horizon itself still happens.
  settings.horizon = duration - absl::Nanoseconds(1);
  scheduler.set_settings(settings);
  sim::Fifo quiet;
  auto program = [print](sim::Roots& roots) { roots.Add(Printers(print), "printers"); };
  return scheduler.Run(program, quiet, 0, seed);
}

}  // namespace fate::demo
