"""The order of a chain says what happens, or the chain is refused with the order that does."""

import numpy as np
import pytest

from noisebench.data import Dataset
from noisebench.errors import PlanError
from noisebench.plan import parse_sweep

DATA = Dataset(
    {"seen": np.zeros((6, 8, 8), np.uint8), "read": ["a", "b"] * 3, "said": np.zeros((6, 40))},
    modalities={"seen": "image", "read": "text", "said": "audio"},
    facts={"said": {"rate": 100}},
)

PAIRED = "seen,read:crossmodal/mispairing"
GONE = "seen,read:crossmodal/missing-input"


@pytest.mark.parametrize(
    "replaced",
    [
        PAIRED,
        "seen,read:crossmodal/swapped-pairs",
        "seen,read:crossmodal/conflict",
        "seen,read:crossmodal/stale-input",
        "said,seen,read:crossmodal/stale-input(stale=2)",
        "seen,read:crossmodal/missing-input(fill=last)",
    ],
)
def test_noise_that_another_samples_content_would_undo_is_refused(replaced):
    with pytest.raises(PlanError) as caught:
        parse_sweep(f"text/swap > {replaced}", DATA)
    said = str(caught.value)
    assert "noise in 'read' after its content is another sample's" in said
    assert f"{replaced} > text/swap" in said
    parse_sweep(f"{replaced} > text/swap", DATA)


@pytest.mark.parametrize("fill", ["absent", "learned"])
def test_noise_in_what_may_be_absent_is_refused(fill):
    gone = GONE if fill == "absent" else f"{GONE}(fill={fill})"
    with pytest.raises(PlanError) as caught:
        parse_sweep(f"{gone} > text/swap", DATA)
    said = str(caught.value)
    assert "noise in 'read' while it is there" in said
    assert f"write text/swap > {gone}, or fill=zeros" in said
    parse_sweep(f"text/swap > {gone}", DATA)
    parse_sweep(f"{GONE}(fill=zeros) > text/swap", DATA)


def test_noises_in_different_inputs_have_no_order():
    for sweep in (
        f"image/contrast > {PAIRED}",
        f"image/contrast > {GONE}@1",
        "said,seen,read:crossmodal/missing-input(lost=2) > audio/white-noise",
        "read,said:crossmodal/time-offset > seen,said:crossmodal/partial-loss",
        'seen,read:crossmodal/joint(noises="seen=image/fog,read=text/swap") > audio/white-noise',
    ):
        assert sweep == str(parse_sweep(sweep, DATA))


def test_all_inputs_that_may_be_lost_count():
    several = "seen,read:crossmodal/missing-independently"
    with pytest.raises(PlanError, match="noise in 'seen' while it is there"):
        parse_sweep(f"{several} > image/contrast", DATA)
    with pytest.raises(PlanError, match="noise in 'seen' while it is there"):
        parse_sweep("read,said,seen:crossmodal/missing-input(lost=2) > image/contrast", DATA)


def test_joint_noise_is_noise_in_each_of_its_inputs():
    joint = 'seen,read:crossmodal/joint(noises="seen=image/fog,read=text/swap")'
    with pytest.raises(PlanError, match="noise in 'read' after its content is another sample's"):
        parse_sweep(f"{joint} > {PAIRED}", DATA)
