"""Noise in several inputs of one sample at once: by chance, from one cause, or one only where the other has none."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, Peers, get, perturbation
from perturbations.crossmodal._inputs import check_word
from perturbations.crossmodal._joined import Surroundings, chains_of, noised
from perturbations.crossmodal._reference import CrossReference
from perturbations.errors import BadSetting, NotApplicable, explain

Value = Mapping[str, Any]

CAUSES = ("independent", "common", "opposed")
WEATHERS = ("fog", "rain", "snow")
_OUTSIDE = ("image", "video", "pointcloud")
"""Modalities of sensors that stand in the weather."""


@perturbation(coupling="transform", measure="hit")
def joint(
    value: Value,
    draw: Draw,
    *,
    strength: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="highest severity of a part", high=1.0),
    noises: str = "",
    cause: str = "independent",
    facts: Mapping[str, Any],
    reference: CrossReference | None = None,
    peers: Peers | None = None,
) -> Noisy:
    """Several inputs are noisy at once, and how bad each is hangs together as `cause` says.

    Each part is a noise of its own input, at the severity strength * U with U uniform in [0, 1) for every sample. independent:
    a U of its own for each input. common: one for all, as of one storm: the same samples are hit in all inputs, equally
    hard. opposed: U and 1 - U of two inputs: one is bad where the other is good. In all three each input alone sees the same
    severities as often, so that curves differ by the dependence alone. Parts act on different inputs, so that their order
    does not matter; noises within one input act in the order in which they are written.

    Severity: the highest severity of the parts; their mean is half of it.

    Settings:
        noises: which noise goes into which input, such as "camera=image/fog,lidar=pointcloud/fog"; several in one input are
            written in their order, "camera=image/fog > image/jpeg-compression". When it is empty, the noise that stands for
            each input's modality.
        cause: independent, common or opposed.

    Raises:
        BadSetting: the noises cannot be read or do not fit the inputs, an input is named twice, there is no such cause, or
            opposed noises are not two.
        NotApplicable: fewer than two inputs have a noise, or a noise has no meaning for its input.

    References:
        Nelsen, An Introduction to Copulas, 2nd ed. (2006), 2.2: product, upper and lower Frechet bound.
        Beemelmanns et al., MultiCorrupt, IV 2024, in which both sensors fail together by the accident of separate draws.
    """
    check_word(cause, CAUSES, "cause")
    chains = chains_of(noises, value, facts)
    if cause == "opposed" and len(chains) != 2:
        hint = 'name two with noises="a=...,b=...", or use cause=independent'
        raise BadSetting(explain("two noises that are opposed", "inputs", list(chains), hint))
    parts = _parts(draw, cause, len(chains))
    severities = {name: strength * part for name, part in zip(chains, parts, strict=True)}
    return noised(value, chains, severities, Surroundings(draw, facts, reference, peers))


@perturbation(coupling="transform", measure="hit", requires=("image",))
def weather(
    value: Value,
    draw: Draw,
    *,
    strength: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="highest severity", high=1.0),
    kind: str = "fog",
    facts: Mapping[str, Any],
) -> Noisy:
    """One weather for all sensors that stand in it: the fog that the camera is in is the fog that the lidar is in.

    Every picture, clip and cloud gets the weather of its modality, such as image/fog, video/fog and pointcloud/fog, at the
    same severity: strength * U with one U uniform in [0, 1) for every sample. Sounds, series, texts and tables stay.

    Severity: the highest severity of the weather; its mean is half of it.

    Settings:
        kind: fog, rain or snow.

    Raises:
        BadSetting: there is no such weather.
        NotApplicable: fewer than two inputs stand in the weather.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection to Common Corruptions, CVPR 2023: weather on camera and lidar.
    """
    check_word(kind, WEATHERS, "kind")
    kinds = {name: str((facts.get(name) or {}).get("modality", "")) for name in value}
    chains = {name: (get(f"{each}/{kind}"),) for name, each in kinds.items() if each in _OUTSIDE}
    if len(chains) < 2:
        hint = "one sensor alone has image/fog, video/fog or pointcloud/fog"
        raise NotApplicable(explain("two sensors in the weather", "inputs", list(chains), hint))
    severity = strength * float(draw.uniform(stream="cause"))
    around = Surroundings(draw, facts, None, None)
    return noised(value, chains, dict.fromkeys(chains, severity), around)


def _parts(draw: Draw, cause: str, count: int) -> list[float]:
    """Return the part of the highest severity that each input has."""
    if cause == "independent":
        return [float(each) for each in draw.uniform(count, stream="causes")]
    common = float(draw.uniform(stream="cause"))
    return [common] * count if cause == "common" else [common, 1.0 - common]
