#include <map>
#include <string>

#include "tests/tidy/rules.h"

namespace fate::tidy {
namespace {

// The layers of ARCHITECTURE.md; a new room gets its line here.
const std::map<std::string, int>& Layers() {
  static const auto* const layers = new std::map<std::string, int>{
      {"lib/base", 1},   {"lib/runtime", 2},    {"lib/task", 3},     {"lib/sync", 4},
      {"lib/time", 4},   {"lib/io", 5},         {"lib/uv", 6},       {"sim/core", 1},
      {"sim/race", 2},   {"sim/strategies", 2}, {"sim/world", 3},    {"sim/explore", 3},
      {"sim/faults", 4}, {"sim/check", 0},      {"sim/property", 4}, {"sim/testing", 5},
  };
  return *layers;
}

// "fate/base/ids.h" is in lib/base, "fate/sim/core/trace.h" in sim/core.
std::string RoomOfInclude(const std::string& path) {
  const std::string file = path.starts_with("fate/sim/") ? path.substr(5) : "lib" + path.substr(4);
  return SourceFile(file, "").Room();
}

// What is wrong with including `included` from `room`; empty if nothing is.
std::string Objection(const std::string& room, const std::string& included) {
  const auto own = Layers().find(room);
  const auto other = Layers().find(included);
  if (own == Layers().end()) return room + " has no layer: add it to tests/tidy/rules_of_layers.cc";
  if (other == Layers().end()) return included + " is no room of lib or sim";
  const bool from_lib = room.starts_with("lib/");
  if (from_lib && included.starts_with("sim/")) {
    return "lib never includes sim: let sim implement an interface of lib/runtime";
  }
  if (!from_lib && included == "lib/uv") {
    return "sim knows nothing of libuv: it implements the interfaces that lib/uv implements";
  }
  if (from_lib == included.starts_with("lib/") && other->second > own->second) {
    return room + " is layer " + std::to_string(own->second) + ", " + included + " is layer " +
           std::to_string(other->second) + ": move the code down, or the user of it up";
  }
  return "";
}

}  // namespace

Findings CheckLayers(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp() || !(file.Under("lib") || file.Under("sim"))) continue;
    for (const Include& include : Includes(file)) {
      if (include.path.starts_with("fate/")) {
        std::string objection = Objection(file.Room(), RoomOfInclude(include.path));
        if (!objection.empty()) {
          findings.push_back({path, include.line, "layers run one way", std::move(objection)});
        }
        continue;
      }
      const std::string beside = path.substr(0, path.rfind('/') + 1) + include.path;
      if (include.quoted && (tree.contains(include.path) || tree.contains(beside))) {
        findings.push_back(
            {path, include.line, "our headers are included as fate/...", "write the name by which users include it"});
      }
    }
  }
  return findings;
}

Findings CheckUv(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, file] : tree) {
    if (!file.IsCpp() || file.Under("lib/uv")) continue;
    for (const Include& include : Includes(file)) {
      if (include.path == "uv.h" || include.path.starts_with("uv/")) {
        findings.push_back(
            {path, include.line, "<uv.h> stays under lib/uv", "use the interfaces of lib/runtime and lib/io"});
      }
    }
  }
  return findings;
}

Findings CheckSourcesAreListed(const SourceTree& tree) {
  const auto list = tree.find("sources.bzl");
  if (list == tree.end()) return {{"sources.bzl", 1, "there is one list of sources", "restore it"}};
  std::string listed;
  for (const std::string& line : list->second.lines) listed += line;

  Findings findings;
  for (const auto& [path, file] : tree) {
    // These are built by a project of their own, or must not build.
    if (!file.IsCpp() || file.Under("tests/consumer") || file.Under("tests/compile_fail")) continue;
    const std::string directory = path.substr(0, path.rfind('/'));
    if (listed.find('"' + directory + '"') == std::string::npos && listed.find('"' + path + '"') == std::string::npos) {
      findings.push_back(
          {path, 1, "every source file is built", "add its directory to sources.bzl, or move it to one that is there"});
    }
  }
  return findings;
}

}  // namespace fate::tidy
