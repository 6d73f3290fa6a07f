"""What a noise changed in a text, as edits of the clean text: applied, inverted, chained, and used to move spans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from perturbations._moved import NO_PLACE, Moved
from perturbations._noisy import Noisy
from perturbations.errors import BadValue, explain

Edit = tuple[int, int, str]
"""(start, stop, replacement): characters [start, stop) of the clean text were replaced."""


@dataclass(frozen=True, slots=True)
class Edits:
    """Ordered, non-overlapping edits that turn a clean text into a noisy one.

    >>> edits = Edits(((4, 5, "oo"),))
    >>> edits.apply("the cat"), edits.project(4, 7)
    ('the ooat', (4, 8))
    """

    edits: tuple[Edit, ...] = ()
    """In the order of the clean text; offsets count its code points."""
    reorders: bool = field(default=False, kw_only=True)
    """Words stand in each other's places: the edits say what is where, and nothing of where a span went."""
    size: int | None = field(default=None, kw_only=True, compare=False, repr=False)
    """Length of the clean text, where it is known."""
    text: str | None = field(default=None, kw_only=True, compare=False, repr=False)
    """The clean text, where it is known: moved spans neither start nor end with its white space."""

    def __post_init__(self) -> None:
        last = 0
        for start, stop, _ in self.edits:
            if start < last or stop < start:
                raise BadValue(explain("ordered edits that do not overlap", "edits", self.edits))
            last = stop

    def __len__(self) -> int:
        return len(self.edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def apply(self, text: str) -> str:
        """Return the noisy text; the same object when there are no edits."""
        if not self.edits:
            return text
        pieces: list[str] = []
        last = 0
        for start, stop, replacement in self.edits:
            pieces += text[last:start], replacement
            last = stop
        pieces.append(text[last:])
        return "".join(pieces)

    def inverse(self, text: str) -> "Edits":
        """Return the edits that turn the noisy text back into `text`, the clean one."""
        shift, undone = 0, []
        for start, stop, replacement in self.edits:
            undone.append((start + shift, start + shift + len(replacement), text[start:stop]))
            shift += len(replacement) - (stop - start)
        return Edits(tuple(undone), reorders=self.reorders)

    def to_noisy(self, position: int) -> int:
        """Return where a character of the clean text went; inside an edit, where its replacement starts."""
        shift = 0
        for start, stop, replacement in self.edits:
            if stop > position:
                return min(position, start) + shift
            shift += len(replacement) - (stop - start)
        return position + shift

    def project(self, start: int, stop: int) -> tuple[int, int]:
        """Move a span of the clean text into the noisy text.

        An edit that a span's border cuts belongs to the span whole; an insertion at a border does not.
        A span whose text was all dropped comes back empty.

        Raises:
            BadValue: the span ends beyond the text.
        """
        if self.size is not None and stop > self.size:
            expected = f"a span within the text's {self.size} code points"
            raise BadValue(explain(expected, "span", (start, stop)))
        first = self.to_noisy(start)
        return first, max(first, self._end(stop))

    def _end(self, position: int) -> int:
        shift = 0
        for start, stop, replacement in self.edits:
            if start >= position:
                break
            shift += len(replacement) - (stop - start)
            position = max(position, stop)
        return position + shift

    def move(self, kind: str, target: Any) -> Moved:
        """Move one sample's target: "spans"; see `_spans` for the forms they may have.

        Raises:
            BadValue: spans have no place in a text whose words were reordered, or lie beyond it.
        """
        from perturbations.text._spans import move

        if self.reorders:
            raise BadValue(
                explain("edits that keep the order of the words", "mapping", self, NO_PLACE)
            )
        return move(self, kind, target)

    def then(self, later: "Edits") -> "Edits":
        """Return the edits of the clean text that equal these edits followed by `later`, of their result."""
        chained: list[Edit] = []
        shift = 0
        for group in _groups(_results(self), later.edits):
            low = min(edit[0] for edit in group.all)
            high = max(edit[1] for edit in group.all)
            start = low - shift
            shift += sum(len(edit[2]) - (edit[1] - edit[0]) for edit in group.sources)
            chained.append((start, high - shift, group.text(low, high)))
        reorders = self.reorders or later.reorders
        return Edits(tuple(chained), reorders=reorders, size=self.size, text=self.text)


@dataclass(frozen=True, slots=True)
class _Group:
    """Edits of two passes that touch each other, in offsets of the text between the passes."""

    first: list[Edit]
    sources: list[Edit]
    later: list[Edit]

    @property
    def all(self) -> list[Edit]:
        return self.first + self.later

    def text(self, low: int, high: int) -> str:
        """Return what stands here after both passes; what neither pass wrote, the second one removed."""
        between = ["\0"] * (high - low)
        for start, stop, replacement in self.first:
            between[start - low : stop - low] = replacement
        moved = tuple((start - low, stop - low, new) for start, stop, new in self.later)
        return Edits(moved).apply("".join(between))


def _results(edits: Edits) -> list[tuple[Edit, Edit]]:
    """Return each edit with its own replacement's span in the noisy text."""
    shift, found = 0, []
    for edit in edits:
        start, stop, replacement = edit
        found.append(((start + shift, start + shift + len(replacement), replacement), edit))
        shift += len(replacement) - (stop - start)
    return found


def _groups(first: list[tuple[Edit, Edit]], later: Sequence[Edit]) -> Iterator[_Group]:
    merged = [(edit, source) for edit, source in first] + [(edit, None) for edit in later]
    merged.sort(key=lambda pair: pair[0][:2])
    group, low, high = _Group([], [], []), 0, 0
    for edit, source in merged:
        start, stop, _ = edit
        empty = start == stop or low == high
        if group.all and (start > high or (start == high and not empty)):
            yield group
            group, low, high = _Group([], [], []), start, stop
        low, high = (low, max(high, stop)) if group.all else (start, stop)
        if source is None:
            group.later.append(edit)
        else:
            group.first.append(edit)
            group.sources.append(source)
    if group.all:
        yield group


def noised(
    text: str,
    edits: list[Edit],
    *,
    requested: float,
    eligible: int,
    reorders: bool = False,
    **more: object,
) -> Noisy:
    """Return the noisy text with its edits and the realised numbers.

    Args:
        text: the clean text.
        edits: what changed; units that were chosen and came out equal are not in it.
        requested: the share asked for.
        eligible: the number of units that the noise could have touched.
        reorders: whether words changed places, so that spans cannot move along.
        more: further realised numbers of this noise.
    """
    mapping = Edits(tuple(edits), reorders=reorders, size=len(text), text=text)
    share = len(edits) / eligible if eligible else None
    report = {
        "requested": requested,
        "eligible": eligible,
        "edits": len(edits),
        "share": share,
        **more,
    }
    return Noisy(mapping.apply(text), mapping, report)
