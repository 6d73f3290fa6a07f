"""A bounded pipeline: what comes next is made on worker threads while the caller works.

Why: kernels release the interpreter's lock, so noise for the next cells costs no time beside the model. The queue
is bounded, so memory is: at most `workers + 1` noisy batches wait.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def prefetched(
    tasks: Iterable[T], make: Callable[[T], R], *, workers: int
) -> Iterator[tuple[T, R]]:
    """Yield every task with its result, in order, made ahead by `workers` threads; 0 makes them in place."""
    if workers == 0:
        for task in tasks:
            yield task, make(task)
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="noisebench")
    waiting: deque[tuple[T, Future[R]]] = deque()
    try:
        for task in tasks:
            waiting.append((task, pool.submit(make, task)))
            if len(waiting) > workers + 1:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next(waiting: "deque[tuple[T, Future[R]]]") -> tuple[T, R]:
    task, future = waiting.popleft()
    return task, future.result()
