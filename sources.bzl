# What is built, for both builds: Bazel loads this file, CMake reads it. So everything after the
# `=` is JSON (double quotes, no trailing comma, no comment). A directory stands for every .h and
# .cc file directly in it; one that does not exist yet is skipped. To add a file, only add the file.
# To add a room, add its directory here, and its layer to tests/tidy/rules_of_layers.cc.
#
#   libraries  dirs, less exclude, or single srcs; deps: libraries of this file or system libraries
#              (the names in tools/bazel/system.BUILD and tools/cmake/system.cmake)
#   tests      every .h and .cc file of the directory is one test binary. It runs at the top of the
#              tree, and may read what lies in testdata/ next to it. The path of a binary that is
#              named in runs is in the environment: FATE_DEMO for fate_demo; for one that compiles,
#              FATE_COMPILER is the compiler. shards: in how many parts it runs, several at once, if
#              with sanitizers it takes minutes
#   helpers    what tests and binaries share and nobody installs; included by the path from the top of
#              the tree. As libraries, but they may be in deps of tests and binaries only
#   test_headers  much of the time a group of tests takes to compile goes into these: compiled once, in CMake's
#              groups and in Bazel's --config=quick. A test that forgets one fails elsewhere
#   binaries   programs, which are not installed: dirs, or single srcs
FATE_TARGETS = {
    "copts": ["-std=c++20", "-Wall", "-Wextra", "-Werror"],
    "libraries": {
        "fate": {
            "dirs": ["lib/base", "lib/runtime", "lib/task", "lib/sync", "lib/time", "lib/io"],
            "deps": ["absl"]
        },
        "fate_uv": {
            "dirs": ["lib/uv"],
            "deps": ["fate", "uv"]
        },
        "fate_sim": {
            "dirs": ["sim/core", "sim/race", "sim/strategies", "sim/explore", "sim/check"],
            "deps": ["fate", "json"]
        },
        "fate_sim_property": {
            "dirs": ["sim/property"],
            "deps": ["fate_sim", "rapidcheck"]
        },
        "fate_testing": {
            "dirs": ["sim/testing"],
            "exclude": ["sim/testing/main.cc"],
            "deps": ["fate_sim_property", "absl_flags", "gtest"]
        },
        "fate_testing_main": {
            "srcs": ["sim/testing/main.cc"],
            "deps": ["fate_testing"]
        }
    },
    "helpers": {
        "fate_demo_programs": {
            "dirs": ["tools/demo_programs"],
            "exclude": ["tools/demo_programs/demo.cc"],
            "deps": ["fate_sim", "fate_uv"]
        },
        "fate_bug_programs": {
            "dirs": ["tools/bug_programs"],
            "deps": ["fate_demo_programs", "fate_sim"]
        }
    },
    "tests": {
        "base_test": {"dir": "tests/base", "deps": ["fate_testing_main"]},
        "runtime_test": {"dir": "tests/runtime", "deps": ["fate_testing_main", "fate_uv"]},
        "task_test": {"dir": "tests/task", "deps": ["fate_testing_main", "fate_uv"]},
        "sync_test": {"dir": "tests/sync", "deps": ["fate_testing_main", "fate_uv"]},
        "time_test": {"dir": "tests/time", "deps": ["fate_testing_main", "fate_uv"]},
        "io_test": {"dir": "tests/io", "deps": ["fate_testing_main", "fate_uv"]},
        "uv_test": {"dir": "tests/uv", "deps": ["fate_testing_main", "fate_uv"]},
        "conformance_test": {"dir": "tests/conformance", "deps": ["fate_testing_main", "fate_uv"]},
        "core_test": {"dir": "tests/core", "deps": ["fate_testing_main"]},
        "strategies_test": {"dir": "tests/strategies", "deps": ["fate_testing_main"], "shards": 4},
        "race_test": {"dir": "tests/race", "deps": ["fate_testing_main"], "shards": 2},
        "explore_test": {"dir": "tests/explore", "deps": ["fate_testing_main"], "shards": 4},
        "property_test": {"dir": "tests/property", "deps": ["fate_testing_main"]},
        "check_test": {"dir": "tests/check", "deps": ["fate_testing_main"]},
        "testing_test": {"dir": "tests/testing", "deps": ["fate_testing_main", "fate_uv"]},
        "examples_test": {"dir": "tests/examples", "deps": ["fate_testing_main", "fate_uv"]},
        "detect_test": {
            "dir": "tests/detect",
            "deps": ["fate_testing_main", "fate_demo_programs", "fate_bug_programs"],
            "runs": ["fate_demo"],
            "shards": 2
        },
        "self_test": {"dir": "tests/self", "deps": ["fate_testing_main"]},
        "regressions_test": {"dir": "tests/regressions", "deps": ["fate_testing_main", "fate_uv"]},
        "compile_fail_test": {"dir": "tests/compile_fail", "deps": ["gtest_main"], "compiles": "true"},
        "tidy_test": {"dir": "tests/tidy", "deps": ["gtest_main"]}
    },
    "test_headers": [
        "gmock/gmock.h", "gtest/gtest.h", "absl/time/time.h",
        "algorithm", "coroutine", "functional", "map", "optional", "set", "vector"
    ],
    "binaries": {
        "fate_demo": {
            "srcs": ["tools/demo_programs/demo.cc"],
            "deps": ["fate_demo_programs", "absl_flags"]
        },
        "fate_bench_search": {
            "dirs": ["tools/search_evaluation"],
            "deps": ["fate_demo_programs", "fate_bug_programs", "absl_flags"]
        },
        "fate_bench": {
            "dirs": ["tools/benchmarks"],
            "deps": ["fate_demo_programs", "fate_sim", "fate_uv", "absl_flags", "benchmark"]
        }
    }
}
