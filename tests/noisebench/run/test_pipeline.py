"""The bounded pipeline."""

import threading
import time

import pytest

from noisebench._pipeline import prefetched


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_results_keep_the_order_of_tasks(workers):
    def make(n):
        time.sleep(0.001 * (n % 3))
        return n * n

    found = list(prefetched(range(20), make, workers=workers))
    assert found == [(n, n * n) for n in range(20)]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_than_a_few_wait(workers):
    made, most = [0], [0]
    lock = threading.Lock()

    def make(n):
        with lock:
            made[0] += 1
        return n

    for taken, _ in enumerate(prefetched(range(50), make, workers=workers), start=1):
        with lock:
            most[0] = max(most[0], made[0] - taken)
    assert most[0] <= workers + 1


def test_an_error_reaches_the_caller_and_threads_end():
    def make(n):
        if n == 3:
            raise OSError("disk")
        return n

    with pytest.raises(OSError, match="disk"):
        list(prefetched(range(9), make, workers=2))
    assert not [t for t in threading.enumerate() if t.name.startswith("noisebench")]


def test_leaving_early_ends_the_threads():
    work = prefetched(range(100), lambda n: n, workers=2)
    next(work)
    work.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("noisebench")]
