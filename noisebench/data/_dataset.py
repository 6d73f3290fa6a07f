"""The data set that an audit reads: named inputs, targets, stable ids, groups, facts, slices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from noisebench.data._batch import Batch
from noisebench.data._check import (
    aligned,
    check_inputs,
    check_name,
    checked_facts,
    checked_ids,
    checked_slices,
    settle,
)
from noisebench.data._column import Container, container, restore
from noisebench.data._hash import Fingerprint
from noisebench.data._held import Held
from noisebench.data._modality import check_declared, modalities_of
from noisebench.data._moves import Moves, check_protected, checked_moves
from noisebench.data._order import keyed_order
from noisebench.data._peers import Peers
from noisebench.data._stream import Source, Streamed
from noisebench.errors import DataError
from perturbations.errors import explain


class Dataset:
    """Named inputs with a modality each, and what is known about every sample.

    Inputs are NumPy arrays, lists (also ragged), data frames (of pandas, polars, pyarrow, ...; of time series: a list of
    them, of pandas), torch tensors, or anything
    with `__len__` and `__getitem__`. They are neither copied nor changed. A modality is inferred
    where there is no doubt: strings are text, a data frame is tabular, an unsigned 8-bit array of
    three or four axes is image, and an input named like a modality has it.

    Args:
        inputs: input name to values, one value a sample.
        targets: one a sample; leave out for unlabelled data.
        ids: stable names of the samples; the noise that a sample gets depends on its id. The
            positions where left out.
        modalities: input name to modality, where it cannot be inferred.
        facts: input name to facts, such as `{"speech": {"rate": 16000}}` in Hz.
        moves: input name to the kind of target that moves with it, or several: "boxes", "keypoints", "mask",
            "spans" of a text, "times", "segments" and "frames" of a sound or a series, or "points" of a cloud, the
            labels of its points. Noise that moves the
            picture (shift, rotation, ...) or time (a late clip, a drifting clock, ...) then moves the targets too, and
            the audit counts those that are lost. A target is the array itself, or a mapping that holds it by
            that name: boxes (n, 4) as x0, y0, x1, y1 in px, keypoints (..., 2) as x, y or (..., 3) with
            visibility, a mask (H, W) of labels. Boxes are edges (left, top, right, bottom; the frame is
            [0, width] x [0, height]), keypoints are in pixel centres (the middle of the first pixel is (0, 0)), spans
            are {"start": 3, "end": 8, "label": ...} or (3, 8) in code points. Times (n,) and segments (n, 2) of start
            and stop are in seconds (in steps where no rate is known), frames are labels (F,) of equal parts
            of the whole. Where a box, a span, a time or a segment is lost, so is its row of every other field,
            such as "labels".
        protect: keep the spans that move free of noise. What to protect can also be said in `facts` of a text:
            "protect" is a regular expression or several, "protect_words" a tuple of words.
        groups: which samples belong together (patient, scene): intervals resample groups.
        slices: slice name to labels; reports show every slice on its own.

    Raises:
        DataError: lengths differ, ids repeat, a modality cannot be told, or there is nothing.

    Examples:
        >>> data = Dataset({"text": ["good", "bad"]}, targets=[1, 0])
        >>> data.modalities, len(data), data.ids
        ({'text': 'text'}, 2, ('0', '1'))
    """

    __slots__ = (
        "_fingerprint",
        "_rows",
        "containers",
        "facts",
        "inputs",
        "modalities",
        "moves",
        "protect",
    )

    inputs: tuple[str, ...]
    """Names of the inputs."""

    modalities: dict[str, str]
    """Input name to modality."""

    facts: dict[str, dict[str, Any]]
    """Input name to facts; {} where none are known."""

    moves: Moves
    """Input name to the kinds of target that move with it; {} where none do."""

    protect: bool
    """Whether the spans that move are kept free of noise."""

    containers: dict[str, Container]
    """Input name to what held the values, so that models get tensors back as tensors."""

    def __init__(
        self,
        inputs: Mapping[str, Any],
        targets: Any = None,
        *,
        ids: Sequence[Any] | None = None,
        modalities: Mapping[str, str] | None = None,
        facts: Mapping[str, Mapping[str, Any]] | None = None,
        moves: Mapping[str, str | Sequence[str]] | None = None,
        protect: bool = False,
        groups: Any = None,
        slices: Mapping[str, Any] | None = None,
    ) -> None:
        values = check_inputs(inputs)
        known = modalities_of(values, modalities or {})
        values = {name: settle(name, held, known[name]) for name, held in values.items()}
        size = len(next(iter(values.values())))
        rows = Held(
            inputs=values,
            ids=checked_ids(ids, size),
            targets=None if targets is None else aligned("targets", targets, size),
            groups=None if groups is None else aligned("groups", groups, size),
            slices=checked_slices(slices, size),
        )
        moving = checked_moves(moves, known, labelled=targets is not None)
        self.protect = check_protected(moving, protect=protect)
        self._assign(rows, known, checked_facts(facts, known), moving)

    @classmethod
    def stream(
        cls,
        source: Source,
        *,
        modalities: Mapping[str, str],
        facts: Mapping[str, Mapping[str, Any]] | None = None,
        moves: Mapping[str, str | Sequence[str]] | None = None,
        protect: bool = False,
    ) -> "Dataset":
        """Make a data set of records that are read one after another, as often as needed.

        A record is `{"id": ..., "inputs": {...}, "target": ..., "group": ..., "slices": {...}}`;
        only `inputs` is required. Equally shaped arrays of a batch arrive as one array.

        Args:
            source: an iterable that can be read again, or a function that returns one.
            modalities: input name to modality, for every input.
            facts: input name to facts.
            moves: input name to the kinds of target that move with it.
            protect: keep the spans that move free of noise.

        Raises:
            DataError: the source can be read only once, or a modality is unknown.
        """
        if not isinstance(modalities, Mapping) or not modalities:
            hint = 'for example modalities={"image": "image"}'
            raise DataError(explain("the modality of every input", "modalities", modalities, hint))
        for name, modality in modalities.items():
            check_name(name, "input")
            check_declared(name, modality, modalities)
        names = tuple(modalities)
        data = cls.__new__(cls)
        known = checked_facts(facts, modalities)
        moving = checked_moves(moves, modalities, labelled=True)
        data.protect = check_protected(moving, protect=protect)
        data._assign(Streamed(source, names), dict(modalities), known, moving)  # noqa: SLF001 - own class
        return data

    def _assign(
        self,
        rows: Held | Streamed,
        modalities: dict[str, str],
        facts: dict[str, dict[str, Any]],
        moves: Moves,
        containers: dict[str, Container] | None = None,
    ) -> None:
        self._rows = rows
        self._fingerprint = ""
        self.inputs = tuple(modalities)
        self.modalities = modalities
        self.facts = facts
        self.moves = moves
        held = rows.inputs if isinstance(rows, Held) else {}
        self.containers = containers or {n: container(values) for n, values in held.items()}

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: {self.modalities[name]}" for name in self.inputs)
        return f"Dataset({inputs}; {'?' if self.size is None else self.size} samples)"

    def __len__(self) -> int:
        if self.size is None:
            hint = "use .size, which is None until the stream has been read to its end"
            raise DataError(explain("data of known length", "data", "a stream not yet read", hint))
        return self.size

    @property
    def size(self) -> int | None:
        """Number of samples; None for a stream that has not been read to its end."""
        return self._rows.size

    @property
    def indexable(self) -> bool:
        """Whether samples can be read in any order."""
        return isinstance(self._rows, Held)

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the samples, in the data set's own order."""
        return self._held("ids").ids

    @property
    def targets(self) -> Any:
        """One target a sample, or None."""
        return self._held("targets").targets

    @property
    def groups(self) -> Any:
        """One group label a sample, or None."""
        return self._held("groups").groups

    @property
    def slices(self) -> Mapping[str, Any]:
        """Slice name to one label a sample."""
        return self._held("slices").slices

    def batches(self, size: int, *, order_seed: int | None = None) -> Iterator[Batch]:
        """Yield all samples once, `size` at a time (the last batch may be smaller).

        Args:
            size: samples a batch.
            order_seed: key of a random order; None, or a stream, keeps the data's own order.

        Raises:
            DataError: the size is not a positive integer, or a stream is not what it should be.
        """
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise DataError(explain("a positive number of samples a batch", "size", size))
        rows = self._rows
        return rows.batches(size, order_seed) if isinstance(rows, Held) else rows.batches(size)

    def order(self, seed: int | None) -> tuple[str, ...]:
        """Return the ids in the order in which `batches` visits them.

        Args:
            seed: key of a random order; None keeps the data's own.

        Raises:
            DataError: the data set is a stream.
        """
        held = self._held("order")
        if seed is None:
            return held.ids
        return tuple(held.ids[i] for i in keyed_order(held.size, seed))

    def take(self, ids: Sequence[Any]) -> Batch:
        """Return the samples with these ids, in this order.

        Raises:
            DataError: an id is unknown, or the data set is a stream.
        """
        held = self._held("take")
        return held.batch(held.positions([str(name) for name in ids]))

    def subset(self, indices: Any) -> "Dataset":
        """Return the samples at some positions (integers, a slice or a mask) as a data set.

        Raises:
            DataError: no sample is left, a position is outside, or the data set is a stream.
        """
        held = self._held("subset")
        try:
            chosen = indices if isinstance(indices, slice) else np.asarray(indices)
            rows = np.arange(held.size)[chosen]
        except IndexError as error:
            expected = f"positions below {held.size}, a slice or a mask"
            raise DataError(explain(expected, "indices", indices, str(error))) from error
        if rows.ndim != 1 or not len(rows):
            raise DataError(explain("at least one position", "indices", indices))
        data = Dataset.__new__(Dataset)
        part = held.subset(rows)
        data.protect = self.protect
        data._assign(part, self.modalities, self.facts, self.moves, self.containers)  # noqa: SLF001 - own class
        return data

    def peers(self) -> Peers:
        """Return a view of the clean samples, for noise that is made of them.

        Raises:
            DataError: the data set is a stream.
        """
        held = self._held("peers")
        return Peers(held.inputs, held.ids, held.places, labels=held.labels)

    def restore(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Put NumPy values back into the tensors that the data set was given."""
        kept = self.containers
        return {n: restore(v, kept[n]) if n in kept else v for n, v in inputs.items()}

    def fingerprint(self) -> str:
        """Return a hash of inputs, ids, targets, modalities, facts and moves (32 hexadecimal digits).

        A stream is read once from end to end for it; the answer is kept.
        """
        if not self._fingerprint:
            made = Fingerprint()
            moves = [self.moves] if self.moves else []
            protect = ["protect"] if self.protect else []
            made.add([self.modalities, self.facts, *moves, *protect])
            self._rows.add_to(made)
            self._fingerprint = made.hexdigest()
        return self._fingerprint

    def _held(self, what: str) -> Held:
        if isinstance(self._rows, Held):
            return self._rows
        hint = "read it from the batches, or load the data into arrays or lists"
        raise DataError(explain(f"indexable data for .{what}", "data", "a stream", hint))
