"""nlpaug's augmenters as lawful noise.

Why: nlpaug draws from the global `random` and `numpy.random`, touches at least one word whatever the strength,
stops at ten, and answers with a list. Here it draws from the noise's key, global state is put back, the floors are
0 and the ceilings gone, and a text gives a text. What cannot be mended from outside: its tokeniser rewrites white
space and punctuation of text that it did not choose (so words count as changed that were not hit), draws differ
from one strength to the next, `SpellingAug` depends on PYTHONHASHSEED and keeps the first dictionary of the process.
"""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from perturbations._draw import Draw
from perturbations._extras import require
from perturbations._global_random import seeded
from perturbations._ladder import Dose, Ladder
from perturbations._noisy import Noisy
from perturbations._perturbation import Perturbation, perturbation
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
    **fixed: Any,
) -> Perturbation:
    """Make a perturbation out of an augmenter of nlpaug.

    Args:
        augmenter: the class, or "char.KeyboardAug" for `nlpaug.augmenter.char.KeyboardAug`.
        name: name of the noise, "text/...".
        parameter: the augmenter's argument that the ladder drives, such as "aug_char_p"; the dose has its name.
        ladder: strengths of that argument at severity 0.2 to 1.0.
        family: kind of noise within the modality.
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
    kind = _class(augmenter)
    arguments = _arguments(kind, parameter, fixed)
    make = perturbation(
        name,
        family=family,
        coupling="count",
        keeps=(),
        exempt={"coupled": _REDRAWN},
        requires=("text",),
        registered=False,
    )
    keywords = {"name": name, "parameter": parameter, "ladder": ladder, "family": family, **fixed}
    noise = make(_function(kind, parameter, ladder, arguments))
    return replace(noise, recipe=(from_nlpaug, (augmenter,), keywords))


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


def _arguments(kind: type[Any], parameter: str, fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constructor's arguments but the driven one: no floor, no ceiling, and what is fixed."""
    takes = list(inspect.signature(kind).parameters)
    for each in (parameter, *fixed):
        if each not in takes:
            expected = f"a parameter of {kind.__name__}"
            raise BadDeclaration(explain(expected, "parameter", each, did_you_mean(each, takes)))
    floors = {each: 0 for each in takes if each.startswith("aug_") and each.endswith("_min")}
    ceilings = {each: None for each in takes if each.startswith("aug_") and each.endswith("_max")}
    return {**floors, **ceilings, **fixed}


def _function(
    kind: type[Any], parameter: str, ladder: Ladder, arguments: Mapping[str, Any]
) -> Callable[..., Noisy]:
    build = lru_cache(maxsize=8)(lambda dose: kind(**{**arguments, parameter: dose}))

    def augmented(text: str, draw: Draw, **doses: float) -> Noisy:
        body = text.strip()
        if not body:  # nlpaug answers an empty list
            return Noisy(text)
        key = int(draw.key("nlpaug"))
        with seeded(key):
            augmenter = build(doses[parameter])
        with seeded(key):
            noisy = _text(augmenter.augment(body), body)
        left = text.index(body)
        return _aligned(text, text[:left] + noisy + text[left + len(body) :])

    augmented.__doc__ = _doc(kind, parameter, ladder)
    augmented.__signature__ = _signature(parameter, ladder)  # type: ignore[attr-defined]
    return augmented


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


def _doc(kind: type[Any], parameter: str, ladder: Ladder) -> str:
    return (
        f"Text is changed by nlpaug's {kind.__name__}.\n\n"
        f"Severity: {parameter}, {ladder.unit}.\n\n"
        f"References: nlpaug, {kind.__module__}.{kind.__qualname__}."
    )


def _signature(parameter: str, ladder: Ladder) -> inspect.Signature:
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            inspect.Parameter("text", positional, annotation=str),
            inspect.Parameter("draw", positional, annotation=Draw),
            inspect.Parameter(
                parameter, inspect.Parameter.KEYWORD_ONLY, default=ladder, annotation=Dose
            ),
        ]
    )
