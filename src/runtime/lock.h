// lock: a binary semaphore: what _thread.lock is made of.
#pragma once
#include <cerrno>
#include <ctime>
#include <semaphore.h>

#include "base/result.h"
#include "runtime/thread.h"

namespace adder {
// Any thread may release what another has acquired.
class BinaryLock {
 public:
  BinaryLock() { sem_init(&semaphore_, 0, 1); }
  ~BinaryLock() { sem_destroy(&semaphore_); }
  BinaryLock(const BinaryLock&) = delete;
  bool try_acquire() {
    int status;
    do status = sem_trywait(&semaphore_);
    while (status < 0 && errno == EINTR);
    return status == 0;
  }
  void release() { sem_post(&semaphore_); }
  // Waits with the GIL released; nanoseconds < 0: for ever. Signal handlers run meanwhile and may raise. False: timed
  // out.
  Result<bool> acquire(i64 nanoseconds);
  // Child of a fork: as if never acquired.
  void reset() { sem_init(&semaphore_, 0, 1); }

 private:
  sem_t semaphore_;
};
}  // namespace adder
