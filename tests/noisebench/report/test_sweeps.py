"""Text forms of sweeps taken apart for display."""

import pytest

from noisebench.report._sweeps import read


@pytest.mark.parametrize(
    ("sweep", "noises", "kind", "title"),
    [
        ("a:image/fog", ("image/fog",), "single", "image/fog"),
        ("image/fog@0.4 > image/contrast", ("image/fog", "image/contrast"), "chain",
         "image/fog > image/contrast"),
        ("(image/contrast > image/fog) + timeseries/spikes",
         ("image/contrast", "image/fog", "timeseries/spikes"), "joint",
         "(image/contrast > image/fog) + timeseries/spikes"),
        ("(a:image/fog + b:audio/hum) > a,b:crossmodal/mispairing@1",
         ("image/fog", "audio/hum", "crossmodal/mispairing"), "joint",
         "(image/fog + audio/hum) > crossmodal/mispairing"),
        ('a:x/y(z="(1 > 2)") + b:u/v', ('x/y(z="(1 > 2)")', "u/v"), "joint",
         'x/y(z="(1 > 2)") + u/v'),
    ],
)  # fmt: skip
def test_brackets_around_several_noises_are_read(sweep, noises, kind, title):
    found = read(sweep)
    assert noises == found.noises
    assert kind == found.kind
    assert title == found.title
