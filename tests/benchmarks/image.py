"""Which transform of albumentations and of kornia makes which of our image noises, at the closest setting to severity 0.6."""

from collections.abc import Callable
from typing import Any

Make = Callable[[], Any]


def _albumentations(name: str, *arguments: Any, **settings: Any) -> Make:
    def make() -> Any:
        import albumentations

        return getattr(albumentations, name)(*arguments, **settings, p=1)

    return make


def _kornia(name: str, *arguments: Any, **settings: Any) -> Make:
    def make() -> Any:
        import kornia.augmentation

        return getattr(kornia.augmentation, name)(*arguments, **settings, p=1.0)

    return make


def _affine(**settings: Any) -> Make:
    still = {"rotate": 0, "scale": 1.0, "shear": 0} | settings
    return _albumentations("Affine", **still, border_mode=4)


A, K = _albumentations, _kornia

ALBUMENTATIONS: dict[str, Make] = {
    "image/gaussian-noise": A("GaussNoise", std_range=(0.18, 0.18)),
    "image/shot-noise": A("ShotNoise", scale_range=(0.3, 0.3)),
    "image/impulse-noise": A("SaltAndPepper", amount=(0.09, 0.09)),
    "image/speckle-noise": A("MultiplicativeNoise", (0.4, 1.6), per_channel=True, elementwise=True),
    "image/iso-noise": A("ISONoise", color_shift=(0.05, 0.05), intensity=(0.5, 0.5)),
    "image/defocus-blur": A("Defocus", radius=(6, 6), alias_blur=(0.5, 0.5)),
    "image/gaussian-blur": A("GaussianBlur", blur_limit=0, sigma_limit=(3, 3)),
    "image/motion-blur": A("MotionBlur", blur_limit=(15, 15)),
    "image/glass-blur": A("GlassBlur", sigma=1.0, max_delta=2, iterations=3, mode="exact"),
    "image/zoom-blur": A("ZoomBlur", max_factor=(1.21, 1.21), step_factor=(0.02, 0.02)),
    "image/radial-distortion": A("OpticalDistortion", distort_limit=(-0.2, -0.2)),
    "image/chromatic-aberration": A("ChromaticAberration"),
    "image/lens-flare": A("RandomSunFlare", flare_roi=(0, 0, 1, 1), method="physics_based"),
    "image/fog": A("RandomFog", fog_coef_range=(0.5, 0.5)),
    "image/snow": A("RandomSnow", snow_point_range=(0.3, 0.3), method="texture"),
    "image/rain": A("RandomRain"),
    "image/spatter": A("Spatter"),
    "image/dead-pixels": A("PixelDropout", dropout_prob=0.01),
    # Ours adds to the value of a colour, at its hue and saturation.
    "image/brightness": A("HueSaturationValue", (0, 0), (0, 0), (76, 76)),
    "image/contrast": A("RandomBrightnessContrast", (0, 0), (-0.8, -0.8)),
    "image/saturate": A("HueSaturationValue", (0, 0), (60, 60), (0, 0)),
    "image/desaturate": A("HueSaturationValue", (0, 0), (-120, -120), (0, 0)),
    "image/gamma": A("RandomGamma", gamma_limit=(180, 180)),
    "image/white-balance": A("PlanckianJitter"),
    "image/shadow": A("RandomShadow", shadow_roi=(0, 0, 1, 1)),
    "image/elastic-transform": A("ElasticTransform", alpha=12, sigma=3),
    "image/pixelate": A(
        "Downscale", scale_range=(0.4, 0.4), interpolation_pair={"downscale": 3, "upscale": 0}
    ),
    "image/jpeg-compression": A("ImageCompression", quality_range=(15, 15)),
    "image/webp-compression": A(
        "ImageCompression", quality_range=(15, 15), compression_type="webp"
    ),
    "image/quantisation": A("Posterize", num_bits=3),
    "image/occlusion": A("CoarseDropout", (1, 1), (0.4, 0.4), (0.4, 0.4)),
    "image/grid-occlusion": A("GridDropout", ratio=0.5),
    "image/random-erase": A("Erasing", scale=(0.2, 0.2), fill="random"),
    "image/shift": _affine(translate_px={"x": 20, "y": 10}),
    "image/rotation": _affine(rotate=(20, 20)),
    "image/scale": _affine(scale=1.3),
    "image/shear": _affine(shear=(15, 15)),
    "image/perspective": A("Perspective", scale=(0.1, 0.1)),
    "image/flip": A("HorizontalFlip"),
}

KORNIA: dict[str, Make] = {
    "image/gaussian-noise": K("RandomGaussianNoise", mean=0.0, std=0.18),
    "image/impulse-noise": K(
        "RandomSaltAndPepperNoise", amount=(0.09, 0.0901), salt_vs_pepper=(0.5, 0.501)
    ),
    "image/gaussian-blur": K("RandomGaussianBlur", (13, 13), (3.0, 3.0)),
    "image/motion-blur": K("RandomMotionBlur", 15, (-45.0, 45.0), 0.0),
    "image/fog": K("RandomPlasmaBrightness"),
    "image/snow": K("RandomSnow"),
    "image/rain": K("RandomRain"),
    "image/brightness": K("RandomBrightness", brightness=(1.3, 1.3)),
    "image/contrast": K("RandomContrast", contrast=(0.2, 0.2)),
    "image/saturate": K("RandomSaturation", saturation=(2.0, 2.0)),
    "image/desaturate": K("RandomSaturation", saturation=(0.3, 0.3)),
    "image/gamma": K("RandomGamma", gamma=(1.8, 1.8)),
    "image/white-balance": K("RandomPlanckianJitter"),
    "image/jpeg-compression": K("RandomJPEG", jpeg_quality=(15.0, 15.0)),
    "image/quantisation": K("RandomPosterize", bits=(3, 3)),
    "image/elastic-transform": K("RandomElasticTransform", (63, 63), (32.0, 32.0), (1.0, 1.0)),
    "image/random-erase": K("RandomErasing", scale=(0.2, 0.2)),
    "image/occlusion": K("RandomErasing", scale=(0.16, 0.16)),
    "image/shadow": K("RandomPlasmaShadow"),
    "image/shift": K("RandomAffine", degrees=0.0, translate=(0.1, 0.1)),
    "image/rotation": K("RandomRotation", degrees=20.0),
    "image/scale": K("RandomAffine", degrees=0.0, scale=(1.3, 1.3)),
    "image/shear": K("RandomShear", shear=15.0),
    "image/perspective": K("RandomPerspective", distortion_scale=0.2),
    "image/flip": K("RandomHorizontalFlip"),
}

CODEC = {"image/jpeg-compression", "image/webp-compression", "image/jpeg-chroma"}
"""Bound by a library that encodes and decodes."""
