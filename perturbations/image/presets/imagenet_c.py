"""ImageNet-C: the fifteen corruptions at their published constants, for images of 224 x 224 pixels."""

from perturbations import preset
from perturbations.image.presets._nineteen import declare

NOTE = (
    "The published constants on your own images, levels 1 to 5: not the stored data set (which is also JPEG-compressed), and "
    "not its random numbers. On purpose otherwise: results are rounded, not truncated (the published ones are half a level "
    "darker); glass blur exchanges pixels, where the published code copies them (3 to 20 % less distortion "
    "at 224 pixels, 8 to 31 % more at 32); frost is synthesised ice of the brightness, colour and grain of the photographs, which are not shipped. "
    "Motion blur and snow streak as ImageMagick does, which the published code calls. Constants are lengths in pixels at "
    "224 x 224: smaller images are hit harder."
)

PRESET = preset(
    "imagenet-c",
    modality="image",
    title="The fifteen corruptions of ImageNet-C at the published constants",
    note=NOTE,
)

SIDE = 244
"""The published elastic constants are shares of 244 pixels, not of 224."""

TABLE = {
    "gaussian-noise": ((0.08,), (0.12,), (0.18,), (0.26,), (0.38,)),
    "shot-noise": ((60,), (25,), (12,), (5,), (3,)),
    "impulse-noise": ((0.03,), (0.06,), (0.09,), (0.17,), (0.27,)),
    "defocus-blur": ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)),
    "glass-blur": ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)),
    "motion-blur": ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)),
    "zoom-blur": ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03)),
    "snow": (
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
        (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
        (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
        (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
        (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ),
    "frost": ((1, 0.4, 1), (0.8, 0.6, 1), (0.7, 0.7, 1), (0.65, 0.7, 1), (0.6, 0.75, 1)),
    "fog": ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)),
    "brightness": ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,)),
    "contrast": ((0.4,), (0.3,), (0.2,), (0.1,), (0.05,)),
    "elastic-transform": tuple(
        (SIDE * alpha, SIDE * sigma, SIDE * affine)
        for alpha, sigma, affine in (
            (2, 0.7, 0.1),
            (2, 0.08, 0.2),
            (0.05, 0.01, 0.02),
            (0.07, 0.01, 0.02),
            (0.12, 0.01, 0.02),
        )
    ),
    "pixelate": ((0.6,), (0.5,), (0.4,), (0.3,), (0.25,)),
    "jpeg-compression": ((25,), (18,), (15,), (10,), (7,)),
}

NOISES = declare(
    "imagenet-c",
    TABLE,
    not_monotone=("glass-blur", "frost", "elastic-transform"),
    not_coupled=("glass-blur",),
)
