"""Verdicts of a run that stopped early: what decided, after how many samples, with bounds that hold whenever one stops."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from noisebench.curve import Verdict
from noisebench.curve._records import number, percent, span
from noisebench.curve._verdict import ENDLESS, Bounds, round_up
from noisebench.gate._found import FAIL, OPEN, PASS, Found, Setting, verdict
from noisebench.gate._line import CLEAN
from noisebench.gate._sequence import bounds
from noisebench.gate._stopping import ABOVE, MISSED, Stopper
from noisebench.gate._trial import Trial, gains
from noisebench.gate._wealth import Floats

ONE_CLASS = (
    "undefined: one answer is right for all samples (one class), so that nothing is above chance"
)

WORST = 10
"""Samples named in a verdict."""

CLAIM = {True: "set", False: "population"}


def verdicts(
    stopper: Stopper, ids: Sequence[str], reproduce: Callable[[str], str]
) -> list[Verdict]:
    """Return what was decided of every demand, in their order.

    Args:
        stopper: after everything that there is was seen.
        ids: in the order of the visit.
        reproduce: sweep to the line that makes its curve again.
    """
    found = []
    for number_, asked in enumerate(stopper.terms.demands):
        trials = [each for each in stopper.trials if each.demand == number_]
        made, full = stopper.calls(number_)
        setting = Setting(
            claim=CLAIM[stopper.terms.finite],
            about=_about(stopper, trials, made, full),
            parts=len(stopper.trials),
            saved={asked.sweep: full - made},
        )
        parts = [_found(stopper, each, ids) for each in trials]
        found.append(verdict(asked, parts, setting, reproduce=reproduce(asked.sweep)))
    return found


def sure(stopper: Stopper, *, at_most: bool) -> tuple[float, float]:
    """Return the chances that a level lies below the lower and above the upper bound."""
    errors = stopper.terms.pass_error, stopper.terms.fail_error
    return errors[::-1] if at_most else errors


def _found(stopper: Stopper, each: Trial, ids: Sequence[str]) -> Found:
    terms = stopper.terms
    n = each.decided or stopper.closed.get(each.demand) or stopper.place
    rows, size = each.data(n), terms.size if terms.finite else None
    n = stopper.count("", CLEAN) if _unheard(stopper, each) else len(rows)
    shown = _bounds(stopper, each, rows, size)
    return Found(
        part=each.part,
        state=each.state if each.state in (PASS, FAIL) and not _broken(stopper, each) else OPEN,
        given_up=each.state == MISSED,
        bounds=shown,
        n=n,
        interval=_interval(stopper, each, shown, n),
        facts=(
            _missed(each),
            _facts(stopper, each, rows),
            _lost(rows),
            _shared(stopper, each),
        ),
        needed=(None, "") if each.state in (PASS, FAIL) else _needed(stopper, each, rows),
        worst=() if _unheard(stopper, each) else _worst(each, rows, ids),
    )


def _shared(stopper: Stopper, each: Trial) -> str:
    """Say what bounds know of other draws where all samples have the same one; here each bound is about these draws."""
    return stopper.terms.shared.get(stopper.terms.demands[each.demand].sweep, "")


def _broken(stopper: Stopper, each: Trial) -> str:
    """Return the error of the noise that a trial is about; nothing where it did not break."""
    return stopper.broken.get(stopper.terms.demands[each.demand].sweep, "")


def _bounds(stopper: Stopper, each: Trial, rows: Floats, size: int | None) -> Bounds:
    reason = _undefined(stopper, each)
    if reason:
        return Bounds(math.nan, math.nan, math.nan, math.nan, reason)
    known = rows[~np.isnan(rows).any(axis=1)]
    value = each.line.level(known) if len(known) else math.nan
    below, above = sure(stopper, at_most=each.line.at_most)
    bets = each.keeps.bets, each.breaks.bets
    low, high = bounds(each.line, rows, size=size, below=below, above=above, bets=bets)
    if each.state:  # the evidence may have been larger before the samples that others needed
        edge = each.part.aim if each.state == MISSED else each.part.level
        keeps_low = (each.state == PASS) != each.line.at_most
        low, high = (max(low, edge), high) if keeps_low else (low, min(high, edge))
    return Bounds(value, low, high, math.nan, "")


def _undefined(stopper: Stopper, each: Trial) -> str:
    """Say why a share of what is above chance means nothing; empty where it means something."""
    if why := _broken(stopper, each):
        return f"not tested: the noise itself failed: {why}"
    if each.state or not each.line.above_chance or stopper.above is not None:
        return ""
    if math.isnan(stopper.chance):
        return "undefined: no chance level is known for this metric"
    if stopper.chance >= 1 - ABOVE:
        return ONE_CLASS
    if stopper.count("", CLEAN) < stopper.terms.size or not stopper.terms.finite:
        return "undefined: it is not shown that the model is above chance"
    clean = float(np.mean(stopper.scores[0]))
    where = "at chance" if clean >= stopper.chance - ABOVE else "worse than chance"
    return f"undefined: the model is {where}"


def _unheard(stopper: Stopper, each: Trial) -> bool:
    """Tell whether the clean data alone show that a part cannot be judged, so that noise was left out."""
    return (
        not each.state
        and each.line.above_chance
        and stopper.hopeless
        and stopper.place < stopper.terms.size
    )


def _interval(stopper: Stopper, each: Trial, shown: Bounds, n: int) -> str:
    size = stopper.terms.size
    if _unheard(stopper, each):
        return f"n = {n:,} of {size:,} without noise, which alone show it, so that noise was left out after {stopper.place}"
    if shown.reason:
        return f"n = {n:,} of {size:,}"
    if stopper.terms.finite and n == size:
        return f"exact: all {size:,} samples were evaluated"
    below, above = sure(stopper, at_most=each.line.at_most)
    levels = dict.fromkeys(percent(round(1 - error, 9)) for error in (below, above))
    return (
        f"interval {span(shown.low, shown.high)}, one-sided {' and '.join(levels)} bounds that hold whenever one stops, "
        f"n = {n:,} of {size:,}"
    )


def _about(stopper: Stopper, trials: Sequence[Trial], made: int, full: int) -> str:
    """Say what the claim is about and what it cost."""
    saved = full - made
    share = percent(float(f"{saved / full:.3g}"))
    cost = (
        f"the run saved {saved:,} of the {full:,} model calls that this gate asks about ({share})"
    )
    if stopper.terms.finite:
        size = f"{stopper.terms.size:,}"
        return f"about these {size} samples under this noise, as a full run would find; {cost}"
    part = trials[0].part
    zone = ""
    if part.aim != part.level:
        zone = f", where a model at the aim of {part.aim:g} is given up {percent(stopper.terms.fail_error)} of the time at most"
    return f"about all samples like these{zone}; {cost}"


def _missed(each: Trial) -> str:
    """Say why a part stays open that was given up."""
    if each.state in (PASS, FAIL) or each.missed is None:
        return ""
    surely = f"it surely misses the aim of {each.part.aim:g}, which is what would have been shown in time"
    return f"{surely}; whether it keeps what is asked would take longer"


def _facts(stopper: Stopper, each: Trial, rows: Floats) -> str:
    """Say what the metric is in the columns of the trial."""
    known = rows[~np.isnan(rows).any(axis=1)]
    scale, told = stopper.terms.scale, []
    if _unheard(stopper, each) and 0 in stopper.scores and not math.isnan(stopper.chance):
        clean, chance = (
            number(scale.score(float(value)))
            for value in (np.nanmean(stopper.scores[0]), stopper.chance)
        )
        return f"{scale.metric} {clean} at severity 0, chance {chance}"
    if not len(known):
        return ""
    for column, mean in zip(each.line.columns, known.mean(axis=0), strict=True):
        shown = number(scale.score(float(mean)))
        if column < 0:
            told.append(f"baseline {shown}")
        else:
            told.append(f"{shown} at {'severity ' if column == CLEAN else ''}{column:g}")
    if each.line.above_chance:
        told.append(f"chance {number(scale.score(stopper.chance))}")
    return f"{scale.metric} {', '.join(told)}"


def _lost(rows: Floats) -> str:
    lost = int(np.isnan(rows).any(axis=1).sum())
    return f"{lost} of {len(rows)} samples left out: no noise came into them" if lost else ""


def _needed(stopper: Stopper, each: Trial, rows: Floats) -> tuple[int | None, str]:
    """Return about how many samples would decide, if they go on as they came."""
    if _undefined(stopper, each):
        return None, "no number of samples is known to decide"
    terms = stopper.terms
    costs = []
    for against, wealth, wanted in (
        (False, each.keeps, 1 / terms.pass_error),
        (True, each.breaks, len(stopper.trials) / terms.fail_error),
    ):
        values = gains(each, rows, against=against)
        steps = np.log1p(wealth.bets.shares * values[:, None] / -wealth.low)
        growth = float(steps.mean(axis=0).max()) if len(steps) else 0.0
        costs.append(math.log(wanted) / growth if growth > 0 else math.inf)
    if min(costs) > ENDLESS:
        return (
            None,
            "the value is too close to the demand: more than ten million samples would decide",
        )
    count = round_up(max(min(costs), len(rows) + 1))
    return count, f"about {count:,} samples would decide, if they go on as these"


def _worst(each: Trial, rows: Floats, ids: Sequence[str]) -> tuple[str, ...]:
    """Return ids of samples that lost most, in the order of the visit among equals."""
    if len(rows) == 0:
        return ()
    after = rows[:, 1 if each.part.kind == "retained" else -1]
    before = rows[:, 0 if each.part.kind == "retained" else -2]
    if each.part.kind == "worse":
        before, after = rows[:, 1], rows[:, 0]
    fell = np.nan_to_num(before - after, nan=0.0)
    order = np.argsort(-fell, kind="stable")
    return tuple(ids[i] for i in order[:WORST] if fell[i] > 0)
