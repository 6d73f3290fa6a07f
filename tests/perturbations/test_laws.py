"""Every registered noise obeys every law."""

import pytest

import perturbations as pt
from perturbations import testing as laws

PRESETS = [name for preset in pt.presets() for name in pt.names(preset=preset)]


@laws.parametrize(pt.names())
def test_law(noise, law):
    law(noise)


@laws.parametrize(PRESETS)
def test_law_of_a_published_noise(noise, law):
    law(noise)


@pytest.mark.slow
def test_another_process_makes_the_same_noise():
    laws.process_independent([*pt.names(), *PRESETS])


EXEMPTIONS: dict[tuple[str, str], set[str]] = {
    ("different-samples", "the threshold follows from the clip; nothing is drawn"): {
        "audio/clipping"
    },
    ("different-samples", "the filter is the same for every clip; nothing is drawn"): {
        "audio/band-pass",
        "audio/downsampling",
        "audio/high-pass",
        "audio/low-pass",
        "audio/telephone-band",
    },
    ("different-samples", "every clip is sampled alike; nothing is drawn"): {"audio/aliasing"},
    ("different-samples", "the gain follows from the clip; nothing is drawn"): {
        "audio/automatic-gain"
    },
    ("different-samples", "the line is the same for every clip; nothing is drawn"): {"audio/echo"},
    ("coupled", "a voice at another pitch is no nearer, sample by sample, to one still further"): {
        "audio/pitch-shift"
    },
    ("different-samples", "the lag is a property of the transport: the same for every sample"): {
        "crossmodal/clock-drift",
        "crossmodal/lagging-input",
        "crossmodal/time-offset",
        "itu-r-bt1359/sound-early",
        "itu-r-bt1359/sound-late",
    },
    ("different-samples", "the clocks of the run are the same for every sample"): {
        "crossmodal/different-clocks"
    },
    ("different-samples", "the light is the same for every sample; nothing is drawn"): {
        "image/brightness",
        "image/contrast",
        "image/gamma",
        "image/overexposure",
        "image/underexposure",
        "cifar-c/brightness",
        "cifar-c/contrast",
        "imagenet-c/brightness",
        "imagenet-c/contrast",
    },
    ("different-samples", "the lens is the same for every sample; nothing is drawn"): {
        "image/chromatic-aberration",
        "image/defocus-blur",
        "image/gaussian-blur",
        "image/glare",
        "image/radial-distortion",
        "image/vignetting",
        "image/zoom-blur",
        "cifar-c/defocus-blur",
        "cifar-c/gaussian-blur",
        "cifar-c/zoom-blur",
        "imagenet-c/defocus-blur",
        "imagenet-c/zoom-blur",
        "imagenet-c-extra/gaussian-blur",
    },
    ("different-samples", "the colours change alike for every sample; nothing is drawn"): {
        "image/desaturate",
        "image/saturate",
        "cifar-c/saturate",
        "imagenet-c-extra/saturate",
    },
    ("different-samples", "the air is the same for every sample; nothing is drawn"): {"image/haze"},
    ("different-samples", "one device for the whole run"): {
        "image/column-banding",
        "image/dead-pixels",
        "image/dsnu",
        "image/hot-pixels",
        "image/prnu",
        "image/stuck-pixels",
    },
    ("different-samples", "one source for the whole run: its columns are gone from every row"): {
        "tabular/missing-columns"
    },
    ("different-samples", "one source for the whole run: its unit is the same in every row"): {
        "tabular/changed-unit"
    },
    ("different-samples", "one file for the whole run: its columns are exchanged in every row"): {
        "tabular/swapped-columns"
    },
    (
        "coupled",
        "flips are a prefix in the coded bits, not in pixels: one flip moves all that follow it",
    ): {"image/bit-errors"},
    ("coupled", "the published levels change from water to mud"): {
        "cifar-c/spatter",
        "imagenet-c-extra/spatter",
    },
    (
        "coupled",
        "a pixel is carried along by the swaps after its own, so levels of one draw part",
    ): {"imagenet-c/glass-blur"},
    ("monotone", "a periodic series comes back into phase when it is shifted further"): {
        "timeseries/time-shift"
    },
    ("monotone", "the published table is not: a higher level may distort less"): {
        "cifar-c/elastic-transform",
        "cifar-c/frost",
        "cifar-c/glass-blur",
        "cifar-c/saturate",
        "cifar-c/spatter",
        "imagenet-c/elastic-transform",
        "imagenet-c/frost",
        "imagenet-c/glass-blur",
        "imagenet-c-extra/saturate",
    },
    ("monotone", "as published: parts undo each other, so a higher level may distort less"): {
        "multibench/image"
    },
    (
        "monotone",
        "as published: stretching brightens a dim picture, so a darker level may be closer",
    ): {"3dcc-2d/low-light"},
}
"""Reviewed: the laws that noises are excused from, with the reason. Noise in video has those of the noise in images."""


def test_exemptions_are_the_reviewed_ones():
    found: dict[tuple[str, str], set[str]] = {}
    for name in [*pt.names(), *PRESETS]:
        if not name.startswith("video/"):
            for excused in pt.get(name).exempt.items():
                found.setdefault(excused, set()).add(name)
    assert found == EXEMPTIONS


def test_noise_in_video_is_excused_as_it_is_in_images():
    images = {name.partition("/")[2] for name in pt.names(modality="image")}
    for name in pt.names(modality="video"):
        bare = name.partition("/")[2]
        expected = pt.get(f"image/{bare}").exempt if bare in images else {}
        assert dict(pt.get(name).exempt) == dict(expected), name
