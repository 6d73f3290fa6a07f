"""Says how the numbers came about and what they do not show."""

from collections.abc import Mapping
from typing import Any

from noisebench import _bisected, _locate
from noisebench._stopped import BISECT, LOCATE
from noisebench.metrics import names
from noisebench.report import _numbers
from noisebench.report._words import Ground, plural

_ARGUMENTS = (
    "perturbations", "metric", "severities", "replicates", "seed", "batch_size", "distortion",
    "confidence", "bootstrap",
)  # fmt: skip
"""What decides the numbers of an audit; a batch may, in a model's rounding."""

WORDS = {BISECT: _bisected.method_words, LOCATE: _locate.method_words}
"""Kind of a run with a budget to what says how it sampled, and what its bands are."""

LIMITS = (
    "Synthetic noise is not field data: a curve says how the model reacts to this noise, made this "
    "way, on these samples. It does not say how often such noise occurs where the model is used.",
    "Severities of different noises are not the same amount of harm; compare doses and distortions, "
    "and compare areas only as shares of each noise's own published range.",
    "Bands cover the sampling of the data, not errors in its labels or a change of the population.",
)


def method(
    confidence: str, seed: str, ground: Ground, budget: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Say how the numbers came about; `budget` is that of a run that stops early."""
    sampled = (
        f"Every sample was evaluated clean and at every severity ({ground.samples()}, "
        f"{plural(ground.replicates, 'replicate')}, seed {seed}), so all comparisons are paired."
    )
    bands = (
        f"Bands are simultaneous {confidence} bands over all severities of a curve. {_units(ground)} "
        f"are resampled; for 0/1 scores the levels of the band come from exact "
        f"binomial intervals."
    )
    if budget and budget["mode"] in WORDS:
        sampled, bands = WORDS[budget["mode"]](confidence)
    elif budget:
        sampled, bands = _stopping(confidence, seed, ground, budget)
    return (
        sampled,
        "The noise of a sample is a keyed function of seed, noise, input, sample id and replicate: it "
        "does not depend on batch, order, worker or machine, and a higher severity makes the same "
        "noise stronger instead of drawing a new one.",
        bands,
        "Retained performance is (value − chance) / (clean − chance), where chance is the best constant "
        "answer on these targets. The area is its mean over severity 0 to 1, or over equal doses where they were measured. A tolerance is the "
        "severity at which a tenth of it is lost; “> 1” means that never happened.",
        "Several noises are compared here. What the worst of them costs on average has an interval that "
        "allows for the choice; bands of single noises do not.",
    )


def _stopping(
    confidence: str, seed: str, ground: Ground, budget: Mapping[str, Any]
) -> tuple[str, str]:
    """Say how a run that stops early sampled, and what its bands are."""
    sampled = (
        f"Samples were visited in a random order that the contents of the data fix ({plural(ground.replicates, 'replicate')}, "
        f"seed {seed}); only severities that a gate asks about were run, each until every gate that needs it was decided. All "
        "comparisons are paired. Gates are decided by bets against the demand and against its opposite: the wealth of a bettor who "
        "is wrong stays small however often one looks, so looking at every sample costs nothing."
    )
    about = (
        f"what all samples of this test set would give ({_numbers.percent(float(budget['pass_error']))} error each way)"
        if budget["claim"] == "set"
        else f"all samples like these ({_numbers.percent(float(budget['pass_error']))} for passing wrongly, "
        f"{_numbers.percent(float(budget['fail_error']))} for failing a model that keeps what is asked, and for giving up one that reaches the aim)"
    )
    bands = (
        f"Bands are simultaneous {confidence} confidence sequences: they hold at every moment at once, so also at the one at which "
        f"sampling stopped. They and the gates are about {about}."
    )
    return sampled, bands


def _units(ground: Ground) -> str:
    return "Samples" if ground.groups is None else f"The {plural(ground.groups, 'declared group')}"


def command(header: Mapping[str, Any]) -> str:
    """Return what makes the audit again: the command that made it, else the call in Python."""
    given = header.get("command")
    if given:
        return str(given)
    config: Mapping[str, Any] = header.get("config") or {}
    metrics = [str(each["name"]) for each in header.get("metrics") or ()]
    scored = ", ".join(map(_metric, metrics)) or repr(config.get("metric", "accuracy"))
    said = {"metric": f"[{scored}]" if len(metrics) > 1 else scored}
    shown = [
        f"{name}={said.get(name) or repr(config[name])}" for name in _ARGUMENTS if name in config
    ]
    lines = ["nb.audit(", "    model,", "    data,", *(f"    {each}," for each in shown), ")"]
    return "\n".join(lines)


def _metric(name: str) -> str:
    """Return a metric as it is given: ours by name, a user's own as the function."""
    return repr(name) if name in names() else name.replace("-", "_")


def nondeterminism(header: Mapping[str, Any]) -> str:
    """Say how far the model's own answers vary on identical input."""
    found = header.get("nondeterminism")
    if not isinstance(found, Mapping) or not found.get("samples"):
        return "Whether the model answers identical input identically was not measured."
    again = f"{plural(int(found['samples']), 'clean sample')} predicted a second time"
    changed, gap = float(found.get("changed", 0)), float(found.get("score_difference", 0))
    if not changed and not gap:
        return f"With {again}, the model gave identical answers."
    return (
        f"With {again}, {_numbers.percent(changed)} of the answers differed and scores by up to "
        f"{_numbers.number(gap)}: differences of that size are the model's own, not the noise's."
    )
