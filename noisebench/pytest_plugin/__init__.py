"""The pytest plugin: a fixture `noisebench` whose curves can be asserted on.

    def test_survives_shot_noise(noisebench, model, data):
        curve = noisebench.curve(model, data, "image/shot-noise")
        assert curve.retains(0.9, at=0.4)

Loading it imports nothing but pytest and the standard library; the bench is imported when the fixture is used.
"""

from noisebench.pytest_plugin._hooks import (
    noisebench,
    pytest_addoption,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)

__all__ = [
    "noisebench",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
]
