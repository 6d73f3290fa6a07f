"""Streams that no longer belong together: shuffled files, lost keys, crossed wires."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations._derangement import Pairing, pairing
from perturbations.crossmodal._inputs import check_count, fact, last, put
from perturbations.crossmodal._labels import UNLABELLED, codes_of
from perturbations.crossmodal._neighbours import neighbours
from perturbations.crossmodal._partners import alike, apart, exchange
from perturbations.errors import BadValue, NotApplicable, explain

Value = Mapping[str, Any]


@perturbation(coupling="mask", measure="changed")
def mispairing(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    peers: Peers,
) -> Noisy | Value:
    """The last input comes from another sample, the others are right: a record is put together wrongly.

    One keyed cycle through all ids of the data set gives every sample its partner; a chosen sample has its partner's
    last input at every severity. At 1 every sample is mispaired and every content is still seen exactly once.

    Severity: the probability that a sample is mispaired.

    Raises:
        MissingPeers: the data is a stream, which has no other samples to take from.
        NotApplicable: the data set has fewer than two samples.

    References:
        Gat et al., Perceptual Score, NeurIPS 2021: a modality's contents permuted across samples.
        Sattolo, Inf. Process. Lett. 22 (1986): random cyclic permutations.
    """
    return _of_partner(value, draw, share, pairing(peers, draw))


@perturbation(coupling="mask", measure="changed")
def swapped_pairs(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    peers: Peers,
) -> Noisy | Value:
    """Two samples exchange their last inputs: two captions are swapped, two files have each other's name.

    A keyed matching gives every sample the one that it may exchange with; both are swapped, or neither. So every content is
    seen exactly once at every severity, where mispairing repeats some and loses others. Of an odd number of samples one
    has nobody to exchange with.

    Severity: the probability that a sample is swapped.

    Raises:
        MissingPeers: the data is a stream, which has no other samples to exchange with.
        NotApplicable: the data set has fewer than two samples, or the sample is the one that is left over.

    References:
        Thrush et al., Winoground, CVPR 2022: two images and two captions, matched the wrong way round.
    """
    found = pairing(peers, draw, rule="exchange", partners=exchange())
    if not found.has_partner(draw):
        hint = "the number of samples is odd; leave one out"
        raise NotApplicable(explain("a sample to exchange with", "samples", len(peers), hint))
    return _of_partner(value, draw, share, found, where=found.together(draw))


@perturbation(coupling="mask", measure="changed")
def same_class(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    by: str = "class",
    peers: Peers,
) -> Noisy | Value:
    """The last input comes from another sample of the same class: the wrong recording of the right word.

    One keyed cycle through each class; at 1 every content is still seen exactly once. A model that joins inputs by what they
    mean does as well as before; one that needs them to be of one moment does not.

    Severity: the probability that a sample is mispaired.

    Settings:
        by: name of the labels that say which samples are of one class: a slice of the data set, or "group".

    Raises:
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream.
        NotApplicable: the sample is the only one of its class, or has no label.

    References:
        Gat et al., Perceptual Score, NeurIPS 2021.
    """
    codes = codes_of(peers, by)
    found = pairing(peers, draw, rule=f"alike {by}", partners=alike(codes))
    if not found.has_partner(draw):
        hint = f"name other labels with by=; samples are compared by their {by!r}"
        raise NotApplicable(explain("another sample of the same class", "by", by, hint))
    return _of_partner(value, draw, share, found)


@perturbation(coupling="mask", measure="changed")
def conflict(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    by: str = "class",
    peers: Peers,
) -> Noisy | Value:
    """The inputs contradict each other: the last one is of another class, the others keep their own.

    A keyed random permutation in which nobody has a partner of the same class, so that at 1 every content is still seen
    exactly once. Where one class holds more than half of the samples there is none, and each draws its partner from the other
    classes. Targets stay those of the sample, so the score says how far the model follows the other inputs.

    Severity: the probability that a sample is mispaired.

    Settings:
        by: name of the labels that say which samples are of one class: a slice of the data set, or "group".

    Raises:
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream.
        NotApplicable: all samples are of one class, or the sample has no label.

    References:
        Gat et al., Perceptual Score, NeurIPS 2021; McGurk and MacDonald, Nature 264 (1976): a heard and a seen syllable.
    """
    codes = codes_of(peers, by)
    found = pairing(peers, draw, rule=f"apart {by}", partners=apart(codes))
    if not found.has_partner(draw):
        hint = f"name other labels with by=; samples are compared by their {by!r}"
        raise NotApplicable(explain("a sample of another class", "by", by, hint))
    return _of_partner(value, draw, share, found)


@perturbation(coupling="mask", measure="changed")
def nearest_neighbour(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    like: str = "",
    nearest: int = 1,
    by: str = "",
    peers: Peers,
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """The last input comes from the sample that could most easily be taken for this one.

    Nearest by coarse figures of one input, by default the last itself: grey levels of a picture on a grid of 8 x 8, the
    levels of a sound in 8 parts and 16 bands, means of 32 parts of a series, letters of a text in threes, cells of a row,
    quantiles of a cloud. Samples that are the same in all figures are no neighbours. Some contents are used more than once.

    Severity: the probability that a sample is mispaired.

    Settings:
        like: the input by which samples are near; the last one when it is empty.
        nearest: the partner is drawn among this many nearest samples.
        by: name of labels in which the partner must differ, which makes it a hard negative: a slice of the data set, or
            "group"; any partner when it is empty.

    Raises:
        BadSetting: `nearest` is below 1, or `like` is no input.
        MissingFact: the modality of the input is not known, or no labels of that name are declared.
        MissingPeers: the data is a stream.
        NotApplicable: there is no such neighbour, or the sample has no label.

    References:
        Faghri et al., VSE++, BMVC 2018: hard negatives of pictures and captions.
    """
    check_count(nearest, "nearest")
    name = like or last(value)
    kind = str(fact(facts, name, "modality", "image"))
    codes = codes_of(peers, by) if by else None
    place = int(pairing(peers, draw).places(draw))
    labelled = codes is None or (place >= 0 and codes[place] != UNLABELLED)
    near = neighbours(peers, name, kind)
    found = near.nearest(place, value.get(name), nearest, codes=codes, by=by)
    if not labelled or not len(found):
        hint = (
            "no other sample differs from it, or it has no label" if by else "all samples are alike"
        )
        raise NotApplicable(explain("a near sample to take from", "samples", len(peers), hint))
    if draw.uniform(stream="where") >= share:
        return value
    chosen = found[int(draw.uniform(stream="which") * len(found))]
    return _taken(value, peers, str(peers.ids[int(chosen)]))


@perturbation(coupling="mask", measure="changed")
def crossed_inputs(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """Crossed wires: the last two inputs have each other's content, left for right.

    Severity: the probability that the inputs of a sample are exchanged.

    Raises:
        NotApplicable: the last two inputs are not of one modality.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection, CVPR 2023: sensors of one car out of step; the exchange is ours.
    """
    one, other = list(value)[-2:]
    kinds = [fact(facts, name, "modality", "image") for name in (one, other)]
    if len(set(kinds)) > 1:
        hint = "name two inputs of one modality last, such as left,right:crossmodal/crossed-inputs"
        expected = f"the inputs {one!r} and {other!r} to be of one modality"
        raise NotApplicable(explain(expected, "modalities", kinds, hint))
    if draw.uniform(stream="where") >= share:
        return value
    return Noisy({**value, one: value[other], other: value[one]}, report={"crossed": 1})


def _of_partner(
    value: Value, draw: Draw, share: float, found: Pairing, where: Draw | None = None
) -> Noisy | Value:
    """Return the value with its partner's last input, if it is one of those chosen."""
    partner = found.of(draw)
    if (where or draw).uniform(stream="where") >= share:
        return value
    return _taken(value, found.peers, partner)


def _taken(value: Value, peers: Peers, partner: str) -> Noisy:
    name, other = last(value), peers[partner]
    if name not in other:
        raise BadValue(
            explain(f"the input {name!r} in the sample {partner!r}", "inputs", list(other))
        )
    return Noisy(put(value, name, other[name]), report={"partner": partner})
