"""Streams: records read one after another, as often as needed."""

import numpy as np
import pytest

from noisebench.data import Dataset
from noisebench.errors import DataError


def records(count=5, **changed):
    return [
        {
            "id": f"r{k}",
            "inputs": {"image": np.full((2, 2), k, np.uint8), "note": f"n{k}"},
            "target": k,
            "group": k // 2,
            "slices": {"site": "a"},
            **changed,
        }
        for k in range(count)
    ]


KINDS = {"image": "image", "note": "text"}


def stream(source):
    return Dataset.stream(source, modalities=KINDS)


def test_a_stream_keeps_its_own_order_and_learns_its_size():
    data = stream(records())
    assert data.size is None
    assert not data.indexable
    batches = list(data.batches(2, order_seed=7))
    assert [name for batch in batches for name in batch.ids] == ["r0", "r1", "r2", "r3", "r4"]
    assert 5 == len(data) == data.size
    assert batches[0].targets.tolist() == [0, 1]
    assert batches[2].slices["site"] == ["a"]


def test_a_function_that_makes_the_records_is_read_again_each_time():
    data = stream(lambda: iter(records()))
    assert [len(list(data.batches(2))) for _ in range(2)] == 2 * [3]


def test_equally_shaped_arrays_become_one_array_and_others_a_list():
    ragged = records()
    ragged[3]["inputs"]["image"] = np.zeros((3, 3), np.uint8)
    first, second, *_ = stream(ragged).batches(2)
    assert first.inputs["image"].shape == (2, 2, 2)
    assert [image.shape for image in second.inputs["image"]] == [(2, 2), (3, 3)]


def test_ids_default_to_the_place_in_the_stream():
    bare = [{"inputs": record["inputs"]} for record in records(3)]
    (batch,) = stream(bare).batches(8)
    assert batch.ids == ("0", "1", "2")
    assert batch.targets is None
    assert batch.groups is None


def test_the_fingerprint_is_the_contents_whatever_the_source():
    assert stream(records()).fingerprint() == stream(records).fingerprint()
    assert stream(records()).fingerprint() != stream(records(4)).fingerprint()


def broken(**changed):
    made = records()
    made[1] = {**made[1], **changed}
    return lambda: list(stream(made).batches(2))


def partly(key):
    made = records()
    del made[1][key]
    return lambda: list(stream(made).batches(2))


def shrinking():
    left = [records(5), records(4)]
    data = stream(lambda: left.pop(0))
    list(data.batches(2))
    list(data.batches(2))


ERRORS = {
    "iterator": (lambda: stream(iter(records())), "pass the function that makes it"),
    "number": (lambda: stream(3), "an iterable of records"),
    "no modalities": (lambda: Dataset.stream([], modalities={}), "modality of every input"),
    "bad modality": (lambda: Dataset.stream([], modalities={"a": "imag"}), "did you mean image"),
    "bad name": (lambda: Dataset.stream([], modalities={"a:b": "image"}), "a word as input name"),
    "bad facts": (
        lambda: Dataset.stream([], modalities=KINDS, facts={"nope": {}}),
        "facts of inputs",
    ),
    "empty": (lambda: list(stream([]).batches(2)), "at least one sample"),
    "no record": (lambda: list(stream([3]).batches(2)), "records with inputs by name"),
    "no inputs": (broken(inputs=3), "records with inputs by name"),
    "unknown key": (broken(targets=3), "did you mean target"),
    "other inputs": (broken(inputs={"image": 1}), "write None for a value"),
    "id twice": (broken(id="r0"), "id given twice='r0'"),
    "some targets": (partly("target"), "a target in every record or in none"),
    "some slices": (partly("slices"), "the same slices in every record"),
    "another length": (shrinking, "5 records, as before"),
    "length": (lambda: len(stream(records())), "use .size"),
    "ids": (lambda: stream(records()).ids, "read it from the batches"),
    "targets": (lambda: stream(records()).targets, "read it from the batches"),
    "peers": (lambda: stream(records()).peers(), "indexable data"),
    "take": (lambda: stream(records()).take(["r0"]), "indexable data"),
    "subset": (lambda: stream(records()).subset([0]), "indexable data"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_was_expected_and_what_to_do(name):
    make, words = ERRORS[name]
    with pytest.raises(DataError, match=words):
        make()
