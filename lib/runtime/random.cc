#include "fate/runtime/random.h"

#include <cmath>
#include <string>

#include "fate/base/mix.h"
#include "fate/runtime/context.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/task_record.h"

namespace fate {

uint64_t Random::Bits() {
  TaskRecord* task = context.task;
  FATE_CHECK(task != nullptr,
             "your program drew a random number outside a task: draw inside one that fate::Run, SIM_TEST "
             "or fate::sim::Explore runs");
  context.runtime->set_drew(true);
  return Mix(Mix(context.runtime->seed(), task->Path()), task->draws++);
}

uint64_t Random::Below(uint64_t bound) {
  uint64_t bits = Bits();
  if (bound == 0) return bits;
  unsigned __int128 product = static_cast<unsigned __int128>(bits) * bound;
  // Of the low halves, the first 2^64 mod bound are one too many.
  if (static_cast<uint64_t>(product) < bound) [[unlikely]] {
    uint64_t excess = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < excess) {
      product = static_cast<unsigned __int128>(Bits()) * bound;
    }
  }
  return static_cast<uint64_t>(product >> 64);
}

uint64_t Random::ChooseBelow(uint64_t bound) {
  FATE_CHECK(bound >= 1 && bound <= Explorable::kAlternativesMax,
             "our limit for an explorable draw is 16 alternatives, your program asked for " + std::to_string(bound) +
                 ": leave out kExplorable");
  // The draw is made in any case, so that the next ones do not depend on where the program runs.
  bool drew = context.runtime->drew();
  uint64_t drawn = Below(bound);
  if (context.simulation == nullptr) return drawn;
  context.runtime->set_drew(drew);  // the seed does not decide
  return context.simulation->Choose(ChoiceKind::kDraw, static_cast<uint32_t>(bound));
}

double Random::UniformDouble() { return static_cast<double>(Bits() >> 11) * 0x1.0p-53; }

double Random::UniformDouble(double low, double high) {
  FATE_CHECK(low <= high && std::isfinite(high - low),
             "your program asked for a random number between bounds in the wrong order, or not finite");
  // Written out, so that it is rounded once on every compiler.
  return std::fma(UniformDouble(), high - low, low);
}

bool Random::Bernoulli(double probability) {
  FATE_CHECK(probability >= 0 && probability <= 1, "your program gave a probability outside [0, 1]");
  return UniformDouble() < probability;
}

}  // namespace fate
