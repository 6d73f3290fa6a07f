"""What an account cannot say, and why: the cells that are not there, and those that cannot serve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from noisebench._roles import ABSENCE, IN_TIME, OFFSET, SHUFFLE
from noisebench._unhooked import ADVICE
from noisebench.modalities._account import Account, Unsaid
from noisebench.modalities._attribution import MOST_INPUTS
from noisebench.modalities._grid import Grid
from noisebench.modalities._read import Unread
from noisebench.modalities._state import ABSENT, MOVED, NOISY, SHUFFLED
from noisebench.modalities._words import listed

PLAN = 'perturbations=["modalities"] measures it'


BY_NOISE = {ABSENT: ABSENCE, SHUFFLED: SHUFFLE, MOVED: OFFSET}
"""What an input is to the noise that makes it so."""


@dataclass(frozen=True, slots=True)
class Open:
    """Looks for questions without an answer."""

    found: Account
    cells: Grid
    modalities: Mapping[str, str]
    unread: Sequence[Unread]
    never: Sequence[str]
    """Inputs that are missing in every sample."""
    skipped: Mapping[str, str]
    """Sweeps that could not be planned, with the reason."""

    @property
    def there(self) -> list[str]:
        """The inputs that some sample has."""
        return [name for name in self.modalities if name not in self.never]

    def questions(self) -> tuple[Unsaid, ...]:
        """Return every question that stays open, with the reason."""
        missing = (
            Unsaid(f"anything about {name}", "it is missing in every sample of the data")
            for name in self.never
        )
        parts = (
            missing, self.absence(), self.shuffles(), self.grid(), self.compensation(),
            self.fusion(), self.offsets(), self.embeddings(),
        )  # fmt: skip
        return tuple(each for part in parts for each in part)

    def absence(self) -> Iterator[Unsaid]:
        """Inputs whose noise was not compared with their absence."""
        known = {name for each in self.found.worse_than_absent for name in each.inputs}
        for name in self.there:
            if name in known:
                continue
            gone = frozenset({name})
            kind, lacking = NOISY, f"no sweep has noise in {name} alone"
            if self.cells.absence(gone) is None:
                kind, lacking = ABSENT, f"no cell has {name} absent"
            why = self._why(kind, gone, lacking)
            yield Unsaid(f"whether noise in {name} is worse than its absence", why)

    def shuffles(self) -> Iterator[Unsaid]:
        """Inputs that were not shuffled."""
        known = {each.input for each in self.found.reliance if each.shuffled}
        for name in self.there:
            if name not in known:
                lacking = f"no cell has {name} shuffled across samples"
                why = self._why(SHUFFLED, frozenset({name}), lacking)
                yield Unsaid(f"whether the model relies on {name}", why)

    def grid(self) -> Iterator[Unsaid]:
        """Say why nothing could be attributed."""
        if self.found.attributions:
            return
        what = "which input's noise causes the loss, and whether losses add up"
        count = len(self.there)
        if count > MOST_INPUTS:
            why = f"{count} inputs have {2**count} subsets; exact up to {MOST_INPUTS} inputs"
        else:
            lacking = "no severity has noise in every subset of several inputs"
            why = self._why(NOISY, frozenset(self.there), lacking)
        yield Unsaid(what, why)

    def compensation(self) -> Iterator[Unsaid]:
        """Inputs whose noise was not measured without the others."""
        known = {each.input for each in self.found.compensation}
        for each in self.found.compensation:
            if not any(each.shares):
                why = "without the others it may do as well as all inputs clean"
                yield Unsaid(f"what clean inputs make good of {each.noise} on {each.input}", why)
        for name in self.there:
            if name not in known:
                lacking = f"no cell has {name} noisy and the others absent"
                why = self._why(ABSENT, frozenset(self.cells.inputs) - {name}, lacking)
                yield Unsaid(f"what clean inputs make good of noise in {name}", why)

    def fusion(self) -> Iterator[Unsaid]:
        """Say why the model was not compared with unimodal ones; with two inputs that is the question of absence."""
        missing = [name for name in self.there if self.cells.alone(name) is None]
        if self.found.negative_fusion or not missing or len(self.cells.inputs) == 2:
            return
        lacking = f"no cell has {listed(missing)} alone"
        why = self._why(ABSENT, frozenset(self.cells.inputs) - {missing[0]}, lacking)
        yield Unsaid("when the fused model falls below a unimodal one", why)

    def offsets(self) -> Iterator[Unsaid]:
        """Say why nothing or only half is known of offsets in time."""
        what = "how far the inputs may be apart in time"
        timed = [name for name in self.there if self.modalities[name] in IN_TIME]
        if not self.found.offsets and len(timed) < 2:
            kinds = listed(f"{name} is {self.modalities[name]}" for name in self.there)
            yield Unsaid(what, f"it takes two inputs that are sampled in time ({kinds})")
        elif not self.found.offsets:
            yield Unsaid(what, self._why(MOVED, None, "no input was moved in time"))
        for each in self.found.offsets:
            if min(each.offsets) == 0 or max(each.offsets) == 0:
                side = "later" if min(each.offsets) == 0 else "earlier"
                why = f"it was only moved {side}, and only both directions show a fault of synchronisation"
                yield Unsaid(f"whether {each.input} is synchronous in the data", why)

    def embeddings(self) -> Iterator[Unsaid]:
        """Say why nothing is known of embeddings."""
        if not self.found.embeddings:
            why = "the model shows none; give it a method embed(inputs) -> {input: (n, d)}"
            yield Unsaid("alignment and uniformity of embeddings", why)

    def _why(self, kind: str, names: frozenset[str] | None, lacking: str) -> str:
        """Return why a sweep that was meant to answer cannot, or that there is none."""
        for each in self.unread:
            for state in each.states:
                there = state.being(kind)
                if there and names in {None, there}:
                    return self._cannot_serve(each)
        for sweep, why in self.skipped.items():
            if kind in BY_NOISE and _acts(sweep, BY_NOISE[kind], names):
                return f"{sweep} could not be measured: {why}"
        return f"{lacking}; {PLAN}"

    def _cannot_serve(self, unread: Unread) -> str:
        """Say why a sweep cannot serve; of a model that cannot take an absent input once, and what to do."""
        if not _unhooked(unread):
            return f"{unread.sweep} cannot serve: {unread.why}"
        failure = next(each.failure for each in self.unread if _unhooked(each))
        return f"the model fails where an input is absent ({failure}): {ADVICE}, modalities(fill=zeros)"


def _acts(sweep: str, noise: str, names: frozenset[str] | None) -> bool:
    """Tell whether a sweep's text says that a noise between inputs acts on one of these inputs."""
    before, found, _ = sweep.partition(f":{noise}")
    last = before.split(" ")[-1].split(",")[-1]
    return bool(found) and (names is None or last in names)


def _unhooked(unread: Unread) -> bool:
    """Tell whether a sweep cannot serve because the model failed where an input was None."""
    pairs = (pair for state in unread.states for pair in state.inputs)
    absent = any(what.kind == ABSENT and what.fill == "absent" for _, what in pairs)
    return absent and bool(unread.failure)
