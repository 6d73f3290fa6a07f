"""ImageNet-C's four extra corruptions, meant for validation, at their published constants."""

from perturbations import preset
from perturbations.image.presets._nineteen import declare

PRESET = preset(
    "imagenet-c-extra",
    modality="image",
    title="The four extra corruptions of ImageNet-C, for validation, at the published constants",
    note="The published constants on your own images: not the stored data set, and not its random numbers. Results are "
    "rounded, not truncated. They are not among the fifteen that the mean corruption error counts.",
)

TABLE = {
    "speckle-noise": ((0.15,), (0.2,), (0.35,), (0.45,), (0.6,)),
    "gaussian-blur": ((1,), (2,), (3,), (4,), (6,)),
    "spatter": (
        (0.65, 0.3, 4, 0.69, 0.6, 0),
        (0.65, 0.3, 3, 0.68, 0.6, 0),
        (0.65, 0.3, 2, 0.68, 0.5, 0),
        (0.65, 0.3, 1, 0.65, 1.5, 1),
        (0.67, 0.4, 1, 0.65, 1.5, 1),
    ),
    "saturate": ((0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)),
}

NOISES = declare("imagenet-c-extra", TABLE, not_monotone=("saturate",), not_coupled=("spatter",))
