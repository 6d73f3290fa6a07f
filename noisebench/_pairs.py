"""The selection `pairs`: two noises at once, with each of them alone, to see whether their losses add up.

    pairs(image/fog, image/jpeg-compression, image/contrast, at=0.4)       every two of them, in both orders
    pairs(image/fog@0.31, image/contrast@0.62, speech:audio/clipping@1)    each at a severity or dose of its own
    pairs(image/fog@0.3, image/jpeg-compression@0.6, order=listed)         only in the order of the list: that of the world
    pairs(image/fog, image/contrast, at=0.4, itself=yes)                   and every noise after itself

Noises on one input come one after the other; noises on different inputs come together, and have no order.

Why: what two noises do together does not follow from what each does, and the cells that show it must fit together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from noisebench._grammar import Part, Sweep, parse_sweeps, split
from noisebench._obstacle import obstacle
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations.errors import did_you_mean, explain

WORD = "pairs"

BOTH, LISTED = "both", "listed"
SETTINGS = {"at": (), "order": (BOTH, LISTED), "itself": ("no", "yes")}
"""Words in the brackets that are no noise, with what they may be."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    noises: tuple[Part, ...]
    listed: bool
    itself: bool


def is_pairs(item: str) -> bool:
    """Tell whether a selection is this one."""
    return item.partition("(")[0].strip() == WORD


def pair_sweeps(item: str, dataset: Dataset) -> tuple[list[Sweep], dict[str, str]]:
    """Return the sweeps of pairs of noises, and what of them cannot run, with reasons.

    Raises:
        PlanError: the brackets say something unknown, name fewer than two noises, or leave a severity open.
    """
    wanted = _read(item, dataset)
    sweeps: dict[str, Sweep] = {}
    skipped: dict[str, str] = {}
    for sweep in _sweeps(wanted):
        reason = obstacle(sweep, dataset)
        if reason is None:
            sweeps[str(sweep)] = sweep
        else:
            skipped[str(sweep)] = reason
    return list(sweeps.values()), skipped


def _sweeps(wanted: _Wanted) -> Iterator[Sweep]:
    """Yield each noise alone and after itself, then with all before it: a longer list begins with the same sweeps."""
    for number, part in enumerate(wanted.noises):
        yield Sweep((part,))
        if wanted.itself:
            yield after(part, part)
        for earlier in wanted.noises[:number]:
            yield from together(earlier, part, listed=wanted.listed)


def together(first: Part, second: Part, *, listed: bool = False) -> tuple[Sweep, ...]:
    """Return two noises at once: in both orders where they share an input, else the one sweep in which they act at the same time."""
    if set(first.inputs).isdisjoint(second.inputs):
        return (Sweep((first, second)),)
    orders = (after(first, second), after(second, first))
    return orders[:1] if listed else orders


def after(first: Part, second: Part) -> Sweep:
    """Return one noise, then another."""
    return Sweep((replace(first, position=0), replace(second, position=1)))


def _read(item: str, dataset: Dataset) -> _Wanted:
    _, opened, inside = item.strip().partition("(")
    if opened and not inside.endswith(")"):
        raise PlanError(explain("a closing bracket", "perturbation", item))
    texts = _items(inside[:-1]) if opened else []
    given = dict(filter(None, map(_setting, texts)))
    _check(given, item)
    names = [text for text in texts if _setting(text) is None]
    noises = [part for name in names for part in _parts(name, given.get("at", ""), dataset, item)]
    same = [str(part) for part in noises]
    if len(noises) < 2 or len(set(same)) < len(same):
        hint = f"such as {WORD}(image/fog, image/contrast, at=0.4)"
        raise PlanError(explain("two different noises or more", "perturbation", item, hint))
    return _Wanted(tuple(noises), given.get("order") == LISTED, given.get("itself") == "yes")


def _items(inside: str) -> list[str]:
    """Split noises and settings at commas; inputs of noise between them are listed with commas, too: `a,b:crossmodal/...`."""
    found: list[str] = []
    for piece in filter(None, split(inside, ",")):
        goes_on = bool(found) and not set(found[-1]) & set("/=")
        found[-1:] = [f"{found[-1]},{piece}"] if goes_on else [*found[-1:], piece]
    return found


def _setting(text: str) -> tuple[str, str] | None:
    """Return name and value of a setting; None for a noise, which has a sign before its first `=`."""
    name, sign, value = (piece.strip() for piece in text.partition("="))
    return (name, value) if sign and not set(name) & set("/:@(") else None


def _check(given: Mapping[str, str], item: str) -> None:
    for name, value in given.items():
        if name not in SETTINGS:
            hint = (
                f"{did_you_mean(name, SETTINGS)}; such as {WORD}(image/fog, image/contrast, at=0.4)"
            )
            raise PlanError(
                explain(f"noises, at=, order= or itself= in {WORD}(...)", "setting", name, hint)
            )
        known = SETTINGS[name]
        if known and value not in known:
            raise PlanError(explain(f"{name}={' or '.join(known)}", "perturbation", item))


def _parts(text: str, at: str, dataset: Dataset, item: str) -> Sequence[Part]:
    """Return a noise at its severity, one for each input that it may be meant for."""
    fixed = text if len(split(text, "@")) > 1 or not at else f"{text}@{at}"
    found = parse_sweeps(fixed, dataset)
    for sweep in found:
        if len(sweep.parts) > 1:
            raise PlanError(explain(f"single noises in {WORD}(...)", "noise", text))
        if sweep.free is not None:
            hint = f"write at=0.4 for all, or {text}@0.4"
            raise PlanError(explain(f"a severity for {text}", "perturbation", item, hint))
    return [sweep.parts[0] for sweep in found]


def selection(parts: Sequence[Part], *, itself: bool = False, listed: bool = False) -> str:
    """Write the selection of these noises, each at its severity."""
    words = [*map(str, parts)]
    words += [f"order={LISTED}"] if listed else []
    words += ["itself=yes"] if itself else []
    return f"{WORD}({', '.join(words)})"
