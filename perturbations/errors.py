"""What can go wrong when noise is made.

PerturbationError
├── UnknownPerturbation   no noise of that name
├── BadValue              the value is not one of its modality
├── BadSeverity           severity is not a number in [0, 1]
├── BadDose               a native dose is outside its domain, or names no ladder
├── BadSetting            an unknown setting, or a value it does not take
├── MissingFact           the noise needs a fact of the input, such as its sampling rate
├── MissingReference      the noise needs statistics of the clean data
├── MissingPeers          the noise needs the other clean samples, and there are none to index
├── NotApplicable         the noise has no meaning for this value
├── BrokenContract        the noise returned something that its declaration rules out
├── BadDeclaration        a function cannot be made a perturbation as it is declared
└── MissingExtra          an optional package is not installed
"""

import difflib
from collections.abc import Iterable


class PerturbationError(Exception):
    """Something is wrong with a perturbation, its arguments or its value."""


class UnknownPerturbation(PerturbationError, LookupError):
    """No noise of that name is registered."""


class BadValue(PerturbationError, ValueError):
    """The value is not one of its modality: wrong type, shape, dtype or range."""


class BadSeverity(PerturbationError, ValueError):
    """A severity is not a number in [0, 1]."""


class BadDose(PerturbationError, ValueError):
    """A native dose is outside its domain, or names no ladder of the noise."""


class BadSetting(PerturbationError, ValueError):
    """A setting is unknown or has a value that the noise does not take."""


class MissingFact(PerturbationError, ValueError):
    """The noise needs a fact of the input that was not given."""


class MissingReference(PerturbationError, ValueError):
    """The noise needs statistics of the clean data that were not given."""


class MissingPeers(PerturbationError, ValueError):
    """The noise needs the other clean samples, and there are none to index."""


class NotApplicable(PerturbationError, ValueError):
    """The noise has no meaning for this value; it is not the same as robust."""


class BrokenContract(PerturbationError, RuntimeError):
    """The noise returned something that its own declaration rules out."""


class BadDeclaration(PerturbationError, TypeError):
    """A function cannot be made a perturbation as it is declared."""


class MissingExtra(PerturbationError, ImportError):
    """An optional package that the noise needs is not installed."""


def explain(expected: str, name: str, value: object, hint: str = "") -> str:
    """Say what was expected, what came (name, value, type), and what to do."""
    shown = _shown(value)
    line = f"expected {expected}, got {name}={shown} ({type(value).__name__})"
    return f"{line}\n  {hint}" if hint else line


def did_you_mean(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """Return a hint that names the closest known words, or all of them when they are few."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=most, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"known: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"


def _shown(value: object, *, most: int = 160) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"array of shape {shape}, dtype {getattr(value, 'dtype', '?')}"
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."
