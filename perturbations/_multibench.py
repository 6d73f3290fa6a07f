"""MultiBench's protocol: what its noises share, whatever they are put into.

Why: the protocol is one number for all modalities, and its program departs from what it describes in most of them. Each
noise is what is described, and its docstring names the departures. The level is at once a probability, a spread
and a share, so curves of two modalities cannot be laid over each other: equal levels are not equal harm.
"""

from perturbations._ladder import Ladder
from perturbations._presets import preset
from perturbations.errors import BadSetting, did_you_mean, explain

PRESET = preset(
    "multibench",
    modality=("audio", "image", "tabular", "text", "timeseries"),
    title="The noise levels of MultiBench (Liang et al. 2021), for each modality alone and for all at once",
    note="What the protocol describes on your own data, not what its program does. Severity is its noise level: "
    "severities=[k / 10 for k in range(1, 10)] are its levels 0.1 to 0.9, and severities=10 adds the 1.0 that some of "
    "its data sets have. Each noise names what departs: level 0 leaves every value as it is, samples that are "
    "not chosen stay as they are, spreads are those of the data and not raw units, salt is white, what is swapped is swapped, and no sample "
    "leaves the evaluated set. One number stands for a probability, a spread and a share at once, so the levels of two modalities are "
    "not comparable.",
    joint={"divided_by": 3},
)

LEVEL = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="noise level", high=1.0)
"""The protocol's level, which is the severity itself."""

Parts = tuple[str, ...]
"""Names of what a noise is made of; the protocol makes them all."""


def chosen(parts: Parts, known: Parts) -> Parts:
    """Return the parts that are asked for, each once and in the order of the protocol.

    Raises:
        BadSetting: there is no such part, or none is asked for.
    """
    wrong = [each for each in parts if each not in known]
    if wrong or not parts:
        hint = did_you_mean(str(wrong[0]), known) if wrong else f"parts=[{known[0]}]"
        raise BadSetting(explain(f"some of {', '.join(known)}", "parts", parts, hint))
    return tuple(each for each in known if each in parts)


def within(level: float, divided_by: float) -> float:
    """Return the level that is made of a joint level: the protocol takes a third of it where all inputs are noisy.

    Raises:
        BadSetting: the divisor is below 1.
    """
    if not divided_by >= 1:
        hint = "1 is the level itself; the joint sweep of affect data sets takes 3"
        raise BadSetting(explain("a number of at least 1", "divided_by", divided_by, hint))
    return level / divided_by
