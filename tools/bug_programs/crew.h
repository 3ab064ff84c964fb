// Crew: the tasks of a program, which begin together and are waited for together.
//
//   Crew crew;
//   crew.Add("reader", Read(file));
//   crew.Add("writer", Write(file));
//   co_await crew.Run();
//
// They are all spawned in one step of the caller, which then waits for all at once: neither adds
// orders to those of the tasks themselves. One that is added while the crew runs begins at once, in the
// step that adds it.
#pragma once

#include <vector>

#include "fate/task/task.h"
#include "fate/task/task_group.h"

namespace fate::bugs {

class Crew {
 public:
  // `name` must outlive the program.
  void Add(const char* name, Task<> task);
  Task<> Run();

 private:
  struct Member {
    const char* name;
    Task<> task;
  };
  static void Spawn(TaskGroup& group, Member member);

  std::vector<Member> members_;  // before it runs
  TaskGroup* group_ = nullptr;   // while it runs
};

}  // namespace fate::bugs
