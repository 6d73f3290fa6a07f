"""Texts with layout, written for this project: lists, letters, tables, indents, doubled spaces, empty lines.

Why: what a noise does to white space cannot be seen on sentences with one space between their words.
"""

from collections.abc import Callable

from perturbations.text._sentences import SENTENCES

_ENGLISH = tuple(sentence for sentence in SENTENCES if sentence.isascii() and "\n" not in sentence)

Form = Callable[[str, str], str]
_FORMS: tuple[Form, ...] = (
    lambda one, two: f"{one}  {two}",
    lambda one, two: f"{one}\n{two}",
    lambda one, two: f"{one}\n\n    {two}\n",
    lambda one, two: f"- {one}\n- {two}",
    lambda one, two: f"1.\t{one}\r\n2.\t{two}",
    lambda one, two: f"  {one}\n\t{two}",
    lambda one, two: f"Dear all,\n\n{one}  {two}\n\nKind regards",
    lambda one, two: f"{one.replace(' ', chr(10), 3)}  {two}",
)

LAYOUT: tuple[str, ...] = tuple(
    _FORMS[i % len(_FORMS)](_ENGLISH[i], _ENGLISH[i + 1]) for i in range(72)
)
