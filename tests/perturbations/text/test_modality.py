import pytest

import perturbations as pt
from perturbations.errors import BadValue
from perturbations.text._modality import MODALITY
from perturbations.text._sentences import SENTENCES


def test_the_corpus_is_large_and_has_no_sentence_twice():
    assert len(set(SENTENCES)) == len(SENTENCES) >= 80
    corpus = MODALITY.corpus(10_000)
    assert len(set(corpus)) == len(corpus) >= 400
    assert set(SENTENCES) < set(corpus)


def test_bytes_are_refused_with_a_hint():
    with pytest.raises(BadValue) as error:
        pt.get("text/swap")(b"bytes", 0.5)
    assert str(error.value) == (
        "expected a text (str), got value=b'bytes' (bytes)\n"
        "  decode bytes first; a list of texts goes to noise.batch(values, samples=ids)"
    )


def test_distance_has_every_measure():
    assert set(pt.distance("text", "a b", "a c")) == set(MODALITY.measures)


def test_a_batch_comes_back_in_its_container():
    texts = ("first sentence here", "second sentence there")
    noise = pt.get("text/full-scramble")
    noisy = noise.batch(texts, 1.0, samples=["1", "2"])
    assert isinstance(noisy, tuple)
    assert noisy == tuple(noise(t, 1.0, sample=s) for t, s in zip(texts, "12", strict=True))


@pytest.mark.parametrize(
    "form", ["text/keyboard-typo(layout=azerty)", 'text/natural-typo(table="my table.txt")']
)
def test_text_forms_parse_back(form):
    assert str(pt.get(form)) == form
