"""Whether a model fails because an input is absent, and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any

from noisebench._grammar import CROSSMODAL

ADVICE = "let it take None for an absent input, or put something in its place"
"""What to do with a model that has no hook for absence."""


def leaves_none(known: Mapping[str, Any]) -> bool:
    """Tell whether a sweep, as a header describes it, gives the model None in the place of an input."""
    return any(
        part["noise"].startswith(f"{CROSSMODAL}/") and part["settings"].get("fill") == "absent"
        for part in known.get("parts") or ()
    )


def unhooked(header: Mapping[str, Any], failures: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say what to do where the model fails in nothing but sweeps that take an input away from it."""
    absent = [each["sweep"] for each in header.get("sweeps") or () if leaves_none(each)]
    failed = {str(each.get("sweep", "")) for each in failures}
    if not failed or not failed <= set(absent):
        return []
    return [f"The model fails where an input is absent: {ADVICE} with fill=zeros, mean or learned."]
