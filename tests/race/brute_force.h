// BruteForce: all Mazurkiewicz traces of a small program, by an interpreter of its own.
//
// Walks over prefixes, one for each class of equivalent ones, by Foata normal form: two prefixes with
// the same form lead to the same state and have the same continuations.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/race/interpreter.h"
#include "tests/race/small_program.h"

namespace fate::sim::small {

// The normal forms of all complete executions; empty if there are more than `limit` prefixes.
std::set<std::string> AllTraces(const SmallProgram& program, size_t limit, Failed failed = Failed::kWrites);

// The normal form of what happened; empty if it could not have.
std::string FormOf(const SmallProgram& program, const std::vector<Happened>& steps, Failed failed = Failed::kWrites);

}  // namespace fate::sim::small
