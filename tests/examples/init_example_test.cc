#include "fate/sim/testing/init.h"

#include "gtest/gtest.h"

// In a namespace, since this binary has the main of fate_testing_main, which does the same.
namespace fate::example {

int main(int argc, char** argv) {
  fate::sim::InitTesting(&argc, argv);
  return RUN_ALL_TESTS();
}

TEST(InitExample, Compiles) {
  int (*const example)(int, char**) = main;
  EXPECT_NE(example, nullptr);
}

}  // namespace fate::example
