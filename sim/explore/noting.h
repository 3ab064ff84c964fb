// Noting: a strategy whose choices outlive its process: each is noted on the board (job_board.h) when it is made.
//
// What a crash leaves is the schedule up to it. Tested by tests/explore/noting_test.cc.
#pragma once

#include <string>

#include "fate/sim/core/strategy.h"
#include "fate/sim/explore/job_board.h"

namespace fate::sim {

class Noting final : public Strategy {
 public:
  Noting(Strategy& inner, JobNote& note) : inner_(inner), note_(note) {}

  void BeginExecution(uint64_t number) override { inner_.BeginExecution(number); }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t option = inner_.Choose(point);
    const uint64_t count = note_.choices.load(std::memory_order_relaxed);
    if (count < JobNote::kChoicesMost && option < point.options) {
      note_.choice[count] = {option, point.options, static_cast<uint32_t>(point.kind)};
    }
    note_.choices.store(count + 1, std::memory_order_relaxed);
    return option;
  }
  uint32_t Foresee(uint32_t options, uint32_t ahead) const override { return inner_.Foresee(options, ahead); }
  bool EndExecution(const Execution&) override { return true; }
  bool wants_footprints() const override { return inner_.wants_footprints(); }
  bool fixed_draws() const override { return inner_.fixed_draws(); }
  bool runs_again() const override { return inner_.runs_again(); }
  std::string StopReason() const override { return inner_.StopReason(); }

 private:
  Strategy& inner_;
  JobNote& note_;
};

// What was noted; without choices if they are too many to be known.
inline Schedule NotedSchedule(const JobNote& note, Interleaving interleaving) {
  Schedule schedule;
  schedule.interleaving = interleaving;
  schedule.seed = note.seed;
  if (note.choices > JobNote::kChoicesMost) return schedule;
  schedule.choices = note.choices;
  for (uint64_t i = 0; i < schedule.choices; ++i) {
    if (note.choice[i].option != 0) schedule.deviations.push_back({i, note.choice[i]});
  }
  return schedule;
}

}  // namespace fate::sim
