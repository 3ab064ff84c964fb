// Place: a line of the program, kept as one pointer.
//
// A Place costs what a pointer costs, so each frame and each operation can keep one; text is made
// only when somebody asks. Tested by tests/base/place_test.cc.
#pragma once

#include <source_location>
#include <string>
#include <string_view>

namespace fate {

using Place = std::source_location;

// "dir/file.cc:42", with at most the last two components of the path, so that two builds of the
// same program print the same text. "?" for a Place that was never set.
std::string ToString(const Place& place);

// The last two components of `path` ("dir/file.cc").
std::string_view ShortPath(std::string_view path);

}  // namespace fate
