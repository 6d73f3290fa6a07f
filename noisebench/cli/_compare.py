"""`demo --compare`: several models of a demo under the very same noise, in one report."""

from pathlib import Path

from noisebench.cli._console import console, plain, print_json, progress
from noisebench.cli._maps import say_maps
from noisebench.cli._run import RUNS
from noisebench.cli._table import apart_lines, compare_table
from noisebench.errors import ConfigError
from perturbations.errors import explain


def compare_demo(name: str, run_dir: Path | None, *, json: bool) -> int:
    """Run every model of a demo, print where they differ, write the report; return the exit status.

    Raises:
        ConfigError: there is no such demo, or it has one model.
    """
    from noisebench import demos
    from noisebench.compare import compare

    demo = demos.load(name)
    if demo.rivals is None:
        several = [each for each in demos.names() if demos.load(each).rivals is not None]
        hint = f"demos with several: {', '.join(several)}"
        raise ConfigError(explain("a demo with several models", "name", name, hint))
    out = console(error=True) if json else console()
    out.print(f"[bold]{plain(demo.title)}[/bold]: several models under the same noise")
    models, data = demo.rivals()
    note = " ".join((demo.note + " " + demo.rivals_note).split())
    with progress(name) as advance:
        found = compare(
            models,
            data,
            **demo.arguments,
            run_dir=run_dir or RUNS / f"{name}-compared",
            name=f"{demo.title}: {', '.join(models)}",
            note=note,
            progress=advance,
        )
    paths = found.report()
    if json:
        print_json({
            "name": name,
            "models": list(models),
            "differences": found.to_table(),
            "report": {"html": str(paths.html), "markdown": str(paths.markdown)},
        })  # fmt: skip
        return 0
    out.print(compare_table(found))
    say_maps(found)
    if lines := apart_lines(found):
        out.print("\n[bold]surely apart[/bold]")
    for line in lines:
        out.print(f"  {plain(line)}", soft_wrap=True)
    out.print(f"\nreport: [bold]{plain(paths.html)}[/bold]")
    out.print(f"[dim]the same for a code host: {plain(paths.markdown)}[/dim]")
    return 0
