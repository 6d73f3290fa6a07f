import sys
from pathlib import Path
from unicodedata import normalize

import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingExtra
from perturbations.text.scripts._sentences_chinese import CHINESE
from perturbations.text.scripts._shapes import _OWN, shapes

TEXT = "\n".join(CHINESE)
WHOLE = {"dose": {"share": 1.0}, "sample": "s"}


def test_look_alikes_are_mutual_and_never_the_character_itself():
    table = shapes("own").options
    assert ("已", "巳") == table["己"]
    for one, others in table.items():
        assert one not in others
        assert len(set(others)) == len(others)
        assert all(one in table[other] for other in others)


def test_our_own_table_has_many_groups_of_hanzi_and_none_twice():
    groups = list(map(frozenset, _OWN.split()))
    assert 250 < len(groups) == len(set(groups))
    assert all(len(group) > 1 for group in groups)
    assert all("一" <= one <= "鿿" for group in groups for one in group)


def test_every_edit_is_a_look_alike():
    noisy = pt.get("text/hanzi-shape").apply(TEXT, **WHOLE)
    assert all(new in shapes("own").options[TEXT[start]] for start, _, new in noisy.mapping)
    assert noisy.report["eligible"] == sum(character in shapes("own").options for character in TEXT)


def test_a_table_of_the_user_is_read(tmp_path):
    path = tmp_path / "shapes.txt"
    path.write_text("# ours\n\n昨\t咋 作\n", encoding="utf-8")
    noise = pt.get("text/hanzi-shape", table=str(path))
    assert {"咋天", "作天"} == {noise("昨天", dose={"share": 1.0}, sample=str(i)) for i in range(9)}


@pytest.mark.parametrize(("content", "said"), [("未末\n土\n", "line 2"), (None, "No such file")])
def test_a_bad_table_is_named_with_its_line(tmp_path, content, said):
    path = tmp_path / "bad.txt"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BadSetting, match=said):
        pt.get("text/hanzi-shape", table=str(path))(TEXT, 0.5, sample="s")


def test_the_table_of_pycorrector_is_read_where_it_is_installed(tmp_path, monkeypatch):
    package = tmp_path / "pycorrector"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('never imported')")
    (package / "data" / "same_stroke.txt").write_text("龟\t电\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    shapes.cache_clear()
    assert "电" == pt.get("text/hanzi-shape", table="pycorrector")("龟", **WHOLE)
    shapes.cache_clear()


def test_pycorrector_is_named_where_it_is_not_installed(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    shapes.cache_clear()
    with pytest.raises(MissingExtra, match="pip install pycorrector"):
        pt.get("text/hanzi-shape", table="pycorrector")(TEXT, 0.5, sample="s")


def test_all_of_a_text_in_its_other_form_is_what_opencc_makes_of_it():
    opencc = pytest.importorskip("opencc")
    traditional = pt.get("text/hanzi-variant", to="traditional")(TEXT, **WHOLE)
    assert opencc.OpenCC("s2t").convert(TEXT) == traditional
    simplified = pt.get("text/hanzi-variant", to="simplified")(traditional, **WHOLE)
    assert opencc.OpenCC("t2s").convert(traditional) == simplified
    assert TEXT == pt.get("text/hanzi-variant")(traditional, **WHOLE)


def test_forms_follow_the_word():
    pytest.importorskip("opencc")
    assert "頭髮, 發現 \ud800" == pt.get("text/hanzi-variant")("头发, 发现 \ud800", **WHOLE)
    with pytest.raises(BadSetting, match="traditional, simplified"):
        pt.get("text/hanzi-variant", to="modern")(TEXT, 0.5, sample="s")


def test_compatibility_composition_restores_the_width_of_all_that_has_a_twin():
    text = "价格：3.50元，（共１２件）！好吗？A-b"
    for to in ("both", "half", "full"):
        noisy = pt.get("text/east-asian-width", to=to)(text, **WHOLE)
        assert noisy != text
        assert normalize("NFKC", text) == normalize("NFKC", noisy)


def test_a_width_is_asked_for():
    text = "好，3.“行”。 A"
    widths = {
        to: pt.get("text/east-asian-width", to=to)(text, **WHOLE) for to in ("half", "full", "both")
    }
    assert {
        "half": '好,3."行". A',
        "full": "好，３．“行”。 A",
        "both": '好,３．"行". A',
    } == widths
    with pytest.raises(BadSetting, match="both, half, full"):
        pt.get("text/east-asian-width", to="wide")(text, 0.5, sample="s")


def test_japanese_has_widths_too():
    assert "です." == pt.get("text/east-asian-width")("です。", **WHOLE)


def test_nothing_is_vendored():
    folder = Path(pt.__file__).parent / "text" / "scripts"
    assert not [path for path in folder.iterdir() if path.suffix in {".txt", ".json", ".tsv"}]
