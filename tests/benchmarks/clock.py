"""CPU time of a call, as the least of several windows."""

import time
from collections.abc import Callable
from typing import Any

WINDOW = 0.05


def cpu(call: Callable[[], Any], *, repeats: int = 5) -> float:
    """Return the least CPU seconds a call takes, over windows of at least 50 ms."""
    call()
    count, spent = 1, 0.0
    while spent < WINDOW:
        start = time.process_time()
        for _ in range(count):
            call()
        spent = time.process_time() - start
        count *= 2
    count = max(1, count // 2)
    best = spent / count
    for _ in range(repeats - 1):
        start = time.process_time()
        for _ in range(count):
            call()
        best = min(best, (time.process_time() - start) / count)
    return best
