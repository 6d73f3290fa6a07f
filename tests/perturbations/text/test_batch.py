import re
import sys
from functools import partial

import pytest
from hypothesis import given
from hypothesis import settings as examined
from hypothesis import strategies as st

import perturbations as pt
from perturbations._ahead import Ahead
from perturbations._draw import Draw
from perturbations.errors import BadValue
from perturbations.text import _batch
from perturbations.text._edits import noised
from perturbations.text._lookup import misspelt_many
from perturbations.text._modality import edges
from perturbations.text._packed import replaced_many
from perturbations.text._sentences import SENTENCES
from perturbations.text._tables import misspellings
from perturbations.text._tokens import touched

NAMES = (
    "text/keyboard-typo",
    "text/keyboard-typo(layout=thai)",
    "text/keyboard-typo(layout=korean)",
    "text/drop-character",
    "text/swap",
    "text/middle-scramble",
    "text/full-scramble",
    "text/transposition",
    "text/doubling",
    "text/insertion",
    "text/space-slip",
)
CASED = (*NAMES, "text/shift-slip", "text/caps-lock")
MIXED = [
    "Plain words, and more of them.",
    "cafe\u0301s nai\u0308ve",
    "family 👨‍👩‍👧‍👦 flag 🇩🇪🇫🇷 Thumb 👍🏽",
    "ends with return\r",
    "\nbegins with a new line",
    "both\r\nin one",
    "half \ud83d",
    "\ude00 other half",
    "",
    "กี่ที่น้ำ word 한글 글자 ㅋㅋ",
    "q\u1112\u1161\u11ab",
    "Да нет, наверное",
]
anything = st.text(st.characters(exclude_categories=()), max_size=20) | st.text(
    "abE e\u0301กี่글\r\n", max_size=20
)


@pytest.fixture(autouse=True)
def always_together(monkeypatch):
    monkeypatch.setattr(_batch, "WORTH_COMPILING", 0)


def one_by_one(noise, texts, severity):
    return [noise(text, severity, sample=i) for i, text in enumerate(texts)]


@pytest.mark.parametrize("name", CASED)
@pytest.mark.parametrize("severity", [0.1, 0.6, 1.0])
def test_a_batch_of_many_scripts_is_as_one_by_one(name, severity):
    noise = pt.get(name)
    texts = MIXED if name not in CASED[-2:] else [text for text in MIXED if "q" not in text]
    noisy = noise.batch(texts, severity, samples=range(len(texts)))
    assert noisy == one_by_one(noise, texts, severity)


@pytest.mark.parametrize("name", NAMES)
@given(texts=st.lists(anything, max_size=6), severity=st.floats(0.05, 1))
@examined(max_examples=40)
def test_any_batch_is_as_one_by_one(name, texts, severity):
    noise = pt.get(name)
    texts.append("with spaces")
    try:
        alone = one_by_one(noise, texts, severity)
    except pt.errors.NotApplicable:
        return
    assert noise.batch(texts, severity, samples=range(len(texts))) == alone


@pytest.mark.parametrize("name", NAMES)
def test_parts_of_a_batch_meet_without_a_seam(name, monkeypatch):
    noise = pt.get(name)
    texts = [text for text in SENTENCES if " " in text]
    whole = noise.batch(texts, 0.8, samples=range(len(texts)))
    monkeypatch.setattr(_batch, "_PART", 100)
    assert noise.batch(texts, 0.8, samples=range(len(texts))) == whole


def test_dose_one_and_edge_values():
    texts = list(edges().values())
    for name in ("text/keyboard-typo", "text/drop-character", "text/swap"):
        noise = pt.get(name)
        noisy = noise.batch(texts, dose={"share": 1.0}, samples=range(len(texts)))
        alone = [noise(t, dose={"share": 1.0}, sample=i) for i, t in enumerate(texts)]
        assert noisy == alone


def test_a_text_that_was_not_hit_is_the_very_object():
    texts = ["漢字漢字", "123 words"]
    noisy = pt.get("text/keyboard-typo").batch(texts, 0.2, samples=[0, 1])
    assert noisy[0] is texts[0]


