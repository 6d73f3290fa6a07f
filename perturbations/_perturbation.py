"""A noise: its declaration, and the law that it enforces once for all.

Why: peers repeat seeding, range checks, dtype handling and identity in every class and get each wrong somewhere.
Here a noise is a pure function of (value, draw, dose); everything else is enforced here and in `_making`: severity range,
exact identity at 0, doses from ladders, the draw from the key, the output contract, the input never written to.
"""

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from perturbations import _containers, _registry, _text_form
from perturbations._action import UNDONE, Action
from perturbations._declaration import Declaration, check_setting
from perturbations._doses import doses_of
from perturbations._draw import Draw, sample_keys
from perturbations._ladder import Ladder
from perturbations._making import Making
from perturbations._modality import Context, Modality, modality
from perturbations._noisy import Noisy, Peers
from perturbations._transform import Transform
from perturbations.errors import (
    BadValue,
    MissingFact,
    MissingPeers,
    MissingReference,
    explain,
)

Function = Callable[..., Any]


class FittedOnBatch(UserWarning):
    """A batch came without a reference, so one was fitted on the batch itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Perturbation:
    """A named, pure function of (value, draw, dose) that makes one kind of noise.

    Attributes carry the declaration; call it on one value, `batch` on many, `apply` for the mapping and the report.
    """

    name: str
    modality: str
    """The kind of data it is for."""
    family: str
    function: Function
    declared: Declaration
    settings: Mapping[str, Any]
    """All settings with their values."""
    coupling: str
    batched: bool
    native: bool
    keeps: tuple[str, ...]
    missing: bool
    scope: str
    frames: str
    """What it does over a sequence of frames: independent, fixed or moving."""
    measure: str
    exempt: Mapping[str, str]
    requires: tuple[str, ...]
    """Extras of noisebench that it needs."""
    recipe: tuple[Callable[..., "Perturbation"], tuple[Any, ...], Mapping[str, Any]] | None = None
    """How to make it again, for one that is not in the registry."""
    scans: bool = False
    """Whether the function itself refuses numbers that are not finite."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """Setting to what acts in place of the user's own, as long as the setting has its default."""
    action: Action | None = None
    """How it acts as a group; None where what it does cannot be undone."""

    @property
    def preset(self) -> str | None:
        """The published set of noises that it belongs to; None for a noise of the catalogue."""
        first = self.name.partition("/")[0]
        return None if first == self.modality else first

    @property
    def shared(self) -> bool:
        """Whether one draw is for all samples of a run, so that only replicates show what another would do."""
        return self.scope == "device"

    @property
    def ladders(self) -> Mapping[str, Ladder]:
        """Doses by parameter name; the first is the axis of reports."""
        return self.declared.ladders

    @property
    def unit(self) -> str:
        """Unit of the first ladder."""
        return next(iter(self.ladders.values())).unit

    @property
    def doc(self) -> str:
        """The whole docstring of the noise."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """What happens in the world, in one line."""
        return self.doc.partition("\n")[0]

    @property
    def stand_in(self) -> str:
        """What acts in place of what the user has not given; empty where there is nothing of the kind."""
        default = self.declared.settings
        given = [
            f"{what}, in place of {name}=..."
            for name, what in self.stand_ins.items()
            if self.settings[name] == default[name]
        ]
        return "; ".join(given)

    def __str__(self) -> str:
        default = self.declared.settings
        return _text_form.write(
            self.name, {k: v for k, v in self.settings.items() if v != default[k]}
        )

    def __repr__(self) -> str:
        return f"<perturbation {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Perturbation) and (str(self), self.function) == (
            str(other),
            other.function,
        )

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if self.recipe is None:
            return _registry.get, (str(self),)
        factory, arguments, keywords = self.recipe
        return _remake, (factory, arguments, dict(keywords), dict(self.settings))

    def with_settings(self, **settings: Any) -> "Perturbation":
        """Return this noise with other settings.

        Raises:
            BadSetting: the noise has no such setting, or the value is of another type.
        """
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        for key, value in given.items():
            check_setting(self.name, self.declared.settings, key, value)
        return replace(self, settings={**self.settings, **given})

    def doses(
        self,
        severity: float | None = None,
        *,
        dose: Mapping[str, float] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> dict[str, float]:
        """Return the dose of every ladder at a severity, or at a native dose that the others follow."""
        return doses_of(self.name, self.ladders, severity, dose, facts or {})

    def __call__(
        self,
        value: Any,
        severity: float | None = None,
        *,
        sample: object = "",
        seed: int = 0,
        replicate: int = 0,
        dose: Mapping[str, float] | None = None,
        input: str | None = None,
        position: int = 0,
        facts: Mapping[str, Any] | None = None,
        reference: Any = None,
        peers: Peers | None = None,
        group: object = None,
    ) -> Any:
        """Return the noisy value of one sample; at severity 0 the very object that was given."""
        return self.apply(
            value,
            severity,
            sample=sample,
            seed=seed,
            replicate=replicate,
            dose=dose,
            input=input,
            position=position,
            facts=facts,
            reference=reference,
            peers=peers,
            group=group,
        ).value

    def apply(
        self,
        value: Any,
        severity: float | None = None,
        *,
        sample: object = "",
        seed: int = 0,
        replicate: int = 0,
        dose: Mapping[str, float] | None = None,
        input: str | None = None,
        position: int = 0,
        facts: Mapping[str, Any] | None = None,
        reference: Any = None,
        peers: Peers | None = None,
        group: object = None,
    ) -> Noisy:
        """Return the noisy value of one sample with its mapping and report.

        Args:
            value: one value of the modality.
            severity: number in [0, 1]; or give `dose`.
            sample: id of the sample; different ids get different noise.
            seed: seed of the run.
            replicate: number of the repetition.
            dose: native doses by ladder name, which bypass severity.
            input: name of the input stream; different inputs get different noise.
            position: place in a chain of noises.
            facts: facts of the input, such as {"rate": 16000}.
            reference: what `fit` returned.
            peers: the other clean samples, by id.
            group: id of the sample's group, for a noise whose scope is a sequence or a group.

        Raises:
            PerturbationError: what is wrong with the value, the severity, the dose or the context.
        """
        contract, context = self._context(facts, reference, peers)
        doses = self.doses(severity, dose=dose, facts=context.facts)
        array, back = _containers.to_numpy(value)
        contract.check(array, context, False)
        if self._is_none(doses, context):
            return Noisy(value)
        draw = self._draw([sample], seed, input, position, replicate, [group]).row(0)
        making = self._made(contract, context, doses, peers)
        noisy = making.one(array, draw)
        return replace(noisy, value=back(noisy.value))

    def batch(
        self,
        values: Any,
        severity: float | None = None,
        *,
        samples: Iterable[object],
        seed: int = 0,
        replicate: int = 0,
        dose: Mapping[str, float] | None = None,
        input: str | None = None,
        position: int = 0,
        facts: Mapping[str, Any] | None = None,
        reference: Any = None,
        peers: Peers | None = None,
        groups: Sequence[object] | None = None,
    ) -> Any:
        """Return noisy values in a container of the same kind, bit for bit as one by one.

        Args:
            values: an array with a leading sample axis, a list, or a data frame.
            samples: ids of the samples, or what `perturbations.sample_keys` made of them.
            groups: ids of the samples' groups, for a noise whose scope is a sequence or a group.

        The other arguments are those of `apply`. Without a reference, a noise that needs one fits it on the batch
        and says so with a `FittedOnBatch` warning.
        """
        array, back = _containers.to_numpy(values)
        if (
            _containers.is_pandas(array)
            and array.ndim == 2
            and not modality(self.modality).columnar
        ):
            hint = "a frame is one value: noise(frame, ...), or noise.batch([frame], samples=[id])"
            raise BadValue(
                explain("several values, such as a list of frames", "values", values, hint)
            )
        reference = self._fitted(array, facts, reference)
        making = self._making(severity, dose, facts, reference, peers)
        keys = self._keys(array, samples)
        if making is None or len(array) == 0:
            return values
        draw = self._draw(keys, seed, input, position, replicate, groups)
        return back(making.many(array, draw))

    def apply_batch(
        self,
        values: Any,
        severity: float | None = None,
        *,
        samples: Iterable[object],
        seed: int = 0,
        replicate: int = 0,
        dose: Mapping[str, float] | None = None,
        input: str | None = None,
        position: int = 0,
        facts: Mapping[str, Any] | None = None,
        reference: Any = None,
        peers: Peers | None = None,
        groups: Sequence[object] | None = None,
    ) -> Noisy:
        """Return a noisy container of rows with what was done: of a table, numbers of the report have one for each row.

        The arguments are those of `batch`.

        Raises:
            BadValue: the modality does not hold its samples in one container; use `apply` on each.
        """
        if not modality(self.modality).columnar:
            hint = "use noise.apply on each value"
            raise BadValue(explain("a noise in tables", "noise", self.name, hint))
        array, back = _containers.to_numpy(values)
        reference = self._fitted(array, facts, reference)
        making = self._making(severity, dose, facts, reference, peers)
        keys = self._keys(array, samples)
        if making is None or len(array) == 0:
            return Noisy(values)
        noisy = making.whole(array, self._draw(keys, seed, input, position, replicate, groups))
        return replace(noisy, value=back(noisy.value))

    def _fitted(self, values: Any, facts: Mapping[str, Any] | None, reference: Any) -> Any:
        """Return the reference; one of the values themselves, with a warning, where it is needed and missing."""
        if not self.declared.needs_reference or reference is not None or not len(values):
            return reference
        message = f"{self.name}: fitted the reference on this batch of {len(values)}; noise.fit(rows) fixes it"
        warnings.warn(message, FittedOnBatch, stacklevel=3)
        return self.fit(values, facts=facts)

    def _keys(self, values: Any, samples: Iterable[object]) -> Any:
        keys = sample_keys(samples)
        if len(keys) != len(values):
            raise BadValue(explain(f"{len(values)} sample ids", "samples", list(keys)[:3]))
        return keys

    def _making(
        self,
        severity: float | None,
        dose: Mapping[str, float] | None,
        facts: Mapping[str, Any] | None,
        reference: Any,
        peers: Peers | None,
    ) -> Making | None:
        """Return the noise at its dose in its context; None where there is none."""
        contract, context = self._context(facts, reference, peers)
        doses = self.doses(severity, dose=dose, facts=context.facts)
        if self._is_none(doses, context):
            return None
        return self._made(contract, context, doses, peers)

    def _made(
        self,
        contract: Modality,
        context: Context,
        doses: Mapping[str, float],
        peers: Peers | None,
    ) -> Making:
        arguments = self._arguments(doses, context, peers)
        if self.action is None or not arguments.pop(UNDONE):
            return Making(self, contract, context, arguments)
        back = self.action.undoing(arguments, next(iter(self.ladders)))
        return Making(self, contract, context, arguments, back)

    def fit(self, rows: Any, *, facts: Mapping[str, Any] | None = None) -> Any:
        """Return the reference of the clean data that this noise needs; None when it needs none."""
        fit = modality(self.modality).fit
        if fit is None or not self.declared.reference:
            return None
        return fit(_containers.to_numpy(rows)[0], facts or {})

    def as_transform(
        self, severity: float | tuple[float, float] = 0.4, *, seed: int = 0, **context: Any
    ) -> Transform:
        """Return a callable for training pipelines: a new draw for every value and epoch."""
        return Transform(self, severity, seed, context)

    def _context(
        self, facts: Mapping[str, Any] | None, reference: Any, peers: Peers | None
    ) -> tuple[Modality, Context]:
        facts = facts or {}
        for fact, required in self.declared.facts.items():
            if required and fact != "facts" and fact not in facts:
                hint = f"pass facts={{{fact!r}: ...}}, or declare it on the data set's input"
                raise MissingFact(
                    explain(f"the fact {fact!r} for {self.name}", "facts", facts, hint)
                )
        if self.declared.needs_reference and reference is None:
            hint = "pass reference=noise.fit(rows), fitted once on the clean data"
            raise MissingReference(explain(f"a reference for {self.name}", "reference", None, hint))
        if self.declared.needs_peers and peers is None:
            hint = "pass peers=, the other clean samples; a stream has none"
            raise MissingPeers(
                explain(f"the peers of the sample for {self.name}", "peers", None, hint)
            )
        return modality(self.modality), Context(
            facts, reference, self.native, self.missing, self.scans
        )

    def _is_none(self, doses: Mapping[str, float], context: Context) -> bool:
        return all(doses[n] == ladder.no_dose(context.facts) for n, ladder in self.ladders.items())

    def _draw(
        self,
        samples: Iterable[object],
        seed: int,
        input: str | None,
        position: int,
        replicate: int,
        groups: Sequence[object] | None,
    ) -> Draw:
        keys = sample_keys(samples)
        if self.scope in ("sequence", "group") and groups is not None:
            own = [keys[i] if g is None else sample_keys([g])[0] for i, g in enumerate(groups)]
            keys = np.array(own, dtype=np.uint64)
        draw = Draw.of(
            keys,
            seed=seed,
            perturbation=self.name,
            input=input or "",
            position=position,
            replicate=replicate,
        )
        if self.scope == "device":
            device = draw.shared("device")
            return Draw(np.broadcast_to(device.keys, keys.shape), draw.run)
        return draw

    def _arguments(
        self, doses: Mapping[str, float], context: Context, peers: Peers | None
    ) -> dict[str, Any]:
        integer = {n for n, ladder in self.ladders.items() if ladder.scale == "integer"}
        arguments: dict[str, Any] = {n: int(d) if n in integer else d for n, d in doses.items()}
        arguments |= self.settings
        for fact in self.declared.facts:
            if fact == "facts":
                arguments[fact] = context.facts
            elif fact in context.facts:
                arguments[fact] = context.facts[fact]
        if self.declared.reference:
            arguments["reference"] = context.reference
        if self.declared.peers:
            arguments["peers"] = peers
        return arguments


def _remake(
    factory: Callable[..., Perturbation],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    settings: dict[str, Any],
) -> Perturbation:
    return factory(*arguments, **keywords).with_settings(**settings)
