"""The topology of noises: which of them break the same samples, how they combine, and which few are enough.

It is read off the cells of an audit; see `Audit.topology`.
"""

from noisebench.topology._choose import Candidate, candidates
from noisebench.topology._composition import Composition, Pair
from noisebench.topology._difference import together
from noisebench.topology._distances import Distances
from noisebench.topology._groups import Group, Groups
from noisebench.topology._heterogeneity import Gap, Heterogeneity, Moved
from noisebench.topology._itself import Itself
from noisebench.topology._make import topology_of
from noisebench.topology._map import Ellipse, NoiseMap
from noisebench.topology._regions import Regions
from noisebench.topology._several import between, within
from noisebench.topology._suite import Predicted, Step, Suite
from noisebench.topology._survival import Survival
from noisebench.topology._topology import Topology

__all__ = [
    "Candidate",
    "Composition",
    "Distances",
    "Ellipse",
    "Gap",
    "Group",
    "Groups",
    "Heterogeneity",
    "Itself",
    "Moved",
    "NoiseMap",
    "Pair",
    "Predicted",
    "Regions",
    "Step",
    "Suite",
    "Survival",
    "Topology",
    "between",
    "candidates",
    "together",
    "topology_of",
    "within",
]
