"""Every registered noise obeys every law."""

import pytest

import perturbations as pt
from perturbations import testing as laws


@laws.parametrize(pt.names())
def test_law(noise, law):
    law(noise)


@pytest.mark.slow
def test_another_process_makes_the_same_noise():
    laws.process_independent()


EXEMPTIONS: dict[str, dict[str, str]] = {
    "audio/clipping": {
        "different-samples": "the threshold follows from the clip; nothing is drawn"
    },
    "audio/low-pass": {
        "different-samples": "the filter is the same for every clip; nothing is drawn"
    },
    "crossmodal/time-offset": {
        "different-samples": "the lag is a property of the transport: the same for every sample"
    },
    "image/contrast": {
        "different-samples": "the light is the same for every sample; nothing is drawn"
    },
    "image/defocus-blur": {
        "different-samples": "the lens is the same for every sample; nothing is drawn"
    },
    "timeseries/time-shift": {
        "monotone": "a periodic series comes back into phase when it is shifted further"
    },
}
"""Reviewed: the laws that a noise is excused from, and why."""


def test_exemptions_are_the_reviewed_ones():
    found = {name: dict(pt.get(name).exempt) for name in pt.names() if pt.get(name).exempt}
    assert found == EXEMPTIONS
