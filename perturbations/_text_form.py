"""Names with settings as text: `text/keyboard-typo(layout=azerty)`."""

import json
import re
from collections.abc import Mapping
from typing import Any

from perturbations.errors import BadSetting, UnknownPerturbation, explain

NAME = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
_FORM = re.compile(rf"\s*({NAME.pattern})\s*(?:\((.*)\))?\s*", re.DOTALL)
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./:-]*")
_WORDS = {"true": True, "false": False, "none": None}
_SPELLED = {value: word for word, value in _WORDS.items()}


def write(name: str, settings: Mapping[str, Any]) -> str:
    """Write a name and the settings that differ from their defaults; `read` gives them back."""
    if not settings:
        return name
    return f"{name}({', '.join(f'{key}={_write(settings[key])}' for key in sorted(settings))})"


def read(text: str) -> tuple[str, dict[str, Any]]:
    """Read a name and its settings.

    Raises:
        UnknownPerturbation: the text does not have the form of a name.
        BadSetting: the settings cannot be read.
    """
    found = _FORM.fullmatch(text)
    if not found:
        hint = "write it as modality/name or modality/name(setting=value), all lower case"
        raise UnknownPerturbation(explain("the name of a perturbation", "text", text, hint))
    return found[1], dict(_pair(part, text) for part in split(found[2] or "", ","))


def split(text: str, separators: str) -> list[str]:
    """Split at any of the separators that stand outside brackets and quotes; empty text gives []."""
    parts, start, depth, quoted = [], 0, 0, False
    for i, letter in enumerate(text):
        if letter == '"' and (i == 0 or text[i - 1] != "\\"):
            quoted = not quoted
        elif not quoted:
            depth += (letter in "([") - (letter in ")]")
            if letter in separators and depth == 0:
                parts.append(text[start:i])
                start = i + 1
    parts.append(text[start:])
    return parts if text.strip() else []


def _pair(part: str, text: str) -> tuple[str, Any]:
    key, equals, value = part.partition("=")
    if not equals or not key.strip().isidentifier():
        raise BadSetting(explain("setting=value", "settings", text))
    return key.strip(), _read(value.strip(), text)


def _write(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _SPELLED[value]
    if isinstance(value, str) and _BARE.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if isinstance(value, tuple):
        return f"[{', '.join(map(_write, value))}]"
    return json.dumps(value)


def _read(word: str, text: str) -> Any:
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if word.startswith("["):
        if not word.endswith("]"):
            raise BadSetting(explain("a closed [list]", "settings", text))
        return tuple(_read(each.strip(), text) for each in split(word[1:-1], ","))
    if _BARE.fullmatch(word) and word not in ("NaN", "Infinity"):
        return word
    try:
        return json.loads(word, parse_constant=_refuse)
    except ValueError as error:
        hint = 'write numbers as 0.5, words as they are, other text in "double quotes"'
        raise BadSetting(explain("a setting's value", "value", word, hint)) from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a setting")
