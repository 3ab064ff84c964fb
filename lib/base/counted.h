// Counted: "1 step", "2 steps", for what is told to people.
#pragma once

#include <cstdint>
#include <string>

namespace fate {

// A word of which there may be one; `plural` is what it gets if not.
inline std::string Counted(uint64_t count, const char* word, const char* plural = "s") {
  return std::to_string(count) + " " + word + (count == 1 ? "" : plural);
}

}  // namespace fate
