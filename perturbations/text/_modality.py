"""Text: any `str`, as it is. Lone surrogates, NUL and mixed line ends belong to it."""

from typing import Any

from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain
from perturbations.text._batch import many
from perturbations.text._distance import edit_rate, tokens_changed
from perturbations.text._protect import align, guard
from perturbations.text._sentences import SENTENCES
from perturbations.text._sentences_layout import LAYOUT
from perturbations.text._sentences_world import WORLD
from perturbations.text.scripts._sentences_chinese import CHINESE
from perturbations.text.scripts._sentences_japanese import JAPANESE
from perturbations.text.scripts._sentences_korean import KOREAN
from perturbations.text.scripts._sentences_marked import MARKED

FAMILIES = (
    "typing",
    "order",
    "natural",
    "ocr",
    "asr",
    "casing",
    "punctuation",
    "whitespace",
    "words",
    "masking",
    "structure",
    "unicode",
    "encoding",
    "markup",
    "scripts",
)
"""Who makes the error: a hand, a reader, a listener; then what it is about, from letters to bytes; then single scripts."""


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless the value is a str."""
    if not isinstance(value, str):
        hint = "decode bytes first; a list of texts goes to noise.batch(values, samples=ids)"
        raise BadValue(explain("a text (str)", "value", value, hint))


def encode(value: Any, context: Context, batched: bool) -> tuple[str, None]:
    """Return the text itself; subclasses of str become plain ones."""
    return (value if type(value) is str else str(value)), None


def decode(working: Any, token: None, context: Context, batched: bool) -> str:
    """Return the text itself."""
    return str(working)


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return every measure of one pair of texts."""
    for value in (clean, noisy):
        check(value, context, False)
    return {
        "edit_rate": edit_rate(clean, noisy),
        "tokens_changed": tokens_changed(clean, noisy),
    }


def edges() -> dict[str, Any]:
    """Return texts at the edge of the contract."""
    return {
        "empty": "",
        "one-letter": "a",
        "one-word": "word",
        "one-space": " ",
        "spaces": "  two   three    ",
        "emoji": "family 👨‍👩‍👧‍👦 flag 🇩🇪🇫🇷 thumb 👍🏽 heart ❤️ end",
        "combining": "cafe\u0301s nai\u0308ve Z\u0351\u036b\u0343algo",
        "arabic": "السَّلامُ عليكم ورحمة الله",
        "hebrew": "שלום עולם, מה שלומך היום",
        "mixed-direction": "abc \u202bשלום\u202c def",
        "chinese": "今天天气很好，我们去公园散步吧。",
        "japanese": "東京でラーメンを食べました。",
        "korean": "안녕하세요 \u1112\u1161\u11ab글",
        "hindi": "क्षत्रिय नमस्ते दुनिया",
        "lone-surrogate": "broken \ud800 half \udfff pair",
        "nul": "be\0fore and after\0",
        "line-ends": "first line\r\nsecond\tline\nthird\r",
        "odd-spaces": "no\u00a0break thin\u2009space zero\u200bwidth",
        "numbers": "$3.50 1,000,000 2026-11-23 +49-30-123",
        "long": ("All work and no play makes a very long line indeed. " * 200)[:10_000],
    }


def corpus(n: int) -> list[Any]:
    """Return at most n texts, written for this purpose: English and the world by turns, then layout, then scripts."""
    half = len(WORLD)
    mixed = [text for pair in zip(WORLD, SENTENCES[:half], strict=True) for text in pair]
    rest = (*SENTENCES[half:], *LAYOUT, *CHINESE, *KOREAN, *JAPANESE, *MARKED)
    return [*mixed, *rest][:n]


def bad() -> dict[str, Any]:
    """Return values that are no text."""
    return {"bytes": b"bytes", "none": None, "number": 3, "list": ["a", "list"]}


MODALITY = Modality(
    name="text",
    check=check,
    encode=encode,
    decode=decode,
    measures={
        "edit_rate": Measure("edits per character", 1),
        "tokens_changed": Measure("share of words", 1),
    },
    distance=distance,
    many=many,
    guard=guard,
    align=align,
    edges=edges,
    corpus=corpus,
    bad=bad,
    families=FAMILIES,
)
