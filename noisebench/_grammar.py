"""The text form of a sweep: which noise goes into which input, together, in a row, or between inputs.

    sweep = step (">" step)*              a chain: one after the other
    step  = item ("+" item)*              joint: at the same time, on different inputs; + binds tighter than >
    item  = part | "(" sweep ")"          brackets: (a > b) + c has c beside the chain of a and b
    part  = [inputs ":"] noise ["@" fixed]
    fixed = severity | dose "=" number ("," dose "=" number)*

Why: the text is the identity of a sweep in plans, ledgers and reports, so it is canonical and parses back to an
equal value. An input is named only where the data set has several of its modality.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from noisebench._composition import check_composition
from noisebench._written import Placed, in_order, written
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import PerturbationError, did_you_mean, explain

CROSSMODAL = "crossmodal"
Fixed = float | tuple[tuple[str, float], ...]

_CLOSES = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Part:
    """One noise on one input, on several from a common cause, or between inputs (crossmodal)."""

    inputs: tuple[str, ...]
    noise: Perturbation
    at: Fixed | None = None
    """A severity or native doses that stay fixed while the rest of the sweep varies."""
    position: int = 0
    """Place in the chain; part of the key of its randomness."""
    named: bool = field(default=True, compare=False)
    """Whether the text form names the inputs."""

    @property
    def group(self) -> str:
        """The input, or the declared common cause, that goes into the key of the randomness."""
        return ",".join(self.inputs)

    def __str__(self) -> str:
        inputs = f"{self.group}:" if self.named else ""
        return f"{inputs}{self.noise}{_suffix(self.at)}"


@dataclass(frozen=True, slots=True)
class Sweep:
    """Noises that act on one sample, in the order in which they act."""

    parts: tuple[Part, ...]
    severities: tuple[float, ...] = field(default=(), compare=False)
    """Its own, where an account needs others than the plan's; empty: those of the plan."""

    def steps(self) -> Iterator[tuple[Part, ...]]:
        """Yield the parts that act together, in the order of the chain."""
        for position in sorted({part.position for part in self.parts}):
            yield tuple(part for part in self.parts if part.position == position)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that the sweep touches, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.inputs))

    @property
    def free(self) -> Part | None:
        """The first part whose severity varies: the axis of the curve."""
        return next((part for part in self.parts if part.at is None), None)

    @property
    def deterministic(self) -> bool:
        """Whether no part draws anything, so that replicates would repeat each other."""
        return all(part.noise.coupling == "codec" for part in self.parts)

    def __str__(self) -> str:
        return written([Placed(part.position, part.inputs, str(part)) for part in self.parts])


def parse_sweep(text: str, dataset: Dataset) -> Sweep:
    """Read one sweep on the inputs of a data set.

    Raises:
        PlanError: the text does not parse, or names a noise, an input or a dose that is not there.
    """
    sweeps = parse_sweeps(text, dataset)
    if len(sweeps) > 1:
        choices = " or ".join(str(sweep) for sweep in sweeps)
        raise PlanError(
            explain("a sweep on one input", "sweep", text, f"name the input: {choices}")
        )
    return sweeps[0]


def parse_sweeps(text: str, dataset: Dataset) -> tuple[Sweep, ...]:
    """Read a sweep; where its inputs are left open and several qualify, one sweep for each of them."""
    if not isinstance(text, str) or not text.strip():
        raise PlanError(explain("the text of a sweep, such as image/fog", "sweep", text))
    parts, _ = _parse_chain(text, 0, text, dataset)
    return tuple(_checked(_in_order(each), text) for each in _on_open_inputs(parts, text, dataset))


def _parse_chain(text: str, start: int, whole: str, dataset: Dataset) -> tuple[list[Part], int]:
    """Return the parts of a chain that begins at a position, and the position after it."""
    parts: list[Part] = []
    for step in split(text, ">"):
        ends = [start + 1]
        for item in split(step, "+"):
            if in_brackets(item):
                inside, end = _parse_chain(item[1:-1], start, whole, dataset)
                parts += inside
                ends.append(end)
            else:
                parts.append(_parse_part(item, start, whole, dataset))
        start = max(ends)
    return parts, start


