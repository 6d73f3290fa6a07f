"""The sign that stands for an absent input until the model puts what it has learned in its place.

Why: many fusion models learn a vector, a token or a picture for "no input". Only the model knows it, so a noise can but say
where it belongs; the bench asks the model's hook for it.
"""

from typing import Final


class Learned:
    """The type of `LEARNED`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "learned"

    def __reduce__(self) -> str:
        return "LEARNED"


LEARNED: Final = Learned()
"""Content of an input that is absent, and that the model fills: there is one only, compared by `is`."""
