"""What a kind of data has to say so that noise can be put into it: its value contract.

Why: every rule about values of a modality lives in one place, `perturbations/<modality>/_modality.py`, as one
`MODALITY`; the decorator, the law suite, `distance` and the bench read it and know no modality by name.
"""

import importlib
import pkgutil
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.errors import UnknownPerturbation, did_you_mean, explain


class Reference(Protocol):
    """Statistics of the clean data, fitted once and frozen."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back to an equal reference."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reference":
        """Read what `to_json` returned."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the input besides its value."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    reference: Any = None
    native: bool = False
    """Whether the noise works on the dtype as given."""
    missing: bool = False
    """Whether the noise may put missing values in."""
    scans: bool = False
    """Whether the noise itself refuses numbers that are not finite, so that `check` need not look for them."""


class Measure(NamedTuple):
    """A way to say how far a noisy value is from the clean one."""

    unit: str
    sign: int
    """+1 when larger means more distorted, -1 when smaller does."""
    told: bool = False
    """Whether it comes from the noise's report, under its name, because values do not show it: an offset, an angle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modality:
    """The value contract of a kind of data.

    Every function that takes `batched` gets one value when it is False and n stacked values (a leading axis, or the
    whole container of a columnar modality) when it is True.
    """

    name: str
    check: Callable[[Any, Context, bool], None]
    """check(value, context, batched): raise BadValue unless the value belongs to the modality."""
    encode: Callable[[Any, Context, bool], tuple[Any, Any]]
    """encode(value, context, batched) -> (working form, token for decode); must not copy without need."""
    decode: Callable[[Any, Any, Context, bool], Any]
    """decode(working, token, context, batched) -> value like the one encoded: clipped, rounded, same dtype and layout."""
    told: Callable[[Any, Any, Any], Mapping[str, Any]] | None = None
    """told(working value, noisy one, token) -> what `decode` does to it, for the report of one value: how much is cut off."""
    measures: Mapping[str, Measure]
    """Distances by name; the first is the default measure of distortion."""
    distance: Callable[[Any, Any, Context], dict[str, float]]
    """distance(clean, noisy, context) of one pair of values, in every measure."""
    edges: Callable[[], dict[str, Any]]
    """Values at the edge of the contract by name, all of them valid, for the law suite."""
    corpus: Callable[[int], list[Any]]
    """corpus(n): realistic clean values, for the law suite; at most what exists."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts of the corpus and of the edge values."""
    signature: Callable[[Any], Hashable] = type
    """Values of equal signature can be stacked."""
    stack: Callable[[Sequence[Any]], Any] | None = None
    """Stack values of equal signature; None when values of the modality are never stacked."""
    unstack: Callable[[Any], list[Any]] = list
    many: Callable[[Callable[[Any, Draw], Any], Sequence[Any], Draw, bool], list[Any]] | None = None
    """many(make, values, draw of all, batched) -> noisy values: how noise gets into a list of values that are never
    stacked; then a batched noise also takes one value as it is. None: one by one."""
    fit: Callable[[Sequence[Any], Mapping[str, Any]], Any] | None = None
    """fit(values, facts) -> Reference of clean values."""
    read_reference: Callable[[Mapping[str, Any]], Any] | None = None
    """read_reference(plain data) -> Reference, the inverse of its to_json."""
    columnar: bool = False
    """Whether a batch is one container with a row per sample (a table) rather than a stack."""
    distances: Callable[[Any, Any, Context], list[dict[str, float]]] | None = None
    """distances(clean, noisy, context) of every row of two containers, for a columnar modality; all measures of a row are 0
    when it came out as it went in."""
    describe: Callable[[Any, Mapping[str, Any]], Mapping[str, str]] | None = None
    """describe(values, facts) -> what was understood of values that leave room for doubt, in words by heading."""
    bad: Callable[[], dict[str, Any]] = dict
    """Values that `check` refuses, by name, for the law suite."""
    held: Callable[[Any, Any], tuple[Any, Any]] | None = None
    """held(working form, what the noise made of it) -> the arrays of both that the declaration is held against; None
    where working forms are arrays."""
    guard: Callable[[Context], Callable[[Any, Any], Noisy] | None] | None = None
    """guard(context) -> f(working value, what the noise made of it): takes noise off the places that the facts protect;
    None where they protect nothing. Raises BadValue for facts that are malformed."""
    align: Callable[[Any, Any], Any] | None = None
    """align(clean, noisy) -> mapping that moves targets, for a noise that gives none."""
    labels: Callable[[int], Mapping[str, Sequence[Any]]] | None = None
    """labels(n): labels of the corpus by name, for noise that goes by them, such as "class"."""
    families: tuple[str, ...] = ()
    """Families of noise in their natural order, such as the way of the light; families not named come last."""


@cache
def modality(name: str) -> Modality:
    """Return the contract of a modality.

    Raises:
        UnknownPerturbation: there is no such modality.
    """
    if name not in modalities():
        hint = did_you_mean(name, modalities())
        raise UnknownPerturbation(explain("a modality", "name", name, hint))
    found: Modality = importlib.import_module(f"perturbations.{name}._modality").MODALITY
    return found


@cache
def modalities() -> tuple[str, ...]:
    """Return the names of all modalities: the folders of this package."""
    import perturbations

    return tuple(
        sorted(
            m.name
            for m in pkgutil.iter_modules(perturbations.__path__)
            if m.ispkg and m.name[0] != "_"
        )
    )
