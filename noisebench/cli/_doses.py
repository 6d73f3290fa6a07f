"""What a run at equal dose says on a terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noisebench.audit import Audit


def at_equal_dose(audit: "Audit") -> bool:
    """Tell whether an audit ran at severities of equal dose, and has curves."""
    return audit.calibration is not None and not audit.partial and bool(audit.curves)


def dose_lines(audit: "Audit") -> list[str]:
    """Return what follows at equal dose; nothing for an audit at equal severities."""
    return [*audit.doses().findings] if at_equal_dose(audit) else []
