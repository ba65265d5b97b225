// lock: waiting for a binary semaphore, interrupted by signals only to run their handlers (PEP 475).
#include "runtime/lock.h"

namespace adder {
Result<bool> BinaryLock::acquire(i64 nanoseconds) {
  if (try_acquire()) return true;
  if (nanoseconds == 0) return false;
  timespec until{};
  if (nanoseconds > 0) {
    clock_gettime(CLOCK_MONOTONIC, &until);
    i64 seconds = nanoseconds / 1000000000;
    until.tv_nsec += static_cast<long>(nanoseconds % 1000000000);
    until.tv_sec += seconds + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
  }
  for (;;) {
    int status, error;
    {
      WithoutGil released;
      status = nanoseconds < 0 ? sem_wait(&semaphore_) : sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &until);
      error = errno;
    }
    if (status == 0) return true;
    if (error == ETIMEDOUT) return false;
    if (error != EINTR) return false;
    TRY(check_signals());
  }
}
}  // namespace adder
