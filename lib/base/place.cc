#include "fate/base/place.h"

namespace fate {

std::string_view ShortPath(std::string_view path) {
  size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return path;
  slash = path.rfind('/', slash - 1);
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string ToString(const Place& place) {
  if (place.line() == 0) return "?";
  return std::string(ShortPath(place.file_name())) + ":" + std::to_string(place.line());
}

}  // namespace fate
