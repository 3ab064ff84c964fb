#include "tests/sync/production.h"

#include "fate/runtime/runtime.h"
#include "fate/task/spawn.h"

namespace fate::test {

namespace {
class Loop : public Runtime {
 public:
  Loop() : Runtime(0) {}
  void Go(std::vector<Task<>> tasks) {
    ContextScope scope(MakeContext());
    std::vector<JoinHandle<>> handles;
    for (auto& t : tasks) handles.push_back(SpawnNow(std::move(t)));
    while (TaskRecord* task = TakeReady()) RunStep(task);
    handles.clear();
    TearDown();
  }
  void UnhandledFailure(TaskRecord&) override { std::abort(); }
  void Post(std::function<void()>) override {}
  void RunBlocking(std::function<void()>, std::function<void()>) override {}
};
}  // namespace

void RunInProduction(std::vector<Task<>> tasks) { Loop().Go(std::move(tasks)); }

}  // namespace fate::test
