#include "fate/sync/select.h"

#include <bit>

#include "fate/runtime/simulation.h"

namespace fate::internal {

uint32_t ChooseBranch(uint32_t ready) {
  if (context.search != nullptr) {
    uint32_t count = static_cast<uint32_t>(std::popcount(ready));
    for (uint32_t skip = context.search->Choose(ChoiceKind::kBranch, count); skip > 0; --skip) {
      ready &= ready - 1;
    }
  }
  return static_cast<uint32_t>(std::countr_zero(ready));
}

}  // namespace fate::internal
