"""The summary numbers of the literature, of one audit or of one against another: each under its citation, with an interval."""

from noisebench.literature._beside import Beside
from noisebench.literature._levels import Source
from noisebench.literature._multibench import MultiBench, multibench_of
from noisebench.literature._robustness import Robustness
from noisebench.literature._summaries import Summaries, summaries_of
from noisebench.literature._summary import Summary

__all__ = [
    "Beside",
    "MultiBench",
    "Robustness",
    "Source",
    "Summaries",
    "Summary",
    "multibench_of",
    "summaries_of",
]
