"""What can go wrong on the bench.

NoisebenchError
├── ConfigError       the audit's configuration cannot be read or makes no sense
├── DataError         the data set is not what it should be
├── ModelError        the model cannot be used as it was given
├── MetricError       the metric does not fit the outputs or the targets
├── PlanError         the conditions asked for cannot be planned on this data
├── LedgerError       the record of a run cannot be read, written or continued
├── CalibrationError  doses cannot be measured, or were frozen for something else
└── ReportError       the report cannot be made
"""


class NoisebenchError(Exception):
    """Something is wrong with an audit or what it was given."""


class ConfigError(NoisebenchError, ValueError):
    """The audit's configuration cannot be read or makes no sense."""


class DataError(NoisebenchError, ValueError):
    """The data set is empty, inconsistent, or of a kind that cannot be told."""


class ModelError(NoisebenchError, ValueError):
    """The model cannot be used as it was given."""


class MetricError(NoisebenchError, ValueError):
    """The metric is unknown or does not fit the outputs or the targets."""


class PlanError(NoisebenchError, ValueError):
    """The conditions asked for cannot be planned on this data."""


class LedgerError(NoisebenchError, RuntimeError):
    """The record of a run cannot be read, written or continued."""


class CalibrationError(NoisebenchError, ValueError):
    """Doses cannot be measured on this data, or were frozen for other noises, features or versions."""


class ReportError(NoisebenchError, RuntimeError):
    """The report cannot be made from this audit."""


class InconclusiveWarning(UserWarning):
    """A verdict is inconclusive, and the test session says that this does not fail a test."""
