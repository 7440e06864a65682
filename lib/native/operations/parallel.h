// Threads that share the work of an operation.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// As many threads as TensorFlow has for one operation, the caller's included. TensorFlow's own cannot be reached by its C API.
class Threads {
 public:
  // They are never ended: the process ends with them.
  static Threads& all() {
    static Threads* threads = new Threads;
    return *threads;
  }

  // Calls work(first, last) for consecutive ranges of [0, count), one for each thread. If the threads are at work for another
  // operation, the caller does it all.
  void run(int64_t count, const std::function<void(int64_t, int64_t)>& work) {
    const int64_t shares = std::min<int64_t>(size_, count);
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (shares < 2 || !turn.owns_lock()) {
      work(0, count);
      return;
    }
    const auto share = [&](int64_t index) {
      if (index < shares) work(count * index / shares, count * (index + 1) / shares);
    };
    {
      std::lock_guard<std::mutex> lock(mutex_);
      share_ = share;
      working_ = size_ - 1;
      round_++;
    }
    begun_.notify_all();
    share(0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [&] { return working_ == 0; });
  }

 private:
  Threads() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    size_ = wanted ? std::atoi(wanted) : 0;
    if (size_ < 1) size_ = std::max(1u, std::thread::hardware_concurrency());
    for (int64_t index = 1; index < size_; index++) std::thread([this, index] { serve(index); }).detach();
  }

  void serve(int64_t index) {
    for (uint64_t seen = 0;;) {
      std::function<void(int64_t)> share;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        begun_.wait(lock, [&] { return round_ != seen; });
        seen = round_;
        share = share_;
      }
      share(index);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--working_ == 0) done_.notify_one();
    }
  }

  int64_t size_;
  std::mutex turn_, mutex_;
  std::condition_variable begun_, done_;
  std::function<void(int64_t)> share_;
  int64_t working_ = 0;
  uint64_t round_ = 0;
};
