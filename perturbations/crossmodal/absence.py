"""Inputs that are not there: a camera off, a microphone unplugged, a field never sent."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations.crossmodal._clients import client_of
from perturbations.crossmodal._inputs import check_burst, check_word
from perturbations.crossmodal._loss import as_before, check_remaining, demanded, to_lose, without
from perturbations.crossmodal._reference import CrossReference
from perturbations.crossmodal._sequence import GROUP, NOWHERE, bursts, recorded
from perturbations.crossmodal._stand_in import OWN_FILLS
from perturbations.errors import BadSetting, NotApplicable, explain

Value = Mapping[str, Any]


@perturbation(coupling="mask", missing=True, measure="changed")
def missing_input(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    fill: str = "absent",
    lost: int = 1,
    by: str = GROUP,
    facts: Mapping[str, Any] | None = None,
    reference: CrossReference | None = None,
    peers: Peers | None = None,
) -> Noisy | Value:
    """The last input is gone, the others are right; `fill` says what the model gets in its place.

    Every sample loses it on its own (MCAR). At least one input remains: by the order in which they are named, any of them
    but all can be lost. An input that is None already stays so.

    Severity: the probability that a sample loses the input.

    Settings:
        fill: absent: None. zeros: zeros of the same shape, an empty text, a row of zeros without categories. empty: a text,
            sound, series or cloud without anything in it. mean: the mean of each channel over the clean data, the same at
            every place (a picture of one colour, a constant signal; a row of column means and most frequent categories);
            text has none. last: that of the latest sample before in the data set, or in the sample's group, that was not
            lost itself; the first one is never lost. learned: what the model's own hook `absent` puts there.
        lost: how many of the inputs named, from the last, are lost together.
        by: for fill=last, the labels that tell sequences apart: "group" (one sequence where no groups are declared), or a slice.

    Raises:
        BadSetting: `fill` is another word, or no input would be lost, or none remain.
        NotApplicable: the content has no zero or no mean, or the inputs that would remain are missing already.
        MissingPeers: fill=last, and the data is a stream.

    References:
        Ma et al., Are Multimodal Transformers Robust to Missing Modality?, CVPR 2022.
    """
    names = to_lose(value, fill, lost)
    if not names or draw.uniform(stream="where") >= share:
        return value
    if fill == "last":
        gone = bursts(demanded(peers), by, draw, share, 1.0)
        return as_before(value, names, draw, gone, peers, by)
    return without(value, names, fill, facts, reference)


@perturbation(coupling="mask", missing=True, measure="changed")
def missing_in_bursts(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.6, unit="share of samples", high=1.0),
    burst: float = 4.0,
    fill: str = "absent",
    lost: int = 1,
    by: str = GROUP,
    facts: Mapping[str, Any] | None = None,
    reference: CrossReference | None = None,
    peers: Peers,
) -> Noisy | Value:
    """The last input fails for several samples in a row: a connector, a driver, a tunnel.

    Samples follow each other as the data set has them, in each group on its own. A two-state chain loses them in runs of
    geometric length; the share is lost in expectation. A sample lost at one severity is lost at every higher one.

    Severity: the expected share of samples that lose the input.

    Settings:
        burst: mean length of a run in samples; 1 / (1 - share) where that is longer.
        fill: absent, zeros, empty, mean, last or learned, as in missing-input; the first of a sequence keeps its own with last.
        lost: how many of the inputs named, from the last, are lost together.
        by: labels that tell sequences apart: "group" (one sequence where no groups are declared), or a slice.

    Raises:
        BadSetting: `fill` is another word, `burst` is below 1, or no input would be lost, or none remain.
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream, which has no order to look back in.
        NotApplicable: the content has no zero or no mean, or the inputs that would remain are missing already.

    References:
        Gilbert, Capacity of a Burst-Noise Channel, Bell System Technical Journal 39 (1960).
    """
    check_burst(burst)
    names = to_lose(value, fill, lost)
    place = recorded(peers, by, draw).place(draw)
    gone = bursts(peers, by, draw, share, burst)
    alone = place == NOWHERE and draw.uniform(stream="where") < share
    if not names or not (alone or (place != NOWHERE and gone[place])):
        return value
    if fill == "last":
        return as_before(value, names, draw, gone, peers, by)
    return without(value, names, fill, facts, reference)


@perturbation(coupling="mask", missing=True, measure="changed")
def missing_by_client(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    concentration: float = 1.0,
    fill: str = "absent",
    by: str = GROUP,
    facts: Mapping[str, Any] | None = None,
    reference: CrossReference | None = None,
    peers: Peers,
) -> Noisy | Value:
    """Every client lacks sensors of its own: one has no lidar, one a camera that often fails, one has all.

    A client c loses an input in a share of its samples drawn from Beta(k s, k (1 - s)), whose mean is the dose s and whose
    variance is s (1 - s) / (k + 1); which one is drawn by shares of its own from a symmetric Dirichlet distribution of total
    k over all inputs named. With a small concentration k clients differ as much as can be; with a large one all are alike and
    every input is lost as often. One input is lost at a time. A sample lost at one severity loses the same at every higher.

    Severity: the expected share of samples that lose an input.

    Settings:
        concentration: k, above 0.
        fill: absent, zeros, empty, mean or learned, as in missing-input.
        by: labels that say whose a sample is: "group", or a slice.

    Raises:
        BadSetting: the concentration is not above 0, or `fill` is another word.
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream.
        NotApplicable: the content has no zero or no mean, or the sample has fewer than two inputs.

    References:
        Zheng et al., AutoFed, MobiCom 2023: clients of a federation that lack sensors; the distributions are ours.
        Hsu, Qi and Brown, arXiv:1909.06335 (2019): Dirichlet shares for clients that differ.
    """
    if not 0 < concentration < float("inf"):
        hint = "below 1 clients lack one sensor or none; above 10 they are much alike"
        raise BadSetting(explain("a number above 0", "concentration", concentration, hint))
    check_word(fill, OWN_FILLS, "fill")
    present = [name for name in value if value[name] is not None]
    if len(present) < 2:
        expected = "two inputs that are there"
        raise NotApplicable(explain(expected, "inputs", present, "leave the sample out"))
    client = client_of(peers, by, draw, concentration, len(value))
    if draw.uniform(stream="where") >= client.rate(share):
        return value
    name = list(value)[client.which(float(draw.uniform(stream="which")))]
    return without(value, [name], fill, facts, reference) if name in present else value


@perturbation(coupling="mask", missing=True, measure="hit")
def missing_independently(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.5, 0.7, unit="share of each input", high=1.0),
    fill: str = "absent",
    facts: Mapping[str, Any] | None = None,
    reference: CrossReference | None = None,
) -> Noisy | Value:
    """Every input fails on its own, so that any of them, or several, may be gone at once; one always remains.

    Each of the M inputs named is lost with the probability of the dose s, independently; where all would be lost, the one that
    would be lost last remains. So each is lost in s - s^M / M of the samples. What is lost at one severity is lost at every
    higher one.

    Severity: the probability that an input is lost, as long as another one remains.

    Settings:
        fill: absent, zeros, empty, mean or learned, as in missing-input.

    Raises:
        BadSetting: `fill` is another word.
        NotApplicable: the content has no zero or no mean, or nothing is there that could remain.

    References:
        Ma et al., Are Multimodal Transformers Robust to Missing Modality?, CVPR 2022.
    """
    check_word(fill, OWN_FILLS, "fill")
    check_remaining(value, ())
    present = [name for name in value if value[name] is not None]
    numbers = draw.uniform(len(value), stream="where")
    number = {name: float(u) for name, u in zip(value, numbers, strict=True) if name in present}
    survivor = max(number, key=lambda name: number[name])
    gone = [name for name in present if number[name] < share and name != survivor]
    return without(value, gone, fill, facts, reference) if gone else value
