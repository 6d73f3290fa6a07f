"""Placeholder until the adapter lands."""

def from_nlpaug(*args: object, **kw: object) -> object:
    raise NotImplementedError
