"""A noise together with the values, facts and statistics that it is examined on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from perturbations._modality import Modality, modality
from perturbations._noisy import Noisy
from perturbations._perturbation import Perturbation
from perturbations._registry import known
from perturbations.errors import NotApplicable

CORPUS = 64
"""Samples over which mean distortion is judged."""
_MANY = 64 * CORPUS


@dataclass(frozen=True, slots=True)
class _Corpus:
    ids: Sequence[str]
    values: Sequence[Any]
    facts: Mapping[str, Any]
    reference: Any
    named: Mapping[str, Sequence[Any]]

    def labels(self, name: str) -> Sequence[Any] | None:
        return self.named.get(name)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, sample: str) -> Any:
        return self.values[int(sample.rpartition("-")[2])]


@dataclass(frozen=True, slots=True)
class Specimen:
    """A noise and what it is examined on."""

    noise: Perturbation
    registered: bool
    """Whether `get` finds it by its text form."""

    @property
    def contract(self) -> Modality:
        """The contract of its modality."""
        return modality(self.noise.modality)

    @property
    def values(self) -> Sequence[Any]:
        """Realistic clean values that the noise has a meaning for."""
        return _suited(self.noise).values

    @property
    def ids(self) -> Sequence[str]:
        """Ids of the values."""
        return _suited(self.noise).ids

    def make(self, value: Any, severity: Any, sample: str = "s-0", **given: Any) -> Any:
        """Return the noisy value."""
        return self.noise(value, severity, sample=sample, **(self.context() | given))

    def apply(self, value: Any, severity: float, sample: str = "s-0", **given: Any) -> Noisy:
        """Return the noisy value with mapping and report."""
        return self.noise.apply(value, severity, sample=sample, **(self.context() | given))

    def batch(self, values: Any, severity: float, samples: Sequence[str], **given: Any) -> Any:
        """Return noisy values."""
        return self.noise.batch(values, severity, samples=samples, **(self.context() | given))

    def context(self, edge: Any = None) -> dict[str, Any]:
        """Return the facts, the reference and the peers as arguments; an edge value is its own reference."""
        corpus = _corpus(self.noise.modality)
        context: dict[str, Any] = {"facts": corpus.facts}
        if self.noise.declared.reference:
            fit = self.contract.fit
            own = edge is not None and fit is not None
            context["reference"] = fit([edge], corpus.facts) if own and fit else corpus.reference
        if self.noise.declared.peers:
            context["peers"] = corpus
        return context

    def distortions(self, severity: float) -> list[float]:
        """Return the distortion of every value in the declared measure, turned so that larger means more."""
        values, ids = list(self.values), self.ids
        measure = self.contract.measures[self.noise.measure]
        if measure.told:
            pairs = zip(values, ids, strict=True)
            told = [self.apply(value, severity, sample).report for value, sample in pairs]
            return [measure.sign * report.get(self.noise.measure, 0.0) for report in told]
        rows = zip(values, self.batch(values, severity, ids), strict=True)
        return [measure.sign * self._measured(clean, noisy) for clean, noisy in rows]

    def _measured(self, clean: Any, noisy: Any) -> float:
        from perturbations.distance import distance

        name, corpus = self.noise.modality, _corpus(self.noise.modality)
        found = distance(name, clean, noisy, facts=corpus.facts, reference=corpus.reference)
        return found[self.noise.measure]


def specimen(noise: Perturbation) -> Specimen:
    """Put a noise on the bench."""
    twin = known(noise.name)
    registered = twin is not None and twin.function is noise.function
    return Specimen(noise, registered)


@cache
def _suited(noise: Perturbation) -> _Corpus:
    """Return the corpus without the values that the noise refuses as meaningless, such as grey for a shift of colour."""
    plain = _corpus(noise.modality)
    probe = Specimen(noise, registered=False)
    if all(_applies(probe, value) for value in plain.values):
        return plain
    many = _corpus(noise.modality, _MANY)
    kept = [value for value in many.values if _applies(probe, value)][:CORPUS]
    ids = [f"s-{i}" for i in range(len(kept))]
    return _Corpus(ids, kept, many.facts, many.reference, many.named)


def _applies(case: Specimen, value: Any) -> bool:
    try:
        case.make(value, 1.0)
    except NotApplicable:
        return False
    return True


@cache
def _corpus(name: str, size: int = CORPUS) -> _Corpus:
    contract = modality(name)
    values = contract.corpus(size)
    reference = contract.fit(values, contract.facts) if contract.fit else None
    ids = [f"s-{i}" for i in range(len(values))]
    labels = contract.labels(len(values)) if contract.labels else {}
    return _Corpus(ids, values, contract.facts, reference, labels)
