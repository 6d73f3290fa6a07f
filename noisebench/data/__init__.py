"""Data sets: named inputs with a modality, targets, stable ids, groups, facts and slices."""

from noisebench.data._batch import Batch
from noisebench.data._column import Container
from noisebench.data._dataset import Dataset
from noisebench.data._modality import known_modalities
from noisebench.data._peers import Peers

__all__ = ["Batch", "Container", "Dataset", "Peers", "known_modalities"]
