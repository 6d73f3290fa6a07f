"""Streams that no longer belong together: shuffled files, lost keys, crossed wires."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations._derangement import pairing
from perturbations.crossmodal._inputs import last, put
from perturbations.errors import BadValue, explain


@perturbation(coupling="mask", measure="changed")
def mispairing(
    value: Mapping[str, Any],
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    peers: Peers,
) -> Noisy | Mapping[str, Any]:
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
    partner = pairing(peers, draw).of(draw)
    if draw.uniform(stream="where") >= share:
        return value
    name = last(value)
    other = peers[partner]
    if name not in other:
        raise BadValue(
            explain(f"the input {name!r} in the sample {partner!r}", "inputs", list(other))
        )
    return Noisy(put(value, name, other[name]), report={"partner": partner})
