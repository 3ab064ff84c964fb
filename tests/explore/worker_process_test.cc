#include "fate/sim/explore/worker_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace fate::sim {
namespace {

WorkerProcess::Word Awaited(WorkerProcess& worker) {
  while (WaitForWords({&worker}, absl::InfiniteDuration()).empty()) {
  }
  return worker.Heard();
}

TEST(WorkerProcessTest, AnswersEachGo) {
  std::unique_ptr<WorkerProcess> worker = *WorkerProcess::Start([](WorkerChannel& channel) {
    while (channel.Wait()) channel.Done();
  });
  EXPECT_EQ(worker->Heard(), WorkerProcess::Word::kNone);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(worker->Go());
    EXPECT_EQ(Awaited(*worker), WorkerProcess::Word::kDone);
  }
  worker->Kill();
  EXPECT_EQ(worker->end(), "was ended by signal 9 (Killed)");
}

TEST(WorkerProcessTest, WhoHasNothingToSayIsWaitedForAsLongAsAsked) {
  std::unique_ptr<WorkerProcess> silent = *WorkerProcess::Start([](WorkerChannel& channel) { channel.Wait(); });
  std::unique_ptr<WorkerProcess> done = *WorkerProcess::Start([](WorkerChannel& channel) { channel.Done(); });
  EXPECT_EQ(Awaited(*done), WorkerProcess::Word::kDone);
  EXPECT_EQ(WaitForWords({nullptr, silent.get()}, absl::ZeroDuration()), std::vector<uint32_t>());
  EXPECT_EQ(WaitForWords({silent.get(), nullptr, done.get()}, absl::InfiniteDuration()), std::vector<uint32_t>{2});
  EXPECT_EQ(done->Heard(), WorkerProcess::Word::kDead);
}

TEST(WorkerProcessTest, HowItEndedIsKnown) {
  std::unique_ptr<WorkerProcess> worker = *WorkerProcess::Start([](WorkerChannel& channel) {
    channel.Wait();
    ::_exit(7);
  });
  worker->Go();
  EXPECT_EQ(Awaited(*worker), WorkerProcess::Word::kDead);
  EXPECT_EQ(worker->end(), "ended with exit code 7");
  EXPECT_FALSE(worker->Go());
}

TEST(WorkerProcessTest, TheEndOfItsFunctionIsItsEnd) {
  std::unique_ptr<WorkerProcess> worker = *WorkerProcess::Start([](WorkerChannel&) {});
  EXPECT_EQ(Awaited(*worker), WorkerProcess::Word::kDead);
  EXPECT_EQ(worker->end(), "ended with exit code 0");
}

TEST(WorkerProcessTest, AnInterruptIsTheBusinessOfTheParent) {
  std::unique_ptr<WorkerProcess> worker = *WorkerProcess::Start([](WorkerChannel& channel) {
    while (channel.Wait()) {
      ::raise(SIGINT);
      channel.Done();
    }
  });
  worker->Go();
  EXPECT_EQ(Awaited(*worker), WorkerProcess::Word::kDone);
}

TEST(WorkerProcessTest, WhatWasPrintedIsWrittenOnce) {
  testing::internal::CaptureStdout();
  std::printf("before; ");
  {
    std::unique_ptr<WorkerProcess> worker = *WorkerProcess::Start([](WorkerChannel& channel) {
      while (channel.Wait()) {
        std::printf("within; ");
        channel.Done();
      }
    });
    worker->Go();
    EXPECT_EQ(Awaited(*worker), WorkerProcess::Word::kDone);
  }
  std::printf("after");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "before; within; after");
}

// In a process of its own, since a limit that was lowered stays.
[[noreturn]] void StartWithin(decltype(RLIMIT_NPROC) what, rlim_t limit) {
  const rlimit lowered = {limit, limit};
  ::setrlimit(what, &lowered);
  const auto worker = WorkerProcess::Start([](WorkerChannel&) {});
  std::fprintf(stderr, "%s\n", std::string(worker.status().message()).c_str());
  ::_exit(worker.ok() ? 1 : 0);
}

TEST(WorkerProcessTest, WithoutAChannelThereIsAnError) {
  EXPECT_EXIT(StartWithin(RLIMIT_NOFILE, 3), testing::ExitedWithCode(0),
              "our limit: a channel for a worker process could not be made: Too many open files");
}

TEST(WorkerProcessTest, TooManyProcessesAreAnErrorThatSaysWhatToDo) {
  const auto start = [] {
    // Who is root has no such limit.
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    StartWithin(RLIMIT_NPROC, 0);
  };
  EXPECT_EXIT(start(), testing::ExitedWithCode(0),
              "our limit: a worker process could not be made: .*use fewer --fate_jobs, or raise the "
              "limit of processes");
}

}  // namespace
}  // namespace fate::sim
