"""What gates say: on a terminal, as JSON, as JUnit XML and as a summary for a code host."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from noisebench.cli._console import plain

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.gate import Judgement

COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}
SUMMARY = "GITHUB_STEP_SUMMARY"
"""Variable that names the file whose Markdown GitHub shows with a job."""


def gate_table(gates: Sequence["Judgement"]) -> "Table":
    """Return a table of all gates, those that block first."""
    from rich.table import Table

    title = f"gates: {counted(gates)}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("gate", no_wrap=True)
    table.add_column("noise", overflow="fold")
    table.add_column("asked", overflow="fold")
    table.add_column("found", justify="right", no_wrap=True)
    table.add_column("n", justify="right")
    for each in worst_first(gates):
        verdict = each.verdict
        state = f"[{COLOURS[verdict.state]}]{verdict.state}[/]"
        table.add_row(
            state, plain(each.sweep), plain(verdict.asked), plain(value_of(each)), f"{verdict.n:,}"
        )
    return table


def gate_reasons(gates: Sequence["Judgement"]) -> list[str]:
    """Return why each gate that did not pass did not, and what those that passed rest on, as lines of markup."""
    lines = []
    for each in worst_first(gates):
        if each.verdict.state == "pass":
            continue
        first, *rest = each.verdict.explanation
        lines.append(f"[{COLOURS[each.verdict.state]}]{plain(first)}[/]")
        lines += [f"  [dim]{plain(line)}[/dim]" for line in rest]
    shared = [line for line in _rests(gates) if line]
    return [*lines, *(f"[dim]{plain(line)}[/dim]" for line in shared)]


def gate_records(gates: Sequence["Judgement"]) -> list[dict[str, Any]]:
    """Return all gates as plain data."""
    return [
        {
            "perturbation": each.gate.perturbation,
            "sweep": each.sweep,
            "asked": each.verdict.asked,
            "state": each.verdict.state,
            "value": each.verdict.value,
            "low": each.verdict.low,
            "high": each.verdict.high,
            "threshold": each.verdict.threshold,
            "at": each.verdict.at,
            "n": each.verdict.n,
            "claim": each.verdict.claim,
            "needed": each.verdict.needed,
            "saved": each.verdict.saved,
            "inconclusive": each.gate.inconclusive,
            "why": list(each.verdict.explanation),
        }
        for each in gates
    ]


def gate_status(gates: Sequence["Judgement"], *, strict: bool) -> int:
    """Return the exit status: 1 where a gate fails, 6 where an open one should."""
    if any(each.verdict.state == "fail" for each in gates):
        return 1
    unsure = [each for each in gates if each.verdict.state == "inconclusive"]
    return 6 if any(strict or each.blocks for each in unsure) else 0


def write_junit(gates: Sequence["Judgement"], name: str, path: Path) -> None:
    """Write a test case per gate and noise; an open one is skipped, or fails where its gate says so."""
    suite = ElementTree.Element(
        "testsuite",
        name=f"noisebench.{name}",
        tests=str(len(gates)),
        failures=str(sum(each.blocks for each in gates)),
        errors="0",
        skipped=str(sum(_skipped(each) for each in gates)),
    )
    for each in gates:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{name}.{each.sweep}", name=each.verdict.asked
        )
        properties = ElementTree.SubElement(case, "properties")
        for key in ("state", "value", "low", "high", "threshold", "n", "claim", "needed", "saved"):
            found = getattr(each.verdict, key)
            if found is not None:
                ElementTree.SubElement(
                    properties, "property", name=f"noisebench.{key}", value=str(found)
                )
        _outcome(case, each)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def summarise(gates: Sequence["Judgement"], name: str) -> None:
    """Append the gates as Markdown where the code host that runs this shows it."""
    where = os.environ.get(SUMMARY)
    if not where or not gates:
        return
    rows = [
        f"| {each.verdict.state} | {_cell(each.sweep)} | {_cell(each.verdict.asked)} | {value_of(each)} | {each.verdict.n:,} |"
        for each in worst_first(gates)
    ]
    head = ["| gate | noise | asked | found | n |", "|:--|:--|:--|--:|--:|"]
    lines = [f"### noisebench {_cell(name)}: {counted(gates)}", "", *head, *rows, ""]
    with Path(where).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def counted(gates: Sequence["Judgement"]) -> str:
    """Say how many passed, failed and are open."""
    states = [each.verdict.state for each in gates]
    return ", ".join(f"{states.count(state)} {state}" for state in COLOURS if state in states)


def worst_first(gates: Sequence["Judgement"]) -> list["Judgement"]:
    """Return failures, then what is open, then what passed; each in the order of the gates."""
    order = ("fail", "inconclusive", "pass")
    return sorted(gates, key=lambda each: order.index(each.verdict.state))


def value_of(each: "Judgement") -> str:
    """Write the value that decided, with its bounds."""
    verdict = each.verdict
    if verdict.value != verdict.value:
        return "undefined"
    return f"{verdict.value:.3f} [{verdict.low:.3f}, {verdict.high:.3f}]"


def _rests(gates: Sequence["Judgement"]) -> list[str]:
    """Return what is said of gates that passed: what was missing, once each."""
    passed = [each for each in gates if each.verdict.state == "pass"]
    said = [line for each in passed for line in each.verdict.explanation if _of_samples(line)]
    return list(dict.fromkeys(said))


def _of_samples(line: str) -> bool:
    return " have no output at some severity" in line or " left out" in line


def _skipped(each: "Judgement") -> bool:
    return each.verdict.state == "inconclusive" and not each.blocks


def _outcome(case: ElementTree.Element, each: "Judgement") -> None:
    message, *why = each.verdict.explanation
    if each.blocks:
        kind = {"type": each.verdict.state, "message": _xml(message)}
        ElementTree.SubElement(case, "failure", kind).text = _xml("\n".join(why))
    elif _skipped(each):
        ElementTree.SubElement(case, "skipped", message=_xml("; ".join((message, *why))))


def _xml(text: str) -> str:
    """Return text without the control characters that XML has no way to write."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")
