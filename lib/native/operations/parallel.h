// The thread pool that operations share.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// As many threads as TensorFlow uses within one operation, including the caller's. The C API gives no access to TensorFlow's own pool.
class Threads {
 public:
  // The pool. Its threads are never joined; they end with the process.
  static Threads& all() {
    static Threads* threads = new Threads;
    return *threads;
  }

  // As `run`, for work on so many values: few of them are processed on the caller's thread alone, since waking others would take longer.
  void runOver(int64_t values, int64_t count, const std::function<void(int64_t, int64_t)>& work) {
    if (values < minParallelValues) work(0, count);
    else run(count, work);
  }

  // Calls work(first, end) for consecutive ranges that make up [0, count), on the caller's thread and the idle ones, and returns when all
  // are done. Threads take the ranges one by one, since other programs may hold up any thread. Operations may call it concurrently.
  void run(int64_t count, const std::function<void(int64_t, int64_t)>& work) {
    Job job{work, count, size_ < 2 ? 1 : std::min(count, rangesPerThread * size_)};
    if (job.ranges < 2) return work(0, count);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      jobs_.push_back(&job);
      posted_++;
    }
    if (sleeping_ > 0) begun_.notify_all();
    job.runRanges();
    std::unique_lock<std::mutex> lock(mutex_);
    jobs_.erase(std::find(jobs_.begin(), jobs_.end(), &job));
    if (job.helpers == 0) return;
    lock.unlock();
    spin([&] { return job.helpers == 0; });
    lock.lock();
    done_.wait(lock, [&] { return job.helpers == 0; });
  }

 private:
  static constexpr int64_t minParallelValues = 1 << 14;
  static constexpr int64_t rangesPerThread = 4;

  struct Job {
    const std::function<void(int64_t, int64_t)>& work;
    int64_t count, ranges;
    std::atomic<int64_t> next{0};
    std::atomic<int> helpers{0};  // pool threads at work on it; changed only with the mutex held

    // Takes and runs ranges until none is left.
    void runRanges() {
      for (int64_t range; (range = next++) < ranges;) work(count * range / ranges, count * (range + 1) / ranges);
    }
  };

  Threads() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    size_ = wanted ? std::atoi(wanted) : 0;
    if (size_ < 1) size_ = std::max(1u, std::thread::hardware_concurrency());
    for (int64_t index = 1; index < size_; index++) std::thread([this] { serve(); }).detach();
  }

  void serve() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      const auto job = std::find_if(jobs_.begin(), jobs_.end(), [](const Job* one) { return one->next < one->ranges; });
      if (job != jobs_.end()) {
        Job& helped = **job;
        helped.helpers++;
        lock.unlock();
        helped.runRanges();
        lock.lock();
        if (--helped.helpers == 0) done_.notify_all();
        continue;
      }
      const uint64_t seen = posted_;
      lock.unlock();
      if (spin([&] { return posted_ != seen; })) continue;
      lock.lock();
      sleeping_++;
      begun_.wait(lock, [&] { return posted_ != seen; });
      sleeping_--;
    }
  }

  // Spins for up to 50 us: the next operation usually comes sooner than a sleeping thread wakes up. Returns whether the condition holds.
  template <class Condition>
  static bool spin(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    while (!condition())
      if (std::chrono::steady_clock::now() > end) return false;
    return true;
  }

  int64_t size_;
  std::mutex mutex_;
  std::condition_variable begun_, done_;
  std::vector<Job*> jobs_;
  std::atomic<uint64_t> posted_{0};
  std::atomic<int> sleeping_{0};
};
