"""Placeholder until the adapter lands."""

def from_albumentations(*args: object, **kw: object) -> object:
    raise NotImplementedError
