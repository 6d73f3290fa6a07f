"""nlpaug's augmenters as lawful noise.

Why: nlpaug draws from the global `random` and `numpy.random`, touches at least one word whatever the strength,
stops at ten, and answers with a list. Here it draws from the noise's key, global state is put back, the floors are
0 and the ceilings gone, and a text gives a text. What cannot be mended from outside: its tokeniser rewrites white
space and punctuation of text that it did not choose (so words count as changed that were not hit), draws differ
from one strength to the next, `SpellingAug` depends on PYTHONHASHSEED and keeps the first dictionary of the process.
"""

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from perturbations import _registry
from perturbations._decorator import perturbation
from perturbations._draw import Draw
from perturbations._extras import require
from perturbations._global_random import seeded
from perturbations._ladder import Dose, Ladder
from perturbations._noisy import Noisy
from perturbations._perturbation import Perturbation
from perturbations.errors import BadDeclaration, BrokenContract, did_you_mean, explain

KINDS = ("char", "word", "sentence")
"""Where nlpaug keeps its text augmenters."""
_REDRAWN = "nlpaug draws anew at every strength"


def from_nlpaug(
    augmenter: str | type[Any],
    *,
    name: str,
    parameter: str,
    ladder: Ladder,
    family: str = "nlpaug",
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    registered: bool = False,
    **fixed: Any,
) -> Perturbation:
    """Make a perturbation out of an augmenter of nlpaug.

    Args:
        augmenter: the class, or "char.KeyboardAug" for `nlpaug.augmenter.char.KeyboardAug`.
        name: name of the noise, "text/...".
        parameter: the augmenter's argument that the ladder drives, such as "aug_char_p"; the dose has its name.
        ladder: strengths of that argument at severity 0.2 to 1.0.
        family: kind of noise within the modality.
        measure: distance in which distortion never decreases; the edit rate by default.
        exempt: laws that do not hold for it, each with the reason; coupling never does.
        registered: whether `perturbations.get` finds it by name.
        fixed: the augmenter's other arguments; its floors (`*_min`) are 0 and its ceilings (`*_max`) None
            unless given here.

    Raises:
        MissingExtra: nlpaug is not installed.
        BadDeclaration: there is no such augmenter, or it has no such parameter.

    Examples:
        >>> typos = from_nlpaug(
        ...     "char.KeyboardAug", name="text/nlpaug-keyboard", parameter="aug_char_p", aug_word_p=1.0,
        ...     ladder=Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of a word's characters"),
        ... )  # doctest: +SKIP
    """
    options: dict[str, Any] = {
        "family": family,
        "measure": measure,
        "exempt": {"coupled": _REDRAWN, **(exempt or {})},
        "registered": registered,
    }
    make = perturbation(name, coupling="count", keeps=(), requires=("text",), **options)
    noise = make(_Augmented(_class(augmenter), parameter, ladder, tuple(sorted(fixed.items()))))
    keywords = {"name": name, "parameter": parameter, "ladder": ladder, **options, **fixed}
    made = replace(noise, recipe=(from_nlpaug, (augmenter,), keywords))
    if registered:
        _registry.register(made)
    return made


@dataclass(frozen=True)
class _Augmented:
    """The function of such a noise: equal when made of equal parts, so that pickles compare equal."""

    kind: type[Any]
    parameter: str
    ladder: Ladder
    fixed: tuple[tuple[str, Any], ...]

    def __post_init__(self) -> None:
        takes = list(inspect.signature(self.kind).parameters)
        for each in (self.parameter, *dict(self.fixed)):
            if each not in takes:
                expected = f"a parameter of {self.kind.__name__}"
                hint = did_you_mean(each, takes)
                raise BadDeclaration(explain(expected, "parameter", each, hint))
        vars(self).update(
            {
                "__name__": self.kind.__name__,
                "__doc__": self._doc(),
                "__signature__": self._signature(),
                "_build": lru_cache(maxsize=8)(self._made),
            }
        )

    def __call__(self, text: str, draw: Draw, **dose: float) -> Noisy:
        body = text.strip()
        if not body:  # nlpaug answers an empty list
            return Noisy(text)
        with seeded(int(draw.key("nlpaug"))) as reseed:
            augmenter = vars(self)["_build"](dose[self.parameter])
            reseed()
            noisy = _text(augmenter.augment(body), body)
        left = text.index(body)
        return _aligned(text, text[:left] + noisy + text[left + len(body) :])

    def _made(self, dose: float) -> Any:
        """Make the augmenter: no floor, no ceiling unless they are fixed."""
        own = [each for each in inspect.signature(self.kind).parameters if each.startswith("aug_")]
        floors = {each: 0 for each in own if each.endswith("_min")}
        ceilings = {each: None for each in own if each.endswith("_max")}
        return self.kind(**{**floors, **ceilings, **dict(self.fixed), self.parameter: dose})

    def _doc(self) -> str:
        fixed = "".join(f", {key} = {value}" for key, value in self.fixed)
        return (
            f"{self.kind.__name__} of nlpaug, seeded from the draw{fixed}.\n\n"
            f"Severity: {self.parameter}, {self.ladder.unit}.\n\n"
            f"References: nlpaug, {self.kind.__module__}.{self.kind.__qualname__}."
        )

    def _signature(self) -> inspect.Signature:
        kind = inspect.Parameter
        return inspect.Signature(
            [
                kind("text", kind.POSITIONAL_OR_KEYWORD),
                kind("draw", kind.POSITIONAL_OR_KEYWORD),
                kind(self.parameter, kind.KEYWORD_ONLY, default=self.ladder, annotation=Dose),
            ]
        )


def _class(augmenter: str | type[Any]) -> type[Any]:
    if not isinstance(augmenter, str):
        return augmenter
    require("nlpaug", extra="text")
    kind, _, word = augmenter.partition(".")
    if kind not in KINDS:
        hint = f"known kinds: {', '.join(KINDS)}; for example char.KeyboardAug"
        raise BadDeclaration(explain("kind.Class of nlpaug", "augmenter", augmenter, hint))
    module = importlib.import_module(f"nlpaug.augmenter.{kind}")
    if not hasattr(module, word):
        known = [each for each in vars(module) if each.endswith("Aug")]
        raise BadDeclaration(
            explain("an augmenter of nlpaug", "augmenter", augmenter, did_you_mean(word, known))
        )
    found: type[Any] = getattr(module, word)
    return found


def _text(answer: Any, clean: str) -> str:
    if isinstance(answer, list):
        answer = answer[0] if answer else clean
    if not isinstance(answer, str):
        raise BrokenContract(explain("a text from nlpaug", "answer", answer))
    return answer


def _aligned(clean: str, noisy: str) -> Noisy:
    """Return the noisy text with a shortest list of edits, since nlpaug keeps none that can be trusted."""
    from perturbations.text._edits import Edits

    steps = require("rapidfuzz.distance", extra="text").Levenshtein.opcodes(clean, noisy)
    edits = Edits(
        tuple(
            (step.src_start, step.src_end, noisy[step.dest_start : step.dest_end])
            for step in steps
            if step.tag != "equal"
        )
    )
    return Noisy(noisy, edits, {"edits": len(edits)})
