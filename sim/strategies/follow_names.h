// FollowNames: follows deviations by name as far as they fit a program that may have changed; elsewhere it runs
// quietly.
//
//   FollowNames follow(alignment);
//   scheduler.Run(program, follow);
//   follow.followed(), follow.taken()       // how many were taken, and which
//
// Each deviation says by which of its names it is to be recognised (Match), since after an edit one of them holds
// where another does not: what came before the choice, what would come next, or how many steps had been made. It is
// taken once, where it fits for the first time. O(deviations log tasks) a choice.
// Tested by tests/strategies/follow_names_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fate/sim/core/named_schedule.h"
#include "fate/sim/core/strategy.h"
#include "fate/sim/strategies/step_names.h"

namespace fate::sim {

// How a deviation is recognised.
struct Match {
  enum class By : uint8_t {
    kBefore,    // what the task would do next; where it could not go on, the operation before, exactly
    kAfter,     // the operation before; where it could not go on, its first stop from there on
    kPosition,  // how many steps the task had made, and `shift` more
  };
  By by = By::kBefore;
  int shift = 0;
  friend bool operator==(const Match&, const Match&) = default;
};

struct DeviationToFollow {
  NamedDeviation deviation;
  Match match;
};

struct Alignment {
  std::vector<DeviationToFollow> deviations;
  // A task that yields goes on all the same, where no deviation is taken: so a Yield that was added changes nothing.
  bool through_yields = false;
};

class FollowNames final : public Strategy {
 public:
  explicit FollowNames(Alignment alignment) : alignment_(std::move(alignment)) {}

  void BeginExecution(uint64_t) override;
  uint32_t Choose(const ChoicePoint& point) override;
  bool EndExecution(const Execution&) override { return false; }
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }

  // Of the last execution.
  size_t followed() const { return followed_; }
  // Whether a deviation, by its number, was taken.
  const std::vector<bool>& taken() const { return taken_; }

 private:
  bool Fits(const DeviationToFollow& one, const ChoicePoint& point) const;
  // The option that is a deviation's, if it is there.
  static std::optional<uint32_t> OptionOf(const NamedDeviation& deviation, const ChoicePoint& point);
  // That of the last step's task, if it stands before a Yield; else the quiet one.
  uint32_t ThroughYield(const ChoicePoint& point) const;

  Alignment alignment_;
  // Of the execution.
  StepNames names_;
  std::vector<bool> taken_;
  size_t followed_ = 0;
};

}  // namespace fate::sim