def in_brackets(text: str) -> bool:
    """Tell whether all of a text stands in one pair of round brackets."""
    return text.startswith("(") and not any(outside for _, outside in list(scan(text))[1:])


def on_inputs(
    noise: Perturbation, dataset: Dataset, *, of: Sequence[str] = ()
) -> tuple[Sweep, ...]:
    """Return the sweeps of one noise over the inputs that it suits, or over those of them named in `of`."""
    fitting = inputs_for(noise, dataset)
    if noise.modality == CROSSMODAL:
        chosen = tuple(of) or fitting
        return (Sweep((Part(chosen, noise),)),) if len(chosen) > 1 else ()
    several = len(fitting) > 1
    names = [name for name in fitting if not of or name in of]
    return tuple(Sweep((Part((name,), noise, named=several),)) for name in names)


def inputs_for(noise: Perturbation, dataset: Dataset) -> tuple[str, ...]:
    """Return the inputs of the data set that a noise can act on."""
    if noise.modality == CROSSMODAL:
        return tuple(dataset.inputs)
    return tuple(n for n in dataset.inputs if dataset.modalities[n] == noise.modality)


def split(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside quotes and brackets."""
    pieces = [""]
    for character, outside in scan(text):
        if outside and character == separator:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip() for piece in pieces]


def scan(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the characters of a text, and whether each stands outside quotes and brackets."""
    closers: list[str] = []
    escaped = False
    for character in text:
        quoted = bool(closers) and closers[-1] == '"'
        yield character, not closers
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif closers and character == closers[-1]:
            closers.pop()
        elif not quoted and character == '"':
            closers.append(character)
        elif not quoted and character in _CLOSES:
            closers.append(_CLOSES[character])


def _parse_part(text: str, position: int, whole: str, dataset: Dataset) -> Part:
    if not text:
        raise PlanError(explain("a noise on each side of + and >", "sweep", whole))
    left, at, fixed = _last(text, "@")
    names, colon, noise_text = _first(left, ":")
    noise = find_noise(noise_text)
    inputs = read_inputs(names, dataset) if colon else ()
    part = Part(inputs, noise, _read_fixed(fixed, noise, text) if at else None, position)
    return _fitting(part, dataset, text) if inputs else part


def find_noise(text: str) -> Perturbation:
    """Return a noise by its text form; PlanError when there is none."""
    from perturbations import get

    try:
        return get(text.strip())
    except PerturbationError as error:
        raise PlanError(str(error)) from error


def read_inputs(text: str, dataset: Dataset) -> tuple[str, ...]:
    """Read a comma-separated list of inputs."""
    names = tuple(split(text, ","))
    for name in names:
        if name not in dataset.inputs:
            hint = did_you_mean(name, dataset.inputs)
            raise PlanError(explain("an input of the data set", "input", name, hint))
    if len(set(names)) < len(names):
        raise PlanError(explain("each input once", "inputs", text))
    return names


def _fitting(part: Part, dataset: Dataset, text: str) -> Part:
    noise = part.noise
    if noise.modality == CROSSMODAL:
        if len(part.inputs) > 1:
            return part
        hint = _with_another(part.inputs[0], noise, dataset)
        raise PlanError(
            explain("two inputs or more for a noise between inputs", "part", text, hint)
        )
    fitting = inputs_for(noise, dataset)
    for name in part.inputs:
        if name not in fitting:
            came = f"input {name} is {dataset.modalities[name]}"
            hint = f"{came}; inputs of modality {noise.modality}: {', '.join(fitting) or 'none'}"
            raise PlanError(explain(f"an input of modality {noise.modality}", "part", text, hint))
    return replace(part, named=len(fitting) > 1)


def _with_another(name: str, noise: Perturbation, dataset: Dataset) -> str:
    """Say how a noise between inputs is written that names one."""
    other = next((each for each in dataset.inputs if each != name), None)
    if other is None:
        return f"the data set has {name} alone, and there is nothing between one input"
    return f"name them in order, the changed one last: {other},{name}:{noise}"


def _on_open_inputs(parts: list[Part], text: str, dataset: Dataset) -> list[list[Part]]:
    filled = [part if part.inputs else _only_choice(part, dataset) for part in parts]
    still_open = [part for part in filled if not part.inputs]
    if not still_open:
        return [filled]
    modalities = {part.noise.modality for part in still_open}
    if len(modalities) > 1 or len({part.position for part in still_open}) < len(still_open):
        raise PlanError(
            explain("named inputs, as several qualify", "sweep", text, _naming(dataset))
        )
    names = inputs_for(still_open[0].noise, dataset)
    return [
        [part if part.inputs else replace(part, inputs=(name,)) for part in filled]
        for name in names
    ]


def _only_choice(part: Part, dataset: Dataset) -> Part:
    fitting, modality = inputs_for(part.noise, dataset), part.noise.modality
    if modality == CROSSMODAL:
        if len(fitting) < 2:
            raise PlanError(explain("data with two inputs or more", "part", str(part.noise)))
        return replace(part, inputs=fitting)
    if not fitting:
        hint = f"the data set has {', '.join(f'{n} ({dataset.modalities[n]})' for n in dataset.inputs)}"
        raise PlanError(explain(f"an input of modality {modality}", "noise", str(part.noise), hint))
    return replace(part, inputs=fitting, named=False) if len(fitting) == 1 else part


def _in_order(parts: Sequence[Part]) -> Sweep:
    """Return a sweep of parts in the order in which they act; of those that act at once, as they were named first."""
    order = in_order(Placed(part.position, part.inputs, "") for part in parts)
    return Sweep(tuple(parts[i] for i in order))


def _checked(sweep: Sweep, text: str) -> Sweep:
    for step in sweep.steps():
        touched = [name for part in step for name in part.inputs]
        if len(set(touched)) < len(touched):
            hint = "to put two noises into one input, one after the other, write a > between them"
            raise PlanError(explain("different inputs on each side of +", "sweep", text, hint))
    check_composition(sweep, text)
    return sweep


def _read_fixed(text: str, noise: Perturbation, part: str) -> Fixed:
    if "=" not in text:
        severity = _number(text, part)
        if not 0 < severity <= 1:
            raise PlanError(explain("a severity in (0, 1] after @", "part", part))
        return severity
    return tuple(_read_dose(each, noise, part) for each in split(text, ","))


def _read_dose(text: str, noise: Perturbation, part: str) -> tuple[str, float]:
    name, _, number = (piece.strip() for piece in text.partition("="))
    if name not in noise.ladders:
        raise PlanError(
            explain(f"a dose of {noise.name}", "dose", name, did_you_mean(name, noise.ladders))
        )
    try:
        return name, noise.ladders[name].check(_number(number, part), name)
    except PerturbationError as error:
        raise PlanError(str(error)) from error


def _number(text: str, part: str) -> float:
    try:
        return float(text)
    except ValueError:
        hint = "write @0.4 for a severity or @sigma=0.05 for a dose"
        raise PlanError(explain("a number after @", "part", part, hint)) from None


def _first(text: str, sign: str) -> tuple[str, bool, str]:
    for index, (character, outside) in enumerate(scan(text)):
        if outside and character == sign:
            return text[:index].strip(), True, text[index + 1 :].strip()
    return "", False, text


def _last(text: str, sign: str) -> tuple[str, bool, str]:
    found = [
        i for i, (character, outside) in enumerate(scan(text)) if outside and character == sign
    ]
    if not found:
        return text, False, ""
    return text[: found[-1]].strip(), True, text[found[-1] + 1 :].strip()


def _suffix(at: Fixed | None) -> str:
    if at is None:
        return ""
    if isinstance(at, float):
        return f"@{number_text(at)}"
    return "@" + ",".join(f"{name}={number_text(value)}" for name, value in at)


def number_text(value: float) -> str:
    """Write a number as shortly as parses back to the same number."""
    short = f"{value:g}"
    exact = short if float(short) == value else repr(float(value))
    return exact.replace("e+", "e")


def _naming(dataset: Dataset) -> str:
    return f"write input:noise, with an input of {', '.join(dataset.inputs)}"
