// The rules of the house, each a function from the source tree to the places that break it.
//
// A rule that has exceptions says which comment excuses a place, and that comment says why.

#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

namespace fate::tidy {

struct Finding {
  std::string file;
  int line;  // from 1
  std::string law;
  std::string advice;
};

using Findings = std::vector<Finding>;

// "file:line: law: advice", one line each.
std::string ToString(const Findings& findings);

// A file includes its own layer and lower ones, by names that begin with fate/; lib never includes
// sim; <uv.h> stays under lib/uv. (rules_of_layers.cc)
Findings CheckLayers(const SourceTree& tree);
Findings CheckUv(const SourceTree& tree);

// Every source file is in a directory that sources.bzl lists. (rules_of_layers.cc)
Findings CheckSourcesAreListed(const SourceTree& tree);

// A header has at most 200 lines, a source file 400, unless its first comment has a line that
// begins with `Size:` and says why. (rules_of_files.cc)
Findings CheckSizes(const SourceTree& tree);

// No line of code or comment is longer than 120 columns. (rules_of_files.cc)
Findings CheckColumns(const SourceTree& tree);

// lib/X/Y.h and sim/X/Y.h have tests/X/Y_test.cc, or their first comment says
// `Tested by tests/...`. (rules_of_files.cc)
Findings CheckHeadersAreTested(const SourceTree& tree);

// The lines of code after a line `//   Usage:` are in the file that the next
// `// Example: tests/examples/NAME.cc` names, in that order; comments at their ends and blanks
// don't count, and `...` stands for anything. The code may also follow the second line. Of the
// headers of lib and sim. (rules_of_files.cc)
Findings CheckExamples(const SourceTree& tree);

// What is left to do has the number of an issue, in every text file. (rules_of_files.cc)
Findings CheckToDos(const SourceTree& tree);

// No wall clocks, sleeping, or randomness but our own in lib, sim and tests; the table of banned
// words says where each may be used. (rules_of_calls.cc)
Findings CheckBannedCalls(const SourceTree& tree);

// sim includes no unordered container without a comment `// Unordered:` that says why nobody
// iterates over it. (rules_of_calls.cc)
Findings CheckUnordered(const SourceTree& tree);

// What g++ 12 compiles wrongly or the two compilers differently, in `co_await` expressions; a
// comment `// Tidy:` at the line excuses it. (rules_of_awaits.cc)
//   * a lambda that captures by value, or a braced list, as an argument: the captures may be
//     destroyed twice;
//   * a conditional between calls, within brackets: what the one gives may be destroyed twice;
//   * two arguments of one call that both await: their order is the compiler's choice.
Findings CheckAwaits(const SourceTree& tree);

// A lambda made in the body of a loop that captures and gives a Task is not spawned there: it ends
// with the turn, and its task reads the captures in it. A comment `// Tidy:` at the line excuses
// it. (rules_of_awaits.cc)
Findings CheckLambdas(const SourceTree& tree);

}  // namespace fate::tidy
