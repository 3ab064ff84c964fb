#include "fate/sim/check/linearizability.h"

#include <string>

#include "fate/sim/check/map.h"
#include "gtest/gtest.h"

using namespace fate::sim;

TEST(LinearizabilityExample, Passes) {
  History<Map<std::string, int>::Input, Map<std::string, int>::Output> history;
  history.Invoke(1, Map<std::string, int>::Put("x", 7));  // client 1 asks
  history.Invoke(2, Map<std::string, int>::Get("x"));     // client 2 asks, too
  history.Respond(2, 7);                                  // client 2 is told: 7
  history.Respond(1);

  LinearizabilityResult result = CheckLinearizability(history, Map<std::string, int>());
  EXPECT_EQ(result.verdict, Verdict::kOk) << result.text;

  history.Invoke(3, Map<std::string, int>::Get("x"));
  history.Respond(3, std::nullopt);  // after somebody has seen the 7
  result = CheckLinearizability(history, Map<std::string, int>());
  EXPECT_EQ(result.verdict, Verdict::kIllegal);
  EXPECT_EQ(result.unplaced.front(), 2u);
}
