"""What following samples to where they break costs on handwritten digits, and how far its curves are from the full grid's."""

from typing import Any

import numpy as np

import noisebench as nb
import perturbations as pt

ADDITIVE = tuple(name for name in pt.names(modality="image") if pt.get(name).coupling == "additive")
OTHERS = ("image/contrast", "image/gaussian-blur", "image/rotation", "image/impulse-noise")
LEVELS = 16
CALLS, AWAY = 0.35, 0.02


def rows() -> list[tuple[str, str, str]]:
    """Return a row per noise."""
    model, data = _digits()
    options: dict[str, Any] = {
        "perturbations": [*ADDITIVE, *OTHERS], "severities": LEVELS, "distortion": "none",
        "gallery": False, "bootstrap": 400,
    }  # fmt: skip
    whole = nb.audit(model, data, **options)
    found = nb.audit(model, data, budget="bisect", **options)
    return [_row(name, found, whole) for name in (*ADDITIVE, *OTHERS)]


def _row(name: str, found: Any, whole: Any) -> tuple[str, str, str]:
    sweep = found.find(name)
    made, full = found._search.calls(sweep)
    away = float(np.abs(found[name].estimate - whole[name].estimate).max())
    wide = [float((a[name].high - a[name].low).mean()) for a in (found, whole)]
    how = "in full" if found._search.full(sweep) else "bisected"
    said = f"{how}, {made / full:.2f} of the calls, at most {away:.3f} away, band {wide[0]:.3f} ({wide[1]:.3f} in full)"
    bar = f"{CALLS:.2f} of the calls, {AWAY:.3f} away" if name in ADDITIVE else ""
    return f"{name}, {LEVELS} severities, {len(found.ids)} samples", said, bar


def _digits() -> tuple[Any, nb.Dataset]:
    from sklearn.datasets import load_digits
    from sklearn.svm import SVC

    bunch = load_digits()
    images, labels = (bunch.images * 15).astype(np.uint8), bunch.target
    flat = images.reshape(len(images), -1)
    reader = SVC().fit(flat[:900], labels[:900])
    return (
        lambda x: reader.predict(np.asarray(x).reshape(len(x), -1)),
        nb.Dataset({"image": images[900:]}, targets=labels[900:]),
    )


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
