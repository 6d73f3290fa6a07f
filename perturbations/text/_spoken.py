"""What people say that nobody writes, and the small words that are swallowed, by language.

Why our own: a few dozen words of each language are facts of it; each list holds the common ones.
"""

from collections.abc import Mapping
from typing import TypeVar

from perturbations.errors import NotApplicable, did_you_mean, explain

T = TypeVar("T")

FILLERS: Mapping[str, tuple[str, ...]] = {
    "en": (*["uh"] * 5, *["um"] * 4, *["you know"] * 2, "I mean", "like", "er", "well", "hmm"),
    "de": (*["äh"] * 5, *["ähm"] * 4, *["also"] * 2, "halt", "na ja", "sozusagen", "hm"),
    "fr": (*["euh"] * 6, *["ben"] * 2, *["enfin"] * 2, "tu vois", "quoi", "bah", "hein"),
    "es": (*["eh"] * 5, *["este"] * 3, *["o sea"] * 2, "pues", "bueno", "em", "mmm"),
}
"""Fillers; a more common one stands in it more often."""

_EN = """
a an the of to in on at by for with from and or but that is are was were be been has have had
do does did will would it he she they we I you this so not as"""
_DE = """
der die das den dem des ein eine einen einem einer und oder aber in im an am auf zu zum zur von vom mit
für bei nach aus ist sind war hat haben wird es er sie wir ich du nicht auch so dass als"""
_FR = """
le la les un une des du de à au aux et ou mais en dans sur par pour avec est sont était a ont ce
cette il elle on nous vous je tu ne pas que qui se sa son"""
_ES = """
el la los las un una unos unas de del a al y o pero en con por para sin es son era ha han que se
su lo le yo tú no más como este esta"""
FUNCTION_WORDS: Mapping[str, tuple[str, ...]] = {
    code: tuple(listed.split())
    for code, listed in {"en": _EN, "de": _DE, "fr": _FR, "es": _ES}.items()
}
"""Articles, prepositions, auxiliaries, pronouns: short, unstressed, easily missed or heard where there are none."""


def main_language(language: str | None) -> str | None:
    """Return the first part of the code of a language, in lower case: "tr" of "tr-TR" or "TR_tr"."""
    return None if language is None else str(language).replace("_", "-").partition("-")[0].lower()


def of_language(table: Mapping[str, T], language: str) -> T:
    """Return what a table holds for a language such as "en" or "en-GB".

    Raises:
        NotApplicable: it holds nothing for it.
    """
    code = main_language(language) or ""
    if code not in table:
        raise NotApplicable(
            explain("a language with such a list", "language", language, did_you_mean(code, table))
        )
    return table[code]
