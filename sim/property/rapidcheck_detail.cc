#include "fate/sim/property/rapidcheck_detail.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "fate/runtime/check.h"
#include "fate/runtime/context.h"
#include "fate/runtime/runtime.h"
#include "fate/runtime/simulation.h"
#include "fate/runtime/task_record.h"
#include "fate/task/task.h"
#include "rapidcheck/GenerationFailure.h"
#include "rapidcheck/detail/Configuration.h"
#include "rapidcheck/detail/ImplicitParam.h"
#include "rapidcheck/detail/Results.h"
#include "rapidcheck/gen/detail/GenerationHandler.h"

namespace fate::sim::internal {

namespace {

using rc::detail::CaseResult;

constexpr char kDiscarded[] = "the case was discarded: ";

// Instead of rapidcheck's, while the program runs.
class DrawingIsMisuse final : public rc::gen::detail::GenerationHandler {
 public:
  rc::detail::Any onGenerate(const rc::Gen<rc::detail::Any>&) override {
    constexpr char kMessage[] =
        "your program drew from a rapidcheck generator while it ran; the value would change with the "
        "schedule and could not shrink: make it an argument of the property, or draw from fate's Random";
    FATE_CHECK(context.simulation != nullptr, kMessage);
    const TaskRecord* task = context.task;
    const Place place = task != nullptr ? task->frame()->place : Place();
    context.simulation->Unsupported(kMessage, place);
    throw ExecutionStopped{};
  }
};

}  // namespace

absl::StatusOr<RapidcheckParams> ParseRapidcheckParams(const std::string& text, uint64_t seed) {
  rc::detail::Configuration defaults;
  defaults.testParams.seed = seed;
  rc::detail::Configuration read;
  try {
    read = rc::detail::configFromString(text, defaults);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("the environment variable RC_PARAMS is \"", text,
                                                   "\", which rapidcheck does not take: ", error.what()));
  }
  RapidcheckParams params;
  params.seed = read.testParams.seed;
  params.cases = read.testParams.maxSuccess;
  params.size_max = read.testParams.maxSize;
  params.discards_per_case_max = read.testParams.maxDiscardRatio;
  params.shrinks = !read.testParams.disableShrinking;
  // The order of an unordered map is lost in a map.
  for (const auto& [id, name] : read.reproduce) params.reproduce[id] = {name.random, name.size, name.shrinkPath};
  return params;
}

std::string ReproduceText(const std::string& property, const CaseName& name) {
  rc::detail::Configuration configuration;
  configuration.reproduce[property] = {name.random, name.size, name.path};
  // Among other words, such as the seed.
  for (absl::string_view word : absl::StrSplit(rc::detail::configToMinimalString(configuration), ' ')) {
    if (absl::StartsWith(word, "reproduce=")) return std::string(word);
  }
  return "";
}

int SizeOf(const RapidcheckParams& params, int number, int discards) {
  const int last = std::max(params.cases - 1, 1);
  const int64_t size = static_cast<int64_t>(params.size_max) * number / last + discards / 10;
  return static_cast<int>(std::min<int64_t>(size, params.size_max));
}

bool ReadRapidcheckException(const std::exception_ptr& exception, Outcome& outcome) {
  try {
    std::rethrow_exception(exception);
  } catch (const CaseResult& result) {
    if (result.type == CaseResult::Type::Success) return false;
    const bool discard = result.type == CaseResult::Type::Discard;
    // "file:line:\nRC_ASSERT(...)\n\nExpands to:\n...": the place first, as GoogleTest has it.
    outcome = {OutcomeKind::kAssertionFailed, absl::StrCat(discard ? kDiscarded : "", result.description), Place()};
    return true;
  } catch (...) {
    return false;
  }
}

bool IsDiscard(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::kAssertionFailed && absl::StartsWith(outcome.message, kDiscarded);
}

bool Generate(absl::FunctionRef<void()> generate) {
  try {
    generate();
  } catch (const rc::GenerationFailure&) {
    return false;
  } catch (const CaseResult& result) {
    if (result.type != CaseResult::Type::Discard) throw;
    return false;
  }
  return true;
}

void RunWithoutDrawing(absl::FunctionRef<void()> run) {
  DrawingIsMisuse handler;
  rc::detail::ImplicitParam<rc::gen::detail::param::CurrentHandler> held(&handler);
  run();
}

}  // namespace fate::sim::internal
