"""CIFAR-10-C and CIFAR-100-C: all nineteen corruptions at their published constants, for images of 32 x 32 pixels."""

from perturbations import preset
from perturbations.image.presets._nineteen import declare

PRESET = preset(
    "cifar-c",
    modality="image",
    title="The nineteen corruptions of CIFAR-10-C and CIFAR-100-C at the published constants",
    note="The published constants for 32 x 32 pixels on your own images: not the stored data sets, and not their random "
    "numbers. On larger images they are milder than they look. The departures of imagenet-c hold here too.",
)

SIDE = 32

TABLE = {
    "gaussian-noise": ((0.04,), (0.06,), (0.08,), (0.09,), (0.10,)),
    "shot-noise": ((500,), (250,), (100,), (75,), (50,)),
    "impulse-noise": ((0.01,), (0.02,), (0.03,), (0.05,), (0.07,)),
    "defocus-blur": ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)),
    "glass-blur": ((0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)),
    "motion-blur": ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)),
    "zoom-blur": ((1.06, 0.01), (1.11, 0.01), (1.16, 0.01), (1.21, 0.01), (1.26, 0.01)),
    "snow": (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ),
    "frost": ((1, 0.2, 0.2), (1, 0.3, 0.2), (0.9, 0.4, 0.2), (0.85, 0.4, 0.2), (0.75, 0.45, 0.2)),
    "fog": ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)),
    "brightness": ((0.05,), (0.1,), (0.15,), (0.2,), (0.3,)),
    "contrast": ((0.75,), (0.5,), (0.4,), (0.3,), (0.15,)),
    "elastic-transform": tuple(
        (SIDE * alpha, SIDE * sigma, SIDE * affine)
        for alpha, sigma, affine in (
            (0, 0, 0.08),
            (0.05, 0.2, 0.07),
            (0.08, 0.06, 0.06),
            (0.1, 0.04, 0.05),
            (0.1, 0.03, 0.03),
        )
    ),
    "pixelate": ((0.95,), (0.9,), (0.85,), (0.75,), (0.65,)),
    "jpeg-compression": ((80,), (65,), (58,), (50,), (40,)),
    "speckle-noise": ((0.06,), (0.1,), (0.12,), (0.16,), (0.2,)),
    "gaussian-blur": ((0.4,), (0.6,), (0.7,), (0.8,), (1,)),
    "spatter": (
        (0.62, 0.1, 0.7, 0.7, 0.5, 0),
        (0.65, 0.1, 0.8, 0.7, 0.5, 0),
        (0.65, 0.3, 1, 0.69, 0.5, 0),
        (0.65, 0.1, 0.7, 0.69, 0.6, 1),
        (0.65, 0.1, 0.5, 0.68, 0.6, 1),
    ),
    "saturate": ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)),
}

NOISES = declare(
    "cifar-c",
    TABLE,
    not_monotone=("glass-blur", "frost", "elastic-transform", "spatter", "saturate"),
    not_coupled=("spatter",),
)
