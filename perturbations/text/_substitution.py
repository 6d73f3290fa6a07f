"""One character becomes another: what typos and scanning errors share."""

from collections.abc import Mapping
from functools import partial

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import Graphemes, graphemes
from perturbations.text._tokens import touched

Confusions = Mapping[str, tuple[str, ...]]
"""What each character may become."""


def substituted(
    text: str | list[str],
    confusions: Confusions,
    draw: Draw,
    share: float,
    *,
    by_cluster: bool = True,
) -> Noisy:
    """Replace a share of the characters that have confusions by one of them, each as likely.

    A character that carries a combining mark is not one that has confusions, unless the units are code points.

    Args:
        text: a text, or a list of texts with the draw of all of them.
        confusions: what each character may become.
        draw: the randomness.
        share: how many of the characters that have confusions.
        by_cluster: whether the units are grapheme clusters; code points, if not.
    """
    if isinstance(text, list):
        from perturbations.text._packed import substituted_many

        alone = partial(_substituted, confusions=confusions, share=share, by_cluster=by_cluster)
        return Noisy(substituted_many(text, confusions, draw, share, alone, by_cluster=by_cluster))
    return _substituted(text, draw, confusions=confusions, share=share, by_cluster=by_cluster)


def _substituted(
    text: str, draw: Draw, *, confusions: Confusions, share: float, by_cluster: bool
) -> Noisy:
    units = graphemes(text) if by_cluster else Graphemes(text, range(len(text) + 1))
    parts, starts = units.parts, units.starts
    edits: list[Edit] = []
    for i, how in touched(draw, len(parts), share):
        options = confusions.get(parts[i])
        if options:
            edits.append((starts[i], starts[i + 1], options[int(how * len(options))]))
    eligible = sum(map(confusions.__contains__, parts))
    return noised(text, edits, requested=share, eligible=eligible)
