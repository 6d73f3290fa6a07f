"""Every registered noise obeys every law."""

import pytest

import perturbations as pt
from perturbations import testing as laws


@laws.parametrize(pt.names())
def test_law(noise, law):
    law(noise)


@pytest.mark.slow
def test_another_process_makes_the_same_noise():
    laws.process_independent()


EXEMPTIONS: dict[str, dict[str, str]] = {}
"""Reviewed: the laws that a noise is excused from, and why."""


def test_exemptions_are_the_reviewed_ones():
    found = {name: dict(pt.get(name).exempt) for name in pt.names() if pt.get(name).exempt}
    assert found == EXEMPTIONS
