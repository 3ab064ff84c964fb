#include "fate/sim/property/schedule_generator.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "fate/sim/explore/explorer.h"
#include "fate/sim/property/rapidcheck_detail.h"
#include "fate/sim/strategies/anchored.h"
#include "fate/sim/strategies/random_walk.h"

namespace fate::sim {

namespace {

// A schedule that was run, with what is needed to leave a part of it out.
struct Walked {
  Schedule schedule;
  ScheduleCost cost;
  std::vector<AnchoredDeviation> deviations;
};

// Which of the deviations to leave out: [begin, end).
struct Chunk {
  size_t begin;
  size_t end;
};

// From all of them to each alone.
std::vector<Chunk> ChunksOf(size_t size) {
  std::vector<Chunk> chunks;
  for (size_t width = size; width > 0; width /= 2) {
    for (size_t begin = 0; begin < size; begin += width) chunks.push_back({begin, std::min(size, begin + width)});
  }
  return chunks;
}

class Walker {
 public:
  Walker(std::function<void(Roots&)> program, Settings settings) : program_(std::move(program)), settings_(settings) {
    settings_.read_exception = internal::ReadRapidcheckException;
  }

  Walked Walk(uint64_t seed) const {
    RandomWalk strategy(seed);
    Scheduler scheduler(settings_);
    const Schedule found = Run(scheduler, strategy, seed).schedule();
    Anchored record(found);
    return Note(scheduler, record, seed);
  }

  rc::Maybe<Walked> Without(const Walked& walked, Chunk chunk) const {
    std::vector<AnchoredDeviation> left = walked.deviations;
    left.erase(left.begin() + static_cast<ptrdiff_t>(chunk.begin), left.begin() + static_cast<ptrdiff_t>(chunk.end));
    Anchored strategy(left);
    Scheduler scheduler(settings_);
    Walked smaller = Note(scheduler, strategy, walked.schedule.seed);
    if (smaller.cost >= walked.cost) return rc::Nothing;
    return smaller;
  }

 private:
  const Execution& Run(Scheduler& scheduler, Strategy& strategy, uint64_t seed) const {
    const Execution* execution = nullptr;
    internal::RunWithoutDrawing([&] { execution = &scheduler.Run(program_, strategy, 0, seed); });
    strategy.EndExecution(*execution);
    return *execution;
  }
  Walked Note(Scheduler& scheduler, Anchored& strategy, uint64_t seed) const {
    Walked walked;
    walked.schedule = Run(scheduler, strategy, seed).schedule();
    walked.cost = strategy.cost();
    walked.deviations = strategy.taken();
    return walked;
  }

  std::function<void(Roots&)> program_;
  Settings settings_;
};

}  // namespace

rc::Gen<Schedule> SchedulesOf(std::function<void(Roots&)> program, Settings settings) {
  const auto walker = std::make_shared<const Walker>(std::move(program), settings);
  const auto shrink = [walker](const Walked& walked) {
    return rc::seq::mapMaybe(rc::seq::fromContainer(ChunksOf(walked.deviations.size())),
                             [walker, walked](Chunk chunk) { return walker->Without(walked, chunk); });
  };
  const rc::Gen<Walked> walks = [walker, shrink](const rc::Random& random, int) {
    return rc::shrinkable::shrinkRecur(walker->Walk(rc::Random(random).next()), shrink);
  };
  return rc::gen::map(walks, [](Walked&& walked) { return std::move(walked.schedule); });
}

Report RunSchedule(Program program, const Schedule& schedule) {
  ExploreOptions options;
  options.settings.read_exception = internal::ReadRapidcheckException;
  options.replay = schedule.ToText();
  Report report;
  internal::RunWithoutDrawing([&] { report = ExploreProgram(program, options); });
  return report;
}

void showValue(const Schedule& schedule, std::ostream& stream) { stream << schedule.ToText(); }

}  // namespace fate::sim
