"""Affinity of noises: what a model that was trained on one noise is worth under another, and under the noise of the field.

It trains models through a hook of the user; see `affinity`.
"""

from noisebench.affinity._affinity import Affinity, Predictor, Transfer
from noisebench.affinity._job import Job, affinity, prepare
from noisebench.affinity._make import affinity_of

__all__ = ["Affinity", "Job", "Predictor", "Transfer", "affinity", "affinity_of", "prepare"]
