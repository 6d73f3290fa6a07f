"""What noises cost at equal dose: side by side, beside how well they are noticed, and between inputs.

It is read off a calibrated audit; see `Audit.doses`.
"""

from noisebench.doses._account import EqualDoses, doses_of
from noisebench.doses._measured import Measured
from noisebench.doses._versus import Side, Versus

__all__ = ["EqualDoses", "Measured", "Side", "Versus", "doses_of"]
