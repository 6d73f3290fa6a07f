"""Which noise stands for which, in plain words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.modalities._sentences import sentence
from noisebench.modalities._words import listed

if TYPE_CHECKING:
    from noisebench.affinity._affinity import Affinity, Predictor, Transfer

CLEAN = "clean"

MOST = 4
"""Findings of one kind that are told."""


def findings(found: "Affinity") -> tuple[str, ...]:
    """Return what was found: of the natural noise first, then which noises stand for which, then what it costs."""
    told = (*_natural(found), *_own(found), *_others(found), *_cover(found), *_harm(found))
    return tuple(map(sentence, told))


def unanswered(found: "Affinity") -> tuple[str, ...]:
    """Return what cannot be said."""
    return tuple(sentence(f"cannot be said: {each.what}: {each.why}") for each in found.unsaid)


def _natural(found: "Affinity") -> Iterator[str]:
    natural = found.natural
    if natural is None or not found.predictors:
        return
    own = found.transfers.get((natural, natural))
    if own is not None:
        yield f"training on {_called(natural)} gains {own.gain.text} {found.metric} under it"
    trained = [each for each in found.predictors if each.gain is not None]
    helping = [each for each in trained if found.transfers[each.noise, natural].helps]
    if trained and not helping:
        best = trained[0]
        yield (
            f"no synthetic noise surely helps against {_called(natural)}; the best is {best.noise}: "
            f"{best.gain.text if best.gain else ''}"
        )
    if helping:
        yield _best(helping, found)
    ranked = [each for each in found.predictors if each.models is not None]
    if ranked:
        yield _ranked(ranked, found)


def _best(helping: "list[Predictor]", found: "Affinity") -> str:
    best = helping[0]
    assert best.gain is not None
    share = (
        ""
        if best.recovered is None
        else f", {_share(best.recovered)} of what the natural noise itself gains"
    )
    said = f"of {len(found.predictors)} synthetic noises, training on {best.noise} helps most against {_called(found.natural)}: {best.gain.text}{share}"
    if best.recovered is not None and best.recovered.high < 1:
        said += "; so synthetic noise does not stand for it"
    return said


def _ranked(ranked: "list[Predictor]", found: "Affinity") -> str:
    best = max(ranked, key=lambda each: each.models.value if each.models else -1.0)
    assert best.models is not None
    sure = "orders" if best.models.low > 0 else "may order"
    return (
        f"{best.noise} {sure} the models most as {_called(found.natural)} does: {best.models.text}"
    )


def _called(natural: str | None) -> str:
    return "the natural noise" if natural == "natural" else f"the natural noise {natural}"


def _own(found: "Affinity") -> Iterator[str]:
    """Tell what training on a noise does against itself."""
    own = [found.transfers[each, each] for each in found.noises if (each, each) in found.transfers]
    helping = sorted((e for e in own if e.helps), key=lambda each: -each.gain.value)
    if own and not helping:
        yield f"training on none of {len(own)} noises surely helps against itself"
    if helping:
        first = helping[0]
        yield (
            f"training on a noise surely helps against itself for {len(helping)} of {len(own)} noises, most for "
            f"{first.target}: {first.gain.text} {found.metric}"
        )


def _others(found: "Affinity") -> Iterator[str]:
    """Tell which noises help against others."""
    cells = [
        each
        for each in found.transfers.values()
        if each.helps and each.source != each.target and found.natural not in (each.source, each.target)
        and CLEAN not in (each.source, each.target)
    ]  # fmt: skip
    pairs = [1 for a in found.noises for b in found.targets if b not in (a, CLEAN)]
    if not cells:
        if pairs:
            yield f"none of {len(pairs)} trainings surely helps against another noise than its own"
        return
    best = sorted(cells, key=lambda each: -each.gain.value)
    parts = "; ".join(_helps(each) for each in best[:MOST])
    yield f"{len(cells)} of {len(pairs)} trainings surely help against another noise than their own: {parts}"


def _helps(each: "Transfer") -> str:
    share = "" if each.recovered is None else f", {_share(each.recovered)} of its own"
    return f"{each.source} against {each.target} ({number(each.gain.value)} {span(each.gain.low, each.gain.high)}{share})"


def _cover(found: "Affinity") -> Iterator[str]:
    if not found.cover:
        return
    wanted = [
        e for e in found.noises
        if e != "natural" and (e, e) in found.transfers and found.transfers[e, e].helps
    ]  # fmt: skip
    if len(wanted) > 1:
        yield (
            f"training on {listed(found.cover)} has at least 80 % of what training on each of {len(wanted)} noises itself "
            "gains, as far as any can stand for another"
        )


def _harm(found: "Affinity") -> Iterator[str]:
    """Tell what noise in training costs on clean data."""
    cells = [
        found.transfers[each, CLEAN] for each in found.noises if (each, CLEAN) in found.transfers
    ]
    harming = sorted((each for each in cells if each.harms), key=lambda each: each.gain.value)
    if harming:
        parts = listed(
            f"{e.source} ({number(e.gain.value)} {span(e.gain.low, e.gain.high)})"
            for e in harming[:MOST]
        )
        yield f"on clean data, {len(harming)} of {len(cells)} trainings surely cost {found.metric}: {parts}"


def _share(found: Estimate) -> str:
    low, value, high = (f"{100 * each:.0f}" for each in (found.low, found.value, found.high))
    return f"{value} % [{low}, {high}]"


def ground(found: "Affinity") -> str:
    """Write what the numbers rest on."""
    return f"{percent(found.confidence)} intervals, n = {found.n}, severity {found.at:g}"
