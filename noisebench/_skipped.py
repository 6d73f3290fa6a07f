"""What was not tested, each reason once."""

from collections.abc import Mapping


def grouped(skipped: Mapping[str, str]) -> list[str]:
    """Return a line for each reason with the names that it holds for, in their order."""
    names: dict[str, list[str]] = {}
    for name, why in skipped.items():
        names.setdefault(why, []).append(name)
    return [f"{', '.join(each)}: {why}" for why, each in names.items()]
