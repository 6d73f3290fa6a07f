"""Published sets of noises: beside the catalogue, never part of it."""

import numpy as np
import pytest

import perturbations as pt
from perturbations import _presets, _registry
from perturbations.errors import BadDeclaration, UnknownPerturbation


@pytest.fixture
def toy(monkeypatch):
    pt.names()  # everything is loaded before the registry is replaced for the time of a test
    monkeypatch.setattr(_presets, "_KNOWN", dict(_presets._KNOWN))
    monkeypatch.setattr(_registry, "_KNOWN", dict(_registry._KNOWN))
    pt.preset("2-toy", modality="image", title="A toy.", note="It is no benchmark.")

    @pt.perturbation("2-toy/wash", family="2-toy", coupling="transform")
    def wash(image, draw, *, level: pt.Dose = pt.Ladder(1, 2, 3, 4, 5, unit="level")):
        """Pale.

        Severity: levels.

        References: none.
        """
        return image + (1 - image) * level / 5

    return wash


def test_a_preset_is_found_by_its_name_and_its_noises_too(toy):
    assert pt.presets()["2-toy"].note == "It is no benchmark."
    assert pt.names(preset="2-toy") == ("2-toy/wash",)
    assert pt.get("2-toy/wash") == toy
    assert (toy.modality, toy.preset, toy.family) == ("image", "2-toy", "2-toy")


def test_it_makes_noise_of_its_modality(toy):
    image = np.zeros((4, 5, 3), np.uint8)
    np.testing.assert_array_equal(toy(image, 1.0), np.full((4, 5, 3), 255, np.uint8))
    np.testing.assert_array_equal(toy(image, dose={"level": 2}), np.full((4, 5, 3), 102, np.uint8))


def test_its_noises_are_not_in_the_catalogue(toy):
    assert "2-toy/wash" not in pt.names()
    assert "2-toy/wash" not in pt.names(modality="image")
    assert pt.get("image/gaussian-noise").preset is None


def test_its_names_are_suggested(toy):
    with pytest.raises(UnknownPerturbation, match="did you mean 2-toy/wash"):
        pt.get("2-toy/wsh")
    with pytest.raises(UnknownPerturbation, match="a preset"):
        pt.names(preset="3-toy")


def test_a_noise_of_a_preset_for_several_modalities_says_its_own(toy):
    pt.preset("3-toy", modality=("image", "audio"), title="A toy.", note="It is no benchmark.")
    declare = pt.perturbation("3-toy/hush", family="3-toy", modality="audio", coupling="transform")
    hush = declare(toy.function)
    assert ("audio", "3-toy", "3-toy") == (hush.modality, hush.preset, hush.family)
    assert ("image", "audio") == pt.presets()["3-toy"].modalities
    assert ("3-toy/hush",) == pt.names(preset="3-toy") == pt.names(modality="audio", preset="3-toy")
    assert () == pt.names(modality="image", preset="3-toy")


@pytest.mark.parametrize("modality", [None, "text"])
def test_a_noise_of_a_preset_for_several_modalities_has_to_be_for_one_of_them(toy, modality):
    pt.preset("3-toy", modality=("image", "audio"), title="A toy.", note="It is no benchmark.")
    with pytest.raises(BadDeclaration, match="one of image, audio, got modality="):
        pt.perturbation("3-toy/hush", modality=modality)(toy.function)


def test_a_noise_of_the_catalogue_is_of_the_modality_in_its_name(toy):
    with pytest.raises(BadDeclaration, match="one of image"):
        pt.perturbation("image/hush", modality="audio", registered=False)(toy.function)


def test_a_preset_says_how_its_noises_are_where_all_inputs_are_noisy(toy):
    assert pt.presets()["2-toy"].joint is None
    both = pt.preset("3-toy", modality=("image", "audio"), title="A.", note="B.", joint={"part": 3})
    assert {"part": 3} == both.joint


def test_a_preset_says_what_it_is_not():
    with pytest.raises(BadDeclaration, match="a title and a note"):
        pt.preset("mute", modality="image", title="A toy.", note=" ")
