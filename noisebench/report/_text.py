"""Text from data made safe to show: hostile characters become visible, JSON cannot leave its script.

Why: sample text, labels, file names and exception messages are written by strangers. Control and
direction-changing characters are shown by name instead of obeyed; the rest is escaped by its sink.
"""

import json
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 2_000
"""Characters shown of any one text that comes from data."""

_KEPT = {"\n", "\t", "\u200c", "\u200d"}
_SPECIAL = {"\u2028", "\u2029", "\ufeff"}
_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_BACKSLASHED = re.compile(r"[\\`*\[\]#~!$^{}]|(?<![^\W_])_|_(?![^\W_])")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;"}
_LINK = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=www)\.|(?<=mailto):|(?<=xmpp):")


def _shown(character: str) -> str:
    """Return the character, or its visible name where it would act instead of show."""
    if character in _KEPT:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if character in _SPECIAL or unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        return f"⟨U+{code:04X}⟩"
    return character


def plain(value: object, longest: int = LONGEST) -> str:
    """Return text in which control, bidi, invisible and surrogate characters are visible marks."""
    text = value if isinstance(value, str) else str(value)
    cut = len(text) - longest
    text = "".join(map(_shown, text[:longest]))
    return f"{text} … ({cut} more characters)" if cut > 0 else text


def line(value: object, longest: int = 300) -> str:
    """Return `plain` text on one line."""
    return " ".join(plain(value, longest).split())


def script_json(value: object) -> str:
    """Return JSON that cannot end the script element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "".join(_SCRIPT.get(character, character) for character in text)


def markdown(value: object) -> str:
    """Return one line of text that Markdown and HTML show as it is, without links or mentions."""
    text = "".join(_NAMED.get(character, character) for character in line(value, LONGEST))
    text = _LINK.sub(lambda match: f"\0{ord(match[0])};", text)
    text = _BACKSLASHED.sub(lambda match: f"\\{match[0]}", text)
    text = text.replace("&\\#124;", "&#124;").replace("\0", "&#")
    return text.replace("@", "&#64;&#8203;")


def fence(text: str) -> str:
    """Return a fenced code block whose fence is longer than any run of backticks inside."""
    shown = plain(text, 20_000)
    runs: Iterable[str] = re.findall(r"`+", shown)
    marks = "`" * max(3, 1 + max(map(len, runs), default=0))
    return f"{marks}text\n{shown}\n{marks}"