def test_a_batch_keeps_its_container():
    noise = pt.get("text/keyboard-typo")
    assert isinstance(noise.batch(("one", "two"), 1.0, samples=[0, 1]), tuple)


@pytest.mark.parametrize("wrong", [None, b"bytes", 3])
def test_what_is_no_text_is_named(wrong):
    with pytest.raises(BadValue, match=r"a text \(str\)"):
        pt.get("text/keyboard-typo").batch(["fine", wrong], 0.5, samples=[0, 1])


def test_a_few_short_texts_do_not_load_the_compiler(monkeypatch):
    import subprocess

    code = (
        "import perturbations as pt, sys\n"
        "pt.get('text/keyboard-typo').batch(['a few words'] * 9, 0.5, samples=range(9))\n"
        "sys.exit('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0


TABLE = {
    "the": ("teh", "hte", "th"),
    "don't": ("dont",),
    "it": ("itt",),
    "a": ("an", "at"),
    "straße": ("strase",),
    "well-known": ("wellknown",),
}


def natural(tmp_path):
    file = tmp_path / "table.tsv"
    rows = [
        f"{word}\t{error}\t{weight}"
        for word, errors in TABLE.items()
        for weight, error in enumerate(errors, 1)
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    return pt.get("text/natural-typo", table=str(file))


@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_words_are_looked_up_as_one_by_one(tmp_path, share):
    noise = natural(tmp_path)
    known = misspellings(noise.settings["table"])
    texts = [
        "The THE the tHe A a I it's it don't DON'T Don't- -don't",
        "well-known Well-Known well-known-it the2 the_it 'the' the--it",
        "die Straße the STRASSE",
        "",
        "it\r\nthe\0it",
        *SENTENCES,
    ]
    keys = pt.sample_keys(range(len(texts)))
    draw = Draw.of(keys, seed=0, perturbation=noise.name, input="", position=0, replicate=0)
    plain = partial(noise.function, share=share, table=noise.settings["table"])
    alone = [plain(text, draw.row(i)).value for i, text in enumerate(texts)]
    assert misspelt_many(texts, known, draw, share, plain) == alone


SHAPES = {
    "rn": ("m",),
    "m": ("rn", "nn"),
    "n": ("r", ""),
    "cl": ("d", "d", "ci"),
    "é": ("e\u0301",),
}


def longest_first(text, draw, share):
    """Read the definition of `replaced_many` aloud, for one text."""
    shape = re.compile("|".join(sorted(SHAPES, key=len, reverse=True)))
    places = list(shape.finditer(text))
    edits = []
    for i, how in touched(draw, len(places), share):
        options = SHAPES[places[i][0]]
        edits.append((*places[i].span(), options[int(how * len(options))]))
    return noised(text, edits, requested=share, eligible=len(places))


@given(texts=st.lists(st.text("rnmclé \u0301", max_size=20), min_size=1), share=st.floats(0, 1))
def test_shapes_are_replaced_longest_first(texts, share):
    keys = pt.sample_keys(range(len(texts)))
    draw = Draw.of(keys, seed=0, perturbation="x", input="", position=0, replicate=0)
    plain = partial(longest_first, share=share)
    alone = [plain(text, draw.row(i)).value for i, text in enumerate(texts)]
    assert replaced_many(texts, SHAPES, draw, share, plain) == alone


def test_numbers_made_ahead_are_those_of_the_draw():
    keys = pt.sample_keys(range(5))
    draw = Draw.of(keys, seed=0, perturbation="x", input="", position=0, replicate=0)
    for i, row in enumerate(Ahead(draw, [0, 3, 10, 1, 7]).rows()):
        for count in (0, 1, 2, 7, 40):
            assert (row.uniform(count) == draw.row(i).uniform(count)).all()
            for share in (0.0, 0.3, 1.0):
                found = list(touched(row, count, share))
                assert found == list(touched(draw.row(i), count, share))
