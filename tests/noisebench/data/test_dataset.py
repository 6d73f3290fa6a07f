"""The data set: containers, modalities, order, batches, and every error's words."""

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch

from noisebench.data import Dataset, known_modalities
from noisebench.data._order import keyed_order
from noisebench.errors import DataError


def series(count=5):
    return [np.full((k + 2, 3), float(k)) for k in range(count)]


def everything():
    return Dataset(
        {
            "image": np.arange(5 * 64, dtype=np.uint8).reshape(5, 8, 8),
            "caption": ["a", "b", "", "🙂", "שלום"],
            "speech": series(),
            "row": pd.DataFrame({"x": [1.0, np.nan, 3, 4, 5], "c": list("uvuvu")}),
            "wave": torch.arange(10.0).reshape(5, 2),
        },
        targets=["u", "v", "u", "v", "u"],
        ids=[10, 11, 12, 13, 14],
        modalities={"speech": "timeseries", "wave": "audio"},
        facts={"wave": {"rate": 8000}},
        groups=[1, 1, 2, 2, 3],
        slices={"site": list("aabbc")},
    )


class Lazy:
    """Items made on demand, as an image folder's."""

    def __init__(self, count):
        self.count = count
        self.read = []

    def __len__(self):
        return self.count

    def __getitem__(self, row):
        self.read.append(row)
        return np.full((4, 4), row, np.uint16)


def test_modalities_are_inferred_where_there_is_no_doubt_and_declared_elsewhere():
    expected = {
        "image": "image",
        "caption": "text",
        "speech": "timeseries",
        "row": "tabular",
        "wave": "audio",
    }
    assert expected == everything().modalities


def test_the_known_modalities_are_the_rooms_of_the_noise_library():
    assert {"image", "text", "audio", "timeseries", "tabular"} <= set(known_modalities())
    assert "crossmodal" not in known_modalities()


def test_every_container_comes_back_as_it_was_with_tensors_as_numpy():
    batch = everything().take(["13", "10"])
    assert batch.ids == ("13", "10")
    assert isinstance(batch.inputs["image"], np.ndarray)
    assert batch.inputs["caption"] == ["🙂", "a"]
    assert [len(one) for one in batch.inputs["speech"]] == [5, 2]
    assert list(batch.inputs["row"].columns) == ["x", "c"]
    assert isinstance(batch.inputs["wave"], np.ndarray)
    assert list(batch.targets) == ["v", "u"]
    assert list(batch.groups) == [2, 1]
    assert list(batch.slices["site"]) == ["b", "a"]


def test_restore_puts_tensors_back_with_their_dtype():
    data = Dataset({"image": torch.zeros(2, 4, 4, dtype=torch.bfloat16)})
    batch = data.take(data.ids)
    assert np.float32 == batch.inputs["image"].dtype
    assert torch.bfloat16 == data.restore(batch.inputs)["image"].dtype


def test_a_list_of_tensors_crosses_to_numpy_and_back():
    data = Dataset({"audio": [torch.zeros(3), torch.zeros(5)]})
    values = data.take(["1"]).inputs["audio"]
    assert isinstance(values[0], np.ndarray)
    assert isinstance(data.restore({"audio": values})["audio"][0], torch.Tensor)


def test_batches_in_own_order_are_views_of_the_users_array():
    images = np.zeros((10, 4, 4), np.uint8)
    batches = list(Dataset({"image": images}).batches(4))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert all(np.shares_memory(images, batch.inputs["image"]) for batch in batches)


def test_keyed_order_visits_every_sample_once_and_depends_on_the_seed_alone():
    data = Dataset({"text": [str(k) for k in range(100)]})
    order = [name for batch in data.batches(7, order_seed=3) for name in batch.ids]
    assert sorted(data.ids) == sorted(order)
    assert order != list(data.ids)
    assert order == [name for batch in data.batches(64, order_seed=3) for name in batch.ids]
    assert order != [name for batch in data.batches(7, order_seed=4) for name in batch.ids]


def splitmix64(state):
    """The published generator in Python's own integers."""
    whole = (1 << 64) - 1
    z = state & whole
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & whole
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & whole
    return z ^ (z >> 31)


