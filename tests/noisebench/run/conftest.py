"""Fixtures for runs."""

import pytest

from noisebench.data import Dataset
from tests.noisebench.small import dataset


@pytest.fixture
def data() -> Dataset:
    return dataset()
