"""Placeholder until the adapter lands."""

def from_audiomentations(*args: object, **kw: object) -> object:
    raise NotImplementedError