def test_the_keyed_order_is_the_order_of_published_random_numbers():
    digest = hashlib.blake2b(b"noisebench/order/1|5", digest_size=8).digest()
    start = int.from_bytes(digest, "little")
    numbers = [splitmix64(start + (k + 1) * 0x9E3779B97F4A7C15) for k in range(20)]
    assert sorted(range(20), key=numbers.__getitem__) == keyed_order(20, 5).tolist()


def test_rows_of_all_fields_stay_together_in_random_order():
    data = Dataset({"text": [f"t{k}" for k in range(50)]}, targets=list(range(50)))
    for batch in data.batches(8, order_seed=1):
        assert [f"t{k}" for k in batch.targets] == batch.inputs["text"]
        assert [str(k) for k in batch.targets] == list(batch.ids)


def test_a_lazy_source_is_read_only_where_it_is_asked():
    lazy = Lazy(1000)
    data = Dataset({"image": lazy})
    lazy.read.clear()
    part = data.subset([5, 900])
    assert not lazy.read
    assert part.take(["900"]).inputs["image"][0][0, 0] == 900
    assert lazy.read == [900]


@pytest.mark.parametrize("which", [[1, 3], slice(1, 4, 2), np.arange(5) % 2 == 1])
def test_a_subset_takes_positions_slices_and_masks(which):
    part = everything().subset(which)
    assert part.ids == ("11", "13")
    assert part.facts["wave"] == {"rate": 8000}
    assert list(part.targets) == ["v", "v"]
    assert len(part.take(part.ids).inputs["row"]) == 2


def test_peers_are_read_by_id_or_place_and_by_input():
    peers = everything().peers()
    assert len(peers) == 5
    assert peers["11"]["caption"] == "b"
    assert peers[1]["caption"] == "b"
    assert peers.only("caption")["13"] == "🙂"
    assert peers.only("caption").inputs == ("caption",)
    with pytest.raises(DataError, match="id of a sample"):
        peers["nobody"]
    with pytest.raises(DataError, match="an input, one of"):
        peers.only("nothing")


def test_the_fingerprint_reads_contents_and_notices_every_change():
    def made(**changed):
        given = {
            "inputs": {"speech": series()},
            "targets": [0, 1, 0, 1, 0],
            "modalities": {"speech": "timeseries"},
            **changed,
        }
        return Dataset(given.pop("inputs"), **given).fingerprint()

    nudged = series()
    nudged[3][0, 0] += 1e-12
    assert len(made()) == 32
    assert made() == made()
    others = [
        made(inputs={"speech": nudged}),
        made(targets=[0, 1, 0, 1, 1]),
        made(ids=list("abcde")),
        made(facts={"speech": {"rate": 1}}),
    ]
    assert len({made(), *others}) == 5


def test_the_fingerprint_of_tables_tells_missing_cells_from_text():
    one = Dataset({"tabular": pd.DataFrame({"c": ["a", None]})}).fingerprint()
    other = Dataset({"tabular": pd.DataFrame({"c": ["a", "None"]})}).fingerprint()
    assert one != other
    assert everything().fingerprint() == everything().fingerprint()


def test_a_value_without_readable_contents_has_no_fingerprint():
    with pytest.raises(DataError, match="whose contents can be read"):
        Dataset({"image": [object()]}).fingerprint()


def test_a_table_can_be_a_list_of_rows_and_text_an_array():
    data = Dataset({"tabular": [[1, 2], [3, 4]], "text": np.array(["a", "b"])})
    batch = data.take(["1"])
    assert batch.inputs["tabular"].shape == (1, 2)
    assert batch.inputs["text"] == ["b"]
    assert type(batch.inputs["text"][0]) is str


def test_lone_surrogates_and_non_contiguous_arrays_are_data_like_any_other():
    data = Dataset({"text": ["\ud800", ""], "image": np.zeros((2, 8, 8), np.uint8)[:, ::2, ::-1]})
    assert len(data.fingerprint()) == 32


def test_one_sample_is_enough():
    assert [len(batch) for batch in Dataset({"text": ["a"]}).batches(256, order_seed=0)] == [1]


