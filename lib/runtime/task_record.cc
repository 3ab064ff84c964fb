#include "fate/runtime/task_record.h"

#include <utility>

namespace fate {

TaskRecordPool::~TaskRecordPool() {
  while (chunks_ != nullptr) delete std::exchange(chunks_, chunks_->next);
}

TaskRecord* TaskRecordPool::Refill() {
  Chunk* chunk = new Chunk;
  chunk->next = chunks_;
  chunks_ = chunk;
  // In reverse, so that they are handed out in the order of their addresses.
  for (size_t i = kChunk; i > 0; --i) Free(&chunk->records[i - 1]);
  return free_;
}

}  // namespace fate
