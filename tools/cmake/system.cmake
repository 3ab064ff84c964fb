# The libraries fate stands on, under the names that sources.bzl gives them: FATE_DEP_X holds what to
# link for X. An installed fate reads this file too, so nothing here is an error: the reader decides
# what it can't do without.

find_package(Threads QUIET)

find_package(absl QUIET)
set(FATE_DEP_absl
    absl::any_invocable
    absl::base
    absl::cleanup
    absl::core_headers
    absl::fixed_array
    absl::flat_hash_map
    absl::flat_hash_set
    absl::function_ref
    absl::inlined_vector
    absl::memory
    absl::random_bit_gen_ref
    absl::random_distributions
    absl::random_random
    absl::span
    absl::stacktrace
    absl::status
    absl::statusor
    absl::str_format
    absl::strings
    absl::symbolize
    absl::synchronization
    absl::time)
set(FATE_DEP_absl_flags absl::flags absl::flags_parse absl::flags_reflection absl::flags_usage
                        absl::flags_config absl::flags_marshalling)

# Debian's libuv has no CMake package.
if(NOT TARGET fate_system::uv)
  find_path(FATE_UV_INCLUDE_DIR uv.h)
  find_library(FATE_UV_LIBRARY uv)
  mark_as_advanced(FATE_UV_INCLUDE_DIR FATE_UV_LIBRARY)
  if(FATE_UV_INCLUDE_DIR AND FATE_UV_LIBRARY)
    add_library(fate_system::uv UNKNOWN IMPORTED)
    set_target_properties(
      fate_system::uv
      PROPERTIES IMPORTED_LOCATION "${FATE_UV_LIBRARY}"
                 INTERFACE_INCLUDE_DIRECTORIES "${FATE_UV_INCLUDE_DIR}"
                 INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
endif()
set(FATE_DEP_uv fate_system::uv)

find_package(GTest QUIET)
set(FATE_DEP_gtest GTest::gmock GTest::gtest)
set(FATE_DEP_gtest_main GTest::gmock GTest::gtest GTest::gtest_main)

find_package(rapidcheck QUIET)
set(FATE_DEP_rapidcheck rapidcheck)

# Only in our .cc files; users of fate don't need it.
find_package(nlohmann_json QUIET)
set(FATE_DEP_json $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
