#include "fate/runtime/task_record.h"

namespace fate {

namespace {

// Records. Whole pages, which are not touched before they are needed; what comes on top for a chunk is
// shared by many.
constexpr size_t kChunk = 512;

}  // namespace

TaskRecordPool::~TaskRecordPool() {
  for (TaskRecord* chunk : chunks_) ::operator delete(chunk, std::align_val_t(alignof(TaskRecord)));
}

TaskRecord* TaskRecordPool::CutAnother() {
  if (chunks_.empty() || cut_ == kChunk) {
    void* chunk = ::operator new(kChunk * sizeof(TaskRecord), std::align_val_t(alignof(TaskRecord)));
    chunks_.push_back(static_cast<TaskRecord*>(chunk));
    cut_ = 0;
  }
  // So they are handed out in the order of their addresses.
  return new (chunks_.back() + cut_++) TaskRecord;
}

}  // namespace fate
