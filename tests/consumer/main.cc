#include <cstdio>

#include "fate/task/task.h"

int main() { std::puts("fate is installed"); }
