"""One character becomes another: what typos and scanning errors share."""

from collections.abc import Mapping

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._tokens import touched


def substituted(
    text: str, confusions: Mapping[str, tuple[str, ...]], draw: Draw, share: float
) -> Noisy:
    """Replace a share of the characters that have confusions by one of them, each as likely.

    A character that carries a combining mark is not one that has confusions.
    """
    units = graphemes(text)
    parts, starts = units.parts, units.starts
    edits: list[Edit] = []
    for i, how in touched(draw, len(parts), share):
        options = confusions.get(parts[i])
        if options:
            edits.append((starts[i], starts[i + 1], options[int(how * len(options))]))
    eligible = sum(map(confusions.__contains__, parts))
    return noised(text, edits, requested=share, eligible=eligible)
