"""Noises of single inputs that act in one sample together: which noise is in which input, and how it is made there.

Why: what makes joint noise joint is the dependence of its parts. So every part is the noise that it is alone, at a severity
that the sample draws for it; only how these severities hang together is the matter of the joint noise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from perturbations import Draw, Noisy, Peers, Perturbation, get, modality
from perturbations._moved import Mover
from perturbations._text_form import split
from perturbations.crossmodal._labels import known_labels
from perturbations.crossmodal._reference import CrossReference
from perturbations.crossmodal._sequence import GROUP, NOWHERE, recorded
from perturbations.errors import (
    BadSetting,
    BadValue,
    MissingExtra,
    NotApplicable,
    PerturbationError,
    UnknownPerturbation,
    did_you_mean,
    explain,
)

Value = Mapping[str, Any]
Chains = Mapping[str, Sequence[Perturbation]]
"""Input to its noises, in the order in which they act."""

STANDING = {
    "image": "image/gaussian-noise",
    "text": "text/keyboard-typo",
    "audio": "audio/white-noise",
    "timeseries": "timeseries/additive-noise",
    "tabular": "tabular/numeric-noise",
    "video": "video/gaussian-noise",
    "pointcloud": "pointcloud/jitter",
}
"""The noise that stands for a modality: that of its sensor, or of the fingers that typed it (our choice)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the parts may know besides their input's content."""

    draw: Draw
    facts: Mapping[str, Any]
    reference: CrossReference | None
    peers: Peers | None


@dataclass(frozen=True, slots=True)
class _Only:
    """The other samples, as one input has them."""

    peers: Peers
    name: str

    @property
    def ids(self) -> Sequence[str]:
        return self.peers.ids

    def __len__(self) -> int:
        return len(self.peers)

    def __getitem__(self, sample: str) -> Any:
        return self.peers[sample][self.name]

    def labels(self, name: str) -> Sequence[Any] | None:
        return known_labels(self.peers, name)


def chains_of(text: str, value: Value, facts: Mapping[str, Any]) -> Chains:
    """Return which noises go into which input: as the text says, or else what stands for each modality.

    Raises:
        BadSetting: the text cannot be read, or names an input twice, or one that there is not, or a noise that does not fit.
        NotApplicable: fewer than two inputs would have a noise.
    """
    kinds = {name: str((facts.get(name) or {}).get("modality", "")) for name in value}
    chains = read_chains(text, tuple(kinds.items())) if text.strip() else _standing(kinds)
    if len(chains) < 2:
        hint = (
            'such as noises="camera=image/fog,lidar=pointcloud/fog"; one noise alone needs no joint'
        )
        raise NotApplicable(explain("noise in two inputs", "inputs", list(chains), hint))
    return chains


def _standing(kinds: Mapping[str, str]) -> Chains:
    return {name: (get(STANDING[kind]),) for name, kind in kinds.items() if kind in STANDING}


@lru_cache(maxsize=64)
def read_chains(text: str, kinds: tuple[tuple[str, str], ...]) -> Chains:
    """Read `input=noise > noise, input=noise`; kinds are the inputs with their modalities.

    Raises:
        BadSetting: it cannot be read, or names an input twice, or one that there is not, or a noise that does not fit.
    """
    known = dict(kinds)
    found: dict[str, Sequence[Perturbation]] = {}
    for piece in split(text, ","):
        name, equals, chain = (each.strip() for each in piece.partition("="))
        if not equals or not chain:
            raise BadSetting(explain("input=noise for each input", "noises", text, _EXAMPLE))
        if name not in known:
            hint = did_you_mean(name, known)
            raise BadSetting(explain("an input that is named", "input", name, hint))
        if name in found:
            hint = f"the order matters: write {name}={found[name][-1]} > {chain}, or the other way round"
            raise BadSetting(explain("each input once", "noises", text, hint))
        found[name] = tuple(_noise(each.strip(), name, known[name]) for each in split(chain, ">"))
    return found


_EXAMPLE = 'such as "camera=image/fog,lidar=pointcloud/fog"; several noises in one input are written with >'


def _noise(text: str, name: str, kind: str) -> Perturbation:
    try:
        noise = get(text)
    except (UnknownPerturbation, MissingExtra) as error:
        raise BadSetting(f"noise in {name}: {error}") from error
    if noise.modality != kind:
        hint = f"the input {name!r} is {kind or 'of an undeclared modality'}"
        raise BadSetting(explain(f"a noise of its modality in {name!r}", "noise", text, hint))
    return noise


def noised(
    value: Value, chains: Chains, severities: Mapping[str, float], around: Surroundings
) -> Noisy:
    """Return the value with noise in its inputs, each at a severity of its own; missing inputs stay missing.

    Raises:
        NotApplicable: a noise has no meaning for a content, or the content is none of its modality.
    """
    changed, mappings = dict(value), {}
    for name, chain in chains.items():
        if value[name] is None or severities[name] == 0:
            continue
        changed[name], mapping = _through(value[name], name, chain, severities[name], around)
        if mapping is not None:
            mappings[name] = mapping
    told = {f"severity of {name}": severity for name, severity in severities.items()}
    return Noisy(changed, mapping=mappings or None, report=told)


def _through(
    content: Any, name: str, chain: Sequence[Perturbation], severity: float, around: Surroundings
) -> tuple[Any, Mover | None]:
    """Put the noises of one input into its content, one after the other; and say where its places went."""
    known = dict(_known(name, around))
    whole: Mover | None = None
    for position, noise in enumerate(chain):
        own = {key: known[key] for key in ("reference", "peers") if getattr(noise.declared, key)}
        place = {"position": position, **{k: known[k] for k in ("sample", "group", "facts")}}
        try:
            done = noise.apply(content, severity, seed=around.draw.run, input=name, **place, **own)
        except PerturbationError as error:
            kind = NotApplicable if isinstance(error, BadValue) else type(error)
            raise kind(f"{noise.name} in {name!r}: {error}") from error
        moved = done.mapping
        align = modality(noise.modality).align
        if not isinstance(moved, Mover) and align is not None:
            moved = align(content, done.value)
        if isinstance(moved, Mover):
            whole = moved if whole is None else whole.then(moved)
        content = done.value
    return content, whole


def _known(name: str, around: Surroundings) -> Iterator[tuple[str, Any]]:
    """Yield what a noise may know of an input of one sample: the names are those of its arguments."""
    facts = {k: v for k, v in (around.facts.get(name) or {}).items() if k != "modality"}
    yield "facts", facts
    yield "reference", around.reference.of_input(name) if around.reference else None
    peers = around.peers
    place = NOWHERE if peers is None else recorded(peers, GROUP, around.draw).place(around.draw)
    if peers is None or place == NOWHERE:
        yield from (("peers", peers and _Only(peers, name)), ("group", None))
        yield "sample", f"{int(around.draw.keys)}"
        return
    groups = known_labels(peers, GROUP)
    yield "peers", _Only(peers, name)
    yield "group", None if groups is None else groups[place]
    yield "sample", peers.ids[place]
