"""The account of modalities: which input fails, which makes up for it, and which was never used.

An account is read off the cells of an audit of data with several inputs; see `Audit.modalities`.
"""

from noisebench.modalities._account import Account, Unsaid
from noisebench.modalities._attribution import Attribution, Part
from noisebench.modalities._below import Below, Crossing
from noisebench.modalities._compensation import Compensation
from noisebench.modalities._embedding import Embedding
from noisebench.modalities._interaction import Interaction
from noisebench.modalities._make import account_of
from noisebench.modalities._offset import Edge, Offsets
from noisebench.modalities._reliance import Reliance
from noisebench.modalities._subsets import Subset

__all__ = [
    "Account",
    "Attribution",
    "Below",
    "Compensation",
    "Crossing",
    "Edge",
    "Embedding",
    "Interaction",
    "Offsets",
    "Part",
    "Reliance",
    "Subset",
    "Unsaid",
    "account_of",
]
