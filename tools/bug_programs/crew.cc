#include "tools/bug_programs/crew.h"

#include <utility>

namespace fate::bugs {

void Crew::Spawn(TaskGroup& group, Member member) {
  SpawnOptions options;
  options.name = member.name;
  group.SpawnNow(std::move(member.task), options);
}

void Crew::Add(const char* name, Task<> task) {
  Member member{name, std::move(task)};
  if (group_ != nullptr) {
    Spawn(*group_, std::move(member));
  } else {
    members_.push_back(std::move(member));
  }
}

Task<> Crew::Run() {
  auto body = [this](TaskGroup& group) -> Task<> {
    group_ = &group;
    for (Member& member : members_) Spawn(group, std::move(member));
    co_return;
  };
  co_await WithTaskGroup(body);
  group_ = nullptr;
}

}  // namespace fate::bugs
