"""Streams that deliver old samples: a sensor that hangs, a queue that never empties."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations.crossmodal._inputs import check_burst, ends
from perturbations.crossmodal._loss import as_before, taken_from
from perturbations.crossmodal._sequence import GROUP, NOWHERE, bursts, recorded

Value = Mapping[str, Any]


@perturbation(family="time", coupling="mask", measure="age")
def stale_input(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.4, 0.6, 0.9, unit="share of samples", high=1.0),
    burst: float = 1.0,
    stale: int = 1,
    by: str = GROUP,
    peers: Peers,
) -> Noisy | Value:
    """A sensor hangs: the last input is still that of an earlier sample, while the others go on.

    What stands there is the latest content before that was not stale itself, of the same sequence; samples follow each other
    as the data set has them, in each group on its own. The first of a sequence has nothing before it and stays. A sample that
    is stale at one severity is so at every higher one, and then may be older. Only the inputs that `stale` counts are ever
    stale, and always together: two sensors never hang at once by chance.

    Severity: the expected share of stale samples: 20, 40 and 60 % are MultiCorrupt's, 10 to 90 % those of the
        LiDAR-camera benchmark of Yu et al.

    Settings:
        burst: mean length of a run of stale samples, which is geometric; with 1 every sample is stale on its own.
        stale: how many of the inputs named, from the last, hang together, as from one cause.
        by: labels that tell sequences apart: "group" (one sequence where no groups are declared), or a slice.

    Raises:
        BadSetting: `burst` is below 1, or no input would be stale, or all of them.
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream, which has no order to look back in.
        NotApplicable: no sequence has a second sample.

    References:
        Beemelmanns et al., MultiCorrupt, IV 2024: temporal misalignment.
        Yu et al., Benchmarking the Robustness of LiDAR-Camera Fusion, CVPR Workshops 2023: stuck frames in runs.
    """
    check_burst(burst)
    names = ends(value, stale, "stale")
    found = recorded(peers, by, draw)
    found.demand_several()
    place = found.place(draw)
    hit = bursts(peers, by, draw, share, burst)
    if place == NOWHERE or not hit[place]:
        return value
    return as_before(value, names, draw, hit, peers, by)


@perturbation(
    family="time",
    coupling="transform",
    measure="age",
    exempt={
        "different-samples": "the lag is a property of the transport: the same for every sample"
    },
)
def lagging_input(
    value: Value,
    draw: Draw,
    *,
    lag: Dose = Ladder(2, 4, 6, 8, 10, unit="samples", scale="integer"),
    by: str = GROUP,
    peers: Peers,
) -> Noisy | Value:
    """A queue that is never empty: the last input is always that of so many samples before, while the others are of now.

    Samples follow each other as the data set has them, in each group on its own; before the first sample of a sequence there
    is only the first.

    Severity: by how many samples it lags: Dong's 2, 4, 6, 8, 10 frames.

    Settings:
        by: labels that tell sequences apart: "group" (one sequence where no groups are declared), or a slice.

    Raises:
        MissingFact: no labels of that name are declared.
        MissingPeers: the data is a stream, which has no order to look back in.
        NotApplicable: no sequence has a second sample.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection to Common Corruptions, CVPR 2023: temporal misalignment.
    """
    found = recorded(peers, by, draw)
    found.demand_several()
    place = found.place(draw)
    if place == NOWHERE:
        return value
    at = found.earlier(place, int(lag))
    age = int(found.step[place] - found.step[at])
    return (
        taken_from(value, ends(value, 1), peers, at, age)
        if age
        else Noisy(value, report={"age": 0})
    )
