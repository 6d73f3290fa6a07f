"""Linear algebra in one thread, for matrices too small to be shared out."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@functools.cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra from sharing out matrices too small for it, which costs ten times the work."""
    with _controller().limit(limits=1, user_api="blas"):
        yield
