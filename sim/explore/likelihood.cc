#include "fate/sim/explore/likelihood.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "fate/base/mix.h"
#include "fate/sim/core/prng.h"

namespace fate::sim {

namespace {

// The choices as they were before `prefix`, then a random walk.
class WalkFrom final : public Strategy {
 public:
  WalkFrom(const std::vector<NotedChoice>& choices, uint64_t prefix, uint64_t seed)
      : choices_(choices), prefix_(prefix), seed_(seed) {}

  void BeginExecution(uint64_t) override {
    index_ = 0;
    prng_ = Prng(seed_);
  }
  uint32_t Choose(const ChoicePoint& point) override {
    const uint64_t index = index_++;
    if (index >= prefix_) return prng_.Below(point.options);
    const Choice& choice = choices_[index].choice;
    return choice.options == point.options ? choice.option : kStop;
  }
  bool EndExecution(const Execution&) override { return true; }
  bool wants_footprints() const override { return true; }
  bool fixed_draws() const override { return true; }
  std::string StopReason() const override { return "your program is not deterministic"; }

 private:
  const std::vector<NotedChoice>& choices_;
  uint64_t prefix_;
  uint64_t seed_;
  uint64_t index_ = 0;
  Prng prng_;
};

// At most `count`, ascending.
std::set<uint64_t> Chosen(const std::vector<NotedChoice>& choices, uint64_t count) {
  std::set<uint64_t> chosen;
  if (choices.empty() || count == 0) return chosen;
  chosen.insert(0);
  for (uint64_t i = 0; i < choices.size() && chosen.size() < count; ++i) {
    if (choices[i].choice.option == 0) continue;
    chosen.insert(i);
    if (i + 1 < choices.size() && chosen.size() < count) chosen.insert(i + 1);
  }
  for (uint64_t part = 1; part <= count && chosen.size() < count; ++part) {
    chosen.insert(std::min<uint64_t>(choices.size() - 1, part * choices.size() / count));
  }
  for (uint64_t i = 0; i < choices.size() && chosen.size() < count; ++i) chosen.insert(i);
  return chosen;
}

}  // namespace

std::vector<LikelihoodPoint> MeasureLikelihood(Reruns& reruns, const std::vector<NotedChoice>& choices) {
  std::vector<LikelihoodPoint> points;
  for (uint64_t choice : Chosen(choices, reruns.left() / kWalksPerChoice)) {
    const NotedChoice& noted = choices[choice];
    LikelihoodPoint point{choice, noted.step, noted.choice.choice_kind() != ChoiceKind::kTask, 0, 0};
    for (; point.walks < kWalksPerChoice && reruns.Left(); ++point.walks) {
      WalkFrom walk(choices, choice, Mix(choice, point.walks));
      point.failures += reruns.Fails(reruns.Run(walk)) ? 1 : 0;
    }
    if (point.walks == kWalksPerChoice) points.push_back(point);
  }
  return points;
}

}  // namespace fate::sim
