// DumpTasks: what every task is doing: for a log, a debugger, a person who wonders why nothing
// moves.
//
//   Usage:
//     std::string text = DumpTasks();
//
// Example: tests/examples/dump_example_test.cc
//
// In production too: the places are kept anyway. One paragraph a live task, oldest first:
//
//   task "reader" (#3, spawned at server.cc:41) waits in Lock on the Mutex made at server.cc:12,
//   held by task (#2, spawned at server.cc:40)
//       at cache.cc:71
//       at server.cc:58
//
// in one line up to the chain of awaits, innermost first. O(tasks and frames). Also callable from a
// debugger, on the runtime's thread. REQUIRES: a runtime is running, or one is given.
#pragma once

#include <string>

#include "fate/runtime/runtime.h"

namespace fate {

std::string DumpTasks();
std::string DumpTasks(const Runtime& runtime);

}  // namespace fate