IMAGES = np.zeros((3, 4, 4), np.uint8)
ERRORS = {
    "bare array": (lambda: Dataset(IMAGES), 'Dataset\\(\\{"image": images\\}\\)'),
    "no inputs": (lambda: Dataset({}), "at least one input"),
    "bad name": (lambda: Dataset({"a b": IMAGES}), "a word as input name"),
    "one string": (lambda: Dataset({"text": "hello"}), "one value a sample"),
    "scalar": (lambda: Dataset({"image": np.float64(3)}), "Dataset.stream"),
    "generator": (lambda: Dataset({"image": (v for v in IMAGES)}), "Dataset.stream"),
    "set": (lambda: Dataset({"text": {"a"}}), "which have an order"),
    "empty": (lambda: Dataset({"text": []}), "at least one sample"),
    "lengths": (lambda: Dataset({"image": IMAGES, "text": ["a"]}), "inputs of equal length"),
    "doubt": (lambda: Dataset({"x": np.zeros((3, 2))}), 'modalities={"x": ...}'),
    "unknown": (lambda: Dataset({"x": IMAGES}, modalities={"x": "imag"}), "did you mean image"),
    "crossmodal": (lambda: Dataset({"x": IMAGES}, modalities={"x": "crossmodal"}), "a modality"),
    "elsewhere": (lambda: Dataset({"a": IMAGES}, modalities={"b": "image"}), "inputs of the data"),
    "no text": (lambda: Dataset({"text": ["a", None]}), "text\\[1\\]=None"),
    "no table": (lambda: Dataset({"tabular": np.zeros(3)}), "shape \\(n, columns\\)"),
    "ragged table": (lambda: Dataset({"tabular": [[1], [1, 2]]}), "shape \\(n, columns\\)"),
    "targets": (lambda: Dataset({"image": IMAGES}, targets=[1, 2]), "expected 3 targets"),
    "no length": (lambda: Dataset({"image": IMAGES}, targets=7), "give a list or an array"),
    "scalar target": (lambda: Dataset({"image": IMAGES}, targets=torch.tensor(1)), "targets"),
    "few ids": (lambda: Dataset({"image": IMAGES}, ids=[1]), "expected 3 ids"),
    "ids twice": (lambda: Dataset({"image": IMAGES}, ids=[1, 1, 2]), "given twice=\\['1'\\]"),
    "groups": (lambda: Dataset({"image": IMAGES}, groups=[1]), "expected 3 groups"),
    "slices": (lambda: Dataset({"image": IMAGES}, slices={"s": [1]}), "expected 3 slices"),
    "slice name": (lambda: Dataset({"image": IMAGES}, slices=[1, 2, 3]), "name the slice"),
    "facts": (lambda: Dataset({"image": IMAGES}, facts={"imag": {}}), "did you mean image"),
    "bare fact": (lambda: Dataset({"image": IMAGES}, facts={"image": 3}), "facts by name"),
    "fact list": (lambda: Dataset({"image": IMAGES}, facts=[1]), "give them by input"),
    "take": (lambda: everything().take(["99"]), "ids of samples"),
    "subset": (lambda: everything().subset([7]), "positions below 5"),
    "no subset": (lambda: everything().subset([]), "position"),
    "batch size": (lambda: everything().batches(0), "positive number of samples"),
    "batch bool": (lambda: everything().batches(True), "positive number of samples"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_was_expected_and_what_to_do(name):
    make, words = ERRORS[name]
    with pytest.raises(DataError, match=words) as caught:
        make()
    assert str(caught.value).startswith("expected ")


def test_importing_the_data_module_loads_no_heavy_package():
    code = (
        "import sys, noisebench.data;"
        "heavy = {'pandas', 'torch', 'sklearn', 'scipy', 'cv2', 'numba'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_misspelt_fact_is_named():
    pictures = np.zeros((2, 3, 8, 8), np.uint8)
    with pytest.raises(DataError, match="did you mean layout"):
        Dataset({"image": pictures}, facts={"image": {"layuot": "CHW"}})
    Dataset({"image": pictures}, facts={"image": {"layout": "CHW", "exposure": 0.01}})


def test_peers_know_the_labels_that_were_declared_and_no_targets():
    data = Dataset(
        {"text": ["a", "b", "c"]}, [0, 1, 1], groups=["x", "x", "y"], slices={"class": [3, 4, 4]}
    )
    peers = data.peers()
    assert ["x", "x", "y"] == list(peers.labels("group"))
    assert [3, 4, 4] == list(peers.labels("class"))
    assert [4, 3] == list(data.subset([2, 0]).peers().only("text").labels("class"))
    assert peers.labels("target") is None
    assert Dataset({"text": ["a"]}).peers().labels("group") is None
