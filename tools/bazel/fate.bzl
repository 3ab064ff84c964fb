"""Turns the list of sources.bzl into Bazel targets."""

# Names of files in messages and traces are those of the source tree, whatever built them. Headers
# are reached through the directory in which Bazel gathers them under fate/.
_NAMES_OF_FILES = [
    "-fmacro-prefix-map=$(BINDIR)/_virtual_includes/%s/fate/sim/=sim/",
    "-fmacro-prefix-map=$(BINDIR)/_virtual_includes/%s/fate/=lib/",
]

def _files(dirs, extension, exclude = []):
    return native.glob(
        [dir + "/*" + extension for dir in dirs],
        exclude = exclude,
        allow_empty = True,
    )

def _labels(deps, libraries):
    return [":" + dep if dep in libraries else "@system//:" + dep for dep in deps]

# How many sources of a room are compiled as one: most of the time each takes goes into the headers
# that all read. CMake: FATE_TEST_GROUP, FATE_LIBRARY_GROUP.
_GROUP = 24

def _grouped(name, srcs, into):
    """Makes files in directory `into` that include up to _GROUP of the sources each, and returns their names."""
    result = []
    for first in range(0, len(srcs), _GROUP):
        group = "%s_%d" % (name, first // _GROUP)
        native.genrule(
            name = group,
            srcs = srcs[first:first + _GROUP],
            outs = ["%s/%s.cc" % (into, group)],
            cmd = "for file in $(SRCS); do echo \"#include \\\"$$file\\\"\"; done >$@",
        )
        result.append(":" + group)
    native.cc_library(name = name + "_sources", textual_hdrs = srcs)
    return result

def _rooms(name, dirs, exclude):
    """The sources of library `name`, grouped room by room, and what they include."""
    srcs = []
    deps = []
    for dir in dirs:
        files = _files([dir], ".cc", exclude)
        if files:
            room = name + "_" + dir.replace("/", "_")
            srcs += _grouped(room, files, "rooms")
            deps.append(":" + room + "_sources")
    return struct(srcs = srcs, deps = deps)

def _if_precompiled(values):
    return select({"//:precompiled": values, "//conditions:default": []})

def _precompiled(name, headers, copts, deps):
    """Makes of the headers what clang's -include-pch takes: file `name`, which is an input by <name>_input.

    It is the object of an ordinary source, so that Bazel compiles it with the very options of a group.
    """
    native.genrule(
        name = name + "_source",
        outs = ["grouped/%s.cc" % name],
        cmd = "for header in %s; do echo \"#include <$$header>\"; done >$@" % " ".join(headers),
    )
    native.cc_library(
        name = name + "_object",
        srcs = [":%s_source" % name],
        copts = copts + ["-xc++-header"],
        linkstatic = True,
        # Elsewhere Bazel says that the working directory is /proc/self/cwd. clang writes that into the file, and Bazel
        # does not know the source again by it.
        tags = ["manual", "requires-darwin"],
        deps = deps,
    )
    native.filegroup(
        name = name,
        srcs = [":%s_object" % name],
        output_group = "compilation_outputs",
    )
    native.cc_library(
        name = name + "_input",
        textual_hdrs = [":" + name, ":%s_source" % name],
    )

def fate_targets(targets):
    """Declares every library, test and binary.

    Args:
      targets: FATE_TARGETS of sources.bzl, which documents it.
    """
    libraries = targets["libraries"]
    copts = targets["copts"] + select({
        "//:clang": [],
        # g++ makes the tail calls of coroutines only if asked to, below -O2. What a group includes it takes for a header,
        # and warns of unnamed namespaces in it.
        "//conditions:default": ["-foptimize-sibling-calls", "-Wno-subobject-linkage"],
    })
    for name in libraries:
        copts = copts + [
            option.replace("%s", name)
            for option in reversed(_NAMES_OF_FILES)
        ]

    for name, library in libraries.items():
        dirs = library.get("dirs", [])
        srcs = library.get("srcs", [])
        in_sim = [path for path in dirs + srcs if path.startswith("sim/")]
        rooms = _rooms(name, dirs, library.get("exclude", []))
        native.cc_library(
            name = name,
            srcs = rooms.srcs + srcs,
            hdrs = _files(dirs, ".h"),
            copts = copts,
            include_prefix = "fate/sim" if in_sim else "fate",
            linkstatic = True,
            strip_include_prefix = "sim" if in_sim else "lib",
            visibility = ["//visibility:public"],
            deps = _labels(library["deps"], libraries) + rooms.deps,
        )

    ours = list(libraries) + list(targets["helpers"])
    for name, helper in targets["helpers"].items():
        rooms = _rooms(name, helper["dirs"], helper.get("exclude", []))
        native.cc_library(
            name = name,
            srcs = rooms.srcs,
            hdrs = _files(helper["dirs"], ".h"),
            copts = copts,
            linkstatic = True,
            deps = _labels(helper["deps"], ours) + rooms.deps,
        )

    # Some rooms of tests, and of tools, use the programs of another.
    native.cc_library(
        name = "test_headers",
        hdrs = _files([test["dir"] for test in targets["tests"].values()], ".h"),
    )

    _precompiled("precompiled_headers", targets["test_headers"], copts, _labels(["fate_testing_main"], ours))

    for name, test in targets["tests"].items():
        dir = test["dir"]
        srcs = _files([dir], ".cc")
        if not srcs:
            continue
        runs = test.get("runs", [])
        compiles = "compiles" in test
        precompiled = "fate_testing_main" in test["deps"]
        native.cc_test(
            name = name,
            srcs = _grouped(name, srcs, "grouped"),
            copts = copts + _if_precompiled(["-include-pch", "$(execpath :precompiled_headers)"] if precompiled else []),
            data = native.glob([dir + "/testdata/**"]) + [":" + binary for binary in runs] +
                   _if_precompiled([":precompiled_headers"] if precompiled else []) +
                   (["//:tree"] if compiles or name == "tidy_test" else []),
            env = dict(
                {binary.upper(): "$(rootpath :%s)" % binary for binary in runs},
                **({"FATE_COMPILER": "$(CC)"} if compiles else {})
            ),
            linkstatic = True,
            shard_count = test.get("shards"),
            size = "medium",
            toolchains = ["@bazel_tools//tools/cpp:current_cc_toolchain"] if compiles else [],
            deps = _labels(test["deps"], ours) + [":test_headers", ":%s_sources" % name] +
                   _if_precompiled([":precompiled_headers_input"] if precompiled else []),
        )

    for name, binary in targets["binaries"].items():
        dirs = binary.get("dirs", [])
        srcs = _files(dirs, ".cc") + binary.get("srcs", [])
        if not srcs:
            continue
        native.cc_binary(
            name = name,
            srcs = srcs + _files(dirs, ".h"),
            copts = copts,
            deps = _labels(binary["deps"], ours) + [":test_headers"],
        )
