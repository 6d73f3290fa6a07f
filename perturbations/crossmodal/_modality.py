"""The value contract of noise between inputs: a value maps input names to their contents."""

from collections.abc import Mapping
from typing import Any

from perturbations._modality import Context, Measure, Modality
from perturbations.crossmodal._compare import equal
from perturbations.crossmodal._corpus import FACTS, bad, corpus, edges, labels
from perturbations.crossmodal._learned import LEARNED
from perturbations.crossmodal._reference import CrossReference, fit
from perturbations.errors import BadValue, explain


def check(value: Any, context: Context, batched: bool) -> None:
    """Check that the value has at least two named inputs; an input that is None is missing.

    Raises:
        BadValue: it has not.
    """
    expected = "a mapping from at least two input names to their contents"
    hint = 'such as {"video": frames, "audio": wave}; the noise changes the last one'
    if not isinstance(value, Mapping) or len(value) < 2:
        raise BadValue(explain(expected, "value", value, hint))
    if not all(isinstance(name, str) for name in value):
        raise BadValue(explain("input names that are text", "names", list(value)))


def encode(value: Any, context: Context, batched: bool) -> tuple[Any, None]:
    """Return the inputs as they are."""
    return value, None


def decode(working: Any, token: Any, context: Context, batched: bool) -> Any:
    """Return the inputs as they are."""
    return working


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return whether any input changed, whether any that was there is missing, each 0 or 1, and how many changed.

    Raises:
        BadValue: one of them has other inputs.
    """
    check(clean, context, False)
    if not isinstance(noisy, Mapping) or set(noisy) != set(clean):
        raise BadValue(explain(f"the inputs {', '.join(clean)}", "noisy", noisy))
    gone = [clean[name] is not None and _absent(noisy[name]) for name in clean]
    changed = [not equal(clean[name], noisy[name]) for name in clean]
    return {
        "changed": float(any(changed)),
        "missing": float(any(gone)),
        "hit": float(sum(changed)),
    }


def _absent(content: Any) -> bool:
    return content is None or content is LEARNED


MODALITY = Modality(
    name="crossmodal",
    check=check,
    encode=encode,
    decode=decode,
    measures={
        "changed": Measure("share of samples", +1),
        "missing": Measure("share of samples", +1),
        "hit": Measure("inputs", +1),
        "angle": Measure("°", +1, told=True),
        "shift": Measure("m", +1, told=True),
        "cropped": Measure("share of a side", +1, told=True),
        "reprojection": Measure("px", +1, told=True),
        "part": Measure("share of an input", +1, told=True),
        "age": Measure("samples", +1, told=True),
        "frames": Measure("share of frames", +1, told=True),
        "misalignment": Measure("ms", +1, told=True),
    },
    distance=distance,
    edges=edges,
    corpus=corpus,
    facts=FACTS,
    fit=fit,
    read_reference=CrossReference.from_json,
    bad=bad,
    labels=labels,
    families=("time", "pairing", "space", "absence", "joint"),
)
