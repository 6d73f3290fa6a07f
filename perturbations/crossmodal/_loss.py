"""Taking inputs away: which of a sample's inputs go, what stays, and what stands in their place."""

from collections.abc import Mapping, Sequence
from typing import Any

from perturbations import Draw, Noisy, Peers
from perturbations.crossmodal._inputs import check_word, ends
from perturbations.crossmodal._reference import CrossReference
from perturbations.crossmodal._sequence import NOWHERE, Flags, recorded
from perturbations.crossmodal._stand_in import FILLS, stand_in
from perturbations.errors import BadValue, MissingPeers, NotApplicable, explain

Value = Mapping[str, Any]
Facts = Mapping[str, Any]


def to_lose(value: Value, fill: str, lost: int) -> list[str]:
    """Return which inputs are to be lost: the last ones, of those that there are.

    Raises:
        BadSetting: there is no such fill, or no input would be lost, or none remain.
        NotApplicable: the inputs that would remain are missing already.
    """
    check_word(fill, FILLS, "fill")
    names = ends(value, lost)
    check_remaining(value, names)
    return [name for name in names if value[name] is not None]


def check_remaining(value: Value, names: Sequence[str]) -> None:
    """Refuse to take away all that there is.

    Raises:
        NotApplicable: nothing would remain.
    """
    if all(content is None for name, content in value.items() if name not in names):
        hint = "leave the sample out, or name an input first that it has"
        expected = f"an input that remains without {' and '.join(names)}"
        raise NotApplicable(explain(expected, "inputs", list(value), hint))


def without(
    value: Value,
    names: Sequence[str],
    fill: str,
    facts: Facts | None,
    reference: CrossReference | None,
) -> Noisy:
    """Return the value in which some inputs are gone.

    Raises:
        NotApplicable: an input has nothing of the sort that is to stand in its place.
    """
    gone = {name: stand_in(value[name], name, fill, facts or {}, reference) for name in names}
    return Noisy({**value, **gone}, report={"lost": ",".join(names)})


def as_before(
    value: Value, names: Sequence[str], draw: Draw, stale: Flags, peers: Peers | None, by: str
) -> Noisy | Value:
    """Return the value in which some inputs are those of the latest sample before that was not stale itself.

    The first of a sequence has nothing before it, and stays.
    """
    peers = demanded(peers)
    found = recorded(peers, by, draw)
    place = found.place(draw)
    if place == NOWHERE:
        return value
    at = found.fresh(place, stale, lambda each: _contents(peers, each, names[-1:])[0])
    if at == NOWHERE:
        return value
    return taken_from(value, names, peers, at, int(found.step[place] - found.step[at]))


def taken_from(value: Value, names: Sequence[str], peers: Peers, place: int, age: int) -> Noisy:
    """Return the value with some inputs of the sample at a place of the data set, so many samples older.

    The mapping says which they are: at a higher severity the same are stale, though they may be older.
    """
    held = dict(zip(names, _contents(peers, place, names), strict=True))
    report = {"lost": ",".join(names), "age": age}
    return Noisy({**value, **held}, mapping=tuple(names), report=report)


def demanded(peers: Peers | None) -> Peers:
    """Return the other samples.

    Raises:
        MissingPeers: there are none to index.
    """
    if peers is None:
        hint = "pass peers=, the other clean samples; a stream has none"
        raise MissingPeers(explain("the peers of the sample", "peers", None, hint))
    return peers


def _contents(peers: Peers, place: int, names: Sequence[str]) -> list[Any]:
    sample = str(peers.ids[place])
    other = peers[sample]
    if not set(names) <= set(other):
        expected = f"the inputs {', '.join(names)} in the sample {sample!r}"
        raise BadValue(explain(expected, "inputs", list(other)))
    return [other[name] for name in names]
