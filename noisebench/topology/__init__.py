"""The topology of noises: which of them break the same samples, how they combine, and which few are enough.

It is read off the cells of an audit; see `Audit.topology`.
"""

from noisebench.topology._distances import Distances
from noisebench.topology._groups import Group, Groups
from noisebench.topology._make import topology_of
from noisebench.topology._map import Ellipse, NoiseMap
from noisebench.topology._suite import Predicted, Step, Suite
from noisebench.topology._survival import Survival
from noisebench.topology._topology import Topology

__all__ = [
    "Distances",
    "Ellipse",
    "Group",
    "Groups",
    "NoiseMap",
    "Predicted",
    "Step",
    "Suite",
    "Survival",
    "Topology",
    "topology_of",
]
