// ASSERT_* returns, which a coroutine cannot: CO_ASSERT_* is for SIM_TEST.
// Error: return
#include <gtest/gtest.h>

#include "fate/sim/testing/co_assert.h"
#include "fate/sim/testing/sim_test.h"

namespace asserts_in_a_test {

SIM_TEST(Assertion, Returns) {
  CO_ASSERT_EQ(1, 1);
#ifdef WRONG
  ASSERT_EQ(1, 1);
#endif
  co_return;
}

}  // namespace asserts_in_a_test
