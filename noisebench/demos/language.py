"""Everyday sentences in ten languages and a pretrained language identifier."""

from collections.abc import Sequence
from dataclasses import dataclass

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of
from noisebench.demos._sentences import SENTENCES

NOTE = """\
Two hundred sentences: the same twenty everyday sentences in English, German, French, Spanish, Italian, Portuguese,
Dutch, Swedish, Polish and Russian, written for this project. The model is py3langid (Lui and Baldwin 2012, retrained
by its maintainer; BSD-3), pretrained, choosing freely among all its languages and not told that there are ten. The
sentences of a language have one author and an easy style; twenty a language leave wide intervals. Keyboard typos
follow an English keyboard whatever the language, so they leave Russian sentences as they are."""

SWEEPS = (
    "text/keyboard-typo",
    "text/swap",
    "text/drop-character",
    "text/middle-scramble",
    "text/full-scramble",
)


@dataclass(frozen=True)
class LanguageGuesser:
    """py3langid with all its languages."""

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Return the ISO 639-1 code of each text's language."""
        import py3langid

        return [py3langid.classify(text)[0] for text in texts]


def load() -> Loaded:
    """Gather the sentences; the model comes pretrained."""
    files_of("py3langid")
    rows = [(code, i, text) for code, texts in SENTENCES.items() for i, text in enumerate(texts)]
    codes = [code for code, _, _ in rows]
    data = Dataset(
        {"text": [text for _, _, text in rows]},
        targets=codes,
        ids=[f"{code}-{i}" for code, i, _ in rows],
        slices={"language": codes},
    )
    return Loaded(LanguageGuesser(), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="language",
        title="Sentences in ten languages, py3langid",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=3.0,
    )
