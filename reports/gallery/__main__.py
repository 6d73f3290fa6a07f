"""Run every demo audit afresh and keep its specification and its reports: `make gallery`."""

import json
import sys
import tempfile
from pathlib import Path

import noisebench as nb
from noisebench import demos

HERE = Path(__file__).parent


def make(name: str) -> Path:
    """Run one demo in a temporary directory and replace what the gallery has of it."""
    demo = demos.load(name)
    with tempfile.TemporaryDirectory() as run:
        audit = nb.audit(
            demo.model,
            demo.data,
            perturbations=list(demo.sweeps),
            metric=demo.metric,
            severities=demo.severities,
            replicates=demo.replicates,
            run_dir=Path(run) / "run",
            name=demo.title,
            note=demo.note,
            command=f"noisebench demo {name}",
        )
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        audit.report(folder)
        spec = {
            "demo": name,
            "title": demo.title,
            "note": demo.note,
            "config": audit.header["config"],
        }
        text = json.dumps(spec, indent=2, ensure_ascii=False)
        (folder / "audit.json").write_text(text + "\n", encoding="utf-8")
    return folder


def index(names: list[str]) -> None:
    """Write the page that lists the gallery."""
    lines = [
        "# Gallery",
        "",
        "Complete audits of real models on real data, made by `make gallery`. Open `report.html` in a browser.",
        "",
        "| audit | what | report |",
        "|---|---|---|",
    ]
    links = "[Markdown]({0}/report.md), [HTML]({0}/report.html)"
    lines += [f"| {name} | {demos.load(name).title} | {links.format(name)} |" for name in names]
    (HERE / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(demos.names())
    for each in chosen:
        print(make(each))
    index(list(demos.names()))
