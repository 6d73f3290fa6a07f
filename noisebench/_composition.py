"""Whether the order of a chain says what happens: noise that a later step would silently undo, or could not act on.

Why: noise in one input and noise in another commute, and a chain in one input has an order that is written down. Only a step
that takes an input away, or puts another sample's content in its place, can make the step before it meaningless, or the one
after it impossible. Then the sweep is refused, with the order that makes sense.
"""

from typing import TYPE_CHECKING

from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import explain

if TYPE_CHECKING:
    from noisebench._grammar import Part, Sweep

_OPEN = ("absent", "learned")
"""Fillings that leave no content for another noise to act on."""


def check_composition(sweep: "Sweep", text: str) -> None:
    """Refuse a chain in which a step undoes the one before it, or acts on what is not there.

    Raises:
        PlanError: it does; the message says which order has a meaning.
    """
    touched: dict[str, Part] = {}
    gone: dict[str, Part] = {}
    for step in sweep.steps():
        for part in step:
            _check_after(part, touched, gone, text)
        for part in step:
            touched |= dict.fromkeys(_acted_on(part), part)
            gone |= dict.fromkeys(_left_open(part), part)


def _check_after(
    part: "Part", touched: dict[str, "Part"], gone: dict[str, "Part"], text: str
) -> None:
    for name in _replaced(part):
        if name in touched:
            hint = (
                f"the other content is clean, so that {touched[name]} would only be left where it is not "
                f"replaced; the order that says both is {part} > {touched[name]}"
            )
            expected = f"noise in {name!r} after its content is another sample's"
            raise PlanError(explain(expected, "sweep", text, hint))
    for name in _acted_on(part):
        if name in gone:
            hint = (
                f"{gone[name]} leaves nothing to act on; write {part} > {gone[name]}, or fill=zeros"
            )
            raise PlanError(explain(f"noise in {name!r} while it is there", "sweep", text, hint))


def _between(noise: Perturbation) -> bool:
    return noise.modality == "crossmodal"


def _last(part: "Part") -> tuple[str, ...]:
    """Return the inputs that a noise between inputs changes."""
    settings = part.noise.settings
    count = settings.get("lost", settings.get("stale", 1))
    return part.inputs[-int(count) :]


def _acted_on(part: "Part") -> tuple[str, ...]:
    if not _between(part.noise):
        return part.inputs
    return part.inputs if part.noise.family == "joint" else _last(part)


def _replaced(part: "Part") -> tuple[str, ...]:
    """Return the inputs in whose place a noise may put another sample's clean content."""
    noise = part.noise
    peers = noise.declared.needs_peers and noise.family in {"pairing", "time"}
    takes = peers or noise.settings.get("fill") == "last"
    return _last(part) if _between(noise) and takes else ()


def _left_open(part: "Part") -> tuple[str, ...]:
    """Return the inputs that may have no content after a noise."""
    noise = part.noise
    if not _between(noise) or noise.settings.get("fill") not in _OPEN:
        return ()
    return _last(part) if "lost" in noise.settings else part.inputs
