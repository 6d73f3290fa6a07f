"""Invariance: what a model sees as the same thing, and what of a loss is not in the input any more.

It is read off the cells of an audit in which a group acts on an input; see `Audit.invariance`.
"""

from noisebench.invariance._invariance import Acted, Invariance, Size
from noisebench.invariance._make import invariance_of
from noisebench.invariance._split import Split

__all__ = ["Acted", "Invariance", "Size", "Split", "invariance_of"]
