// What fate needs of rapidcheck's namespace `detail`, all in one place: its configuration, the name of a
// counterexample, its assertions, and the door through which values are drawn.
//
// Written against Debian's 0~1033-08b5058. Tested by tests/property/rapidcheck_detail_test.cc.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "fate/sim/core/outcome.h"

namespace fate::sim::internal {

// How rapidcheck finds a value again: from what it was generated, and which of its shrinks led to it.
struct CaseName {
  rc::Random random;
  int size = 0;
  std::vector<size_t> path;
};

// What RC_PARAMS may ask for.
struct RapidcheckParams {
  uint64_t seed = 0;
  int cases = 100;
  int size_max = 100;
  int discards_per_case_max = 10;
  bool shrinks = true;
  std::map<std::string, CaseName> reproduce;  // by the name of the property
};

// `text` is that of RC_PARAMS; what it does not say is as above, and the seed is `seed`. Errors say what
// rapidcheck says.
absl::StatusOr<RapidcheckParams> ParseRapidcheckParams(const std::string& text, uint64_t seed);
// "reproduce=...": the value of RC_PARAMS that gives the case back.
std::string ReproduceText(const std::string& property, const CaseName& name);
// The size rapidcheck would generate with: from 0 to the greatest, evenly over the cases.
int SizeOf(const RapidcheckParams& params, int number, int discards);

// For Settings::read_exception: RC_ASSERT and its kin, failed or discarded.
bool ReadRapidcheckException(const std::exception_ptr& exception, Outcome& outcome);
// Whether a failed outcome means that the arguments do not count (RC_PRE, RC_DISCARD).
bool IsDiscard(const Outcome& outcome);

// Calls `generate`. False: it asked for the case to be discarded.
bool Generate(absl::FunctionRef<void()> generate);

// Calls `run`, in which nothing may be drawn: a draw ends the execution as misuse by the program.
void RunWithoutDrawing(absl::FunctionRef<void()> run);

}  // namespace fate::sim::internal
