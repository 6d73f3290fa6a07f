"""`list` and `show`: what noises there are and what they mean."""

import re
from collections.abc import Sequence
from typing import Any

import perturbations as pt
from noisebench.cli._console import console, plain, print_json
from perturbations._extras import missing


def list_all(modality: str | None, family: str | None, *, json: bool) -> int:
    """Print the catalogue; return 4 when nothing matches."""
    preset = modality if modality in pt.presets() else None
    wanted = pt.names(modality=None if preset else modality, family=family, preset=preset)
    found = sorted(map(pt.get, wanted), key=natural_order)
    if json:
        print_json({"noises": [_record(noise) for noise in found]})
        return 0 if found else 4
    if not found:
        console(error=True).print(f"no noise of family {plain(family)}; try noisebench list")
        return 4
    out = console()
    if preset:
        about = pt.presets()[preset]
        out.print(f"[bold]{plain(about.title)}[/bold]\n{plain(about.note)}\n")
    out.print(_catalogue(found))
    out.print(
        f"\n{len(found)} noises. [dim]One of them: noisebench show {plain(found[0].name)}[/dim]"
    )
    fitting = [
        each.name
        for each in pt.presets().values()
        if not preset and modality in {None, *each.modalities}
    ]
    if fitting and family is None:
        out.print(f"[dim]Presets: noisebench list {plain(' | '.join(fitting))}[/dim]")
    return 0


def _catalogue(noises: Sequence[pt.Perturbation]) -> Any:
    """Return the noises as a table, family by family."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("noise", "what happens", "dose at severity 0.2 ... 1.0"):
        table.add_column(title, no_wrap=title == "noise", overflow="fold")
    group = None
    for noise in noises:
        if group != (noise.modality, noise.family):
            if group:
                table.add_row()
            group = noise.modality, noise.family
            kind = noise.modality if noise.family == noise.preset else noise.family
            table.add_row(f"[bold cyan]{plain(kind)}[/bold cyan]")
        lacks = missing(noise.requires)
        name = plain(noise.name) + (f"\n[dim]needs \\[{','.join(lacks)}][/dim]" if lacks else "")
        table.add_row(name, plain(noise.summary), plain(_ladder_text(noise)))
    return table


def natural_order(noise: pt.Perturbation) -> tuple[object, ...]:
    """Sort by modality, then family as the modality orders them (the way of the light), then name."""
    families = pt.modality(noise.modality).families
    rank = families.index(noise.family) if noise.family in families else len(families)
    return noise.modality, rank, noise.family, noise.name


def show_one(text: str, *, json: bool) -> int:
    """Print one noise in full."""
    noise = pt.get(text)
    if json:
        print_json(_record(noise))
        return 0
    from rich.table import Table

    out = console()
    out.print(
        f"[bold]{plain(noise)}[/bold]  [dim]{plain(noise.modality)}, {plain(noise.family)}[/dim]\n"
    )
    out.print(plain(noise.doc) + "\n")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("severity")
    for name, ladder in noise.ladders.items():
        table.add_column(plain(f"{name} ({ladder.unit})"), justify="right")
    none = [_number(ladder.none) for ladder in noise.ladders.values()]
    table.add_row("0", *none)
    for i in range(5):
        row = [_number(ladder.rungs[i]) for ladder in noise.ladders.values()]
        table.add_row(f"{(i + 1) / 5:g}", *row)
    out.print(table)
    settings = ", ".join(f"{k}={_shown(v)}" for k, v in noise.settings.items()) or "none"
    facts = {fact: needed for fact, needed in noise.declared.facts.items() if fact != "facts"}
    required = [fact for fact, needed in facts.items() if needed]
    needed = ", ".join([*required, *_between(noise), *_context(noise)]) or "none"
    read = ", ".join(f for f, required in facts.items() if not required)
    out.print(f"\nsettings: {plain(settings)}\nneeds of the input: {plain(needed)}")
    if read:
        out.print(f"reads of the input, if it is there: {plain(read)}")
    if noise.stand_in:
        out.print(f"[yellow]acts here: {plain(noise.stand_in)}[/yellow]")
    out.print(f"coupling across severities: {noise.coupling}; measured as {plain(noise.measure)}")
    if noise.action is not None:
        out.print(f"acts as a group: {plain(noise.action.group)}; undone=true puts it back")
    for law, reason in noise.exempt.items():
        out.print(f"exempt from the law {law}: {plain(reason)}")
    lacks = missing(noise.requires)
    if lacks:
        out.print(
            f'[yellow]not installed here: pip install "noisebench\\[{",".join(lacks)}]"[/yellow]'
        )
    out.print(
        f"\n[dim]See it on a file of yours: noisebench preview {plain(noise.name)} FILE[/dim]"
    )
    return 0


def _between(noise: pt.Perturbation) -> list[str]:
    """Return the facts that a noise between inputs needs: it is given those of all, and its docstring says which it misses."""
    if noise.modality != "crossmodal":
        return []
    said = _MISSING.search(" ".join(noise.doc.split()))
    facts = [each for each in _QUOTED.findall(said[1]) if each != "modality"] if said else []
    labels = ["labels"] if said and "labels" in said[1] else []
    camera = ["fov or focal"] if said and "field of view" in said[1] else []
    return [*facts, *camera, *labels]


_MISSING = re.compile(r"MissingFact: (.*?\.)(?: |$)")
_QUOTED = re.compile(r"`(\w+)`")


def _context(noise: pt.Perturbation) -> list[str]:
    """Return what a noise needs of the data set besides facts of its input."""
    other = ["the other samples"] if noise.declared.needs_peers else []
    return [*other, "statistics of the clean data"] if noise.declared.needs_reference else other


def _record(noise: pt.Perturbation) -> dict[str, Any]:
    return {
        "name": noise.name,
        "modality": noise.modality,
        "family": noise.family,
        "summary": noise.summary,
        "ladders": {
            name: {
                "unit": ladder.unit,
                "rungs": list(ladder.rungs),
                "none": str(ladder.none),
                "scale": ladder.scale,
            }
            for name, ladder in noise.ladders.items()
        },
        "settings": dict(noise.settings),
        "facts": list(noise.declared.facts),
        "coupling": noise.coupling,
        "measure": noise.measure,
        "group": None if noise.action is None else noise.action.group,
        "exempt": dict(noise.exempt),
        "requires": list(noise.requires),
        "missing_extras": list(missing(noise.requires)),
        "stand_in": noise.stand_in,
    }


def _ladder_text(noise: pt.Perturbation) -> str:
    ladder = next(iter(noise.ladders.values()))
    return f"{' '.join(_number(rung) for rung in ladder.rungs)} {ladder.unit}"


def _shown(setting: object) -> str:
    return f"[{', '.join(map(str, setting))}]" if isinstance(setting, tuple) else str(setting)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
