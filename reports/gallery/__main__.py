"""Run every demo audit afresh and keep its specification and its reports: `make gallery`."""

import json
import sys
import tempfile
from pathlib import Path

import noisebench as nb
from noisebench import demos
from perturbations.errors import MissingExtra

HERE = Path(__file__).parent


def make(name: str) -> list[Path]:
    """Run one demo, and all its models where it has several; return the folders that now hold the reports.

    Raises:
        MissingExtra: what the demo reads is not on this machine.
    """
    demo = demos.load(name)
    command = f"noisebench demo {name}"
    with tempfile.TemporaryDirectory() as run:
        audit = nb.audit(
            demo.model,
            demo.data,
            **demo.arguments,
            compose=demo.compose,
            run_dir=Path(run) / "run",
            name=demo.title,
            note=demo.note,
            command=command,
        )
        made = [keep(audit, name, {"demo": name} | spec(audit, demo.title, demo.note))]
    if demo.rivals is None:
        return made
    models, data = demo.rivals()
    title, note = f"{demo.title}: {', '.join(models)}", f"{demo.note} {demo.rivals_note}"
    with tempfile.TemporaryDirectory() as run:
        found = nb.compare(
            models,
            data,
            **demo.arguments,
            run_dir=Path(run) / "run",
            name=title,
            note=" ".join(note.split()),
        )
        of = {"demo": name, "models": list(models)} | spec(found[next(iter(models))], title, note)
        return [*made, keep(found, f"{name}-compared", of)]


def spec(audit: nb.Audit, title: str, note: str) -> dict[str, object]:
    """Return what the gallery says of an audit as data."""
    return {"title": title, "note": note, "config": audit.header["config"]}


def keep(found: nb.Audit | nb.Comparison, folder: str, of: dict[str, object]) -> Path:
    """Write report and specification into a folder of the gallery."""
    where = HERE / folder
    where.mkdir(exist_ok=True)
    found.report(where)
    text = json.dumps(of, indent=2, ensure_ascii=False)
    (where / "audit.json").write_text(text + "\n", encoding="utf-8")
    return where


def index() -> None:
    """Write the page that lists what the gallery holds."""
    lines = [
        "# Gallery",
        "",
        "Complete audits of real models on real data, made by `make gallery`. Open `report.html` in a browser.",
        "",
        "| audit | what | report |",
        "|---|---|---|",
    ]
    links = "[Markdown]({0}/report.md), [HTML]({0}/report.html)"
    for each in (folder for name in demos.names() for folder in (name, f"{name}-compared")):
        kept = HERE / each / "audit.json"
        if kept.exists():
            title = json.loads(kept.read_text(encoding="utf-8"))["title"]
            lines.append(f"| {each} | {title} | {links.format(each)} |")
    lines += [
        "",
        "[One photograph under every image noise](image-noises.jpg) and [under ImageNet-C's levels](imagenet-c.jpg), made by",
        "`noisebench preview image china.jpg`. The photograph is scikit-learn's china.jpg, by danielbuechele, CC BY 2.0; the noise",
        "is ours.",
    ]
    (HERE / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def sheets() -> None:
    """Put one photograph under every image noise, and under ImageNet-C at its five levels."""
    from importlib.resources import files

    from noisebench.cli._contact import preview_all

    with tempfile.TemporaryDirectory() as folder:
        photograph = Path(folder) / "china.jpg"
        photograph.write_bytes(files("sklearn.datasets.images").joinpath("china.jpg").read_bytes())
        preview_all("image", photograph, None, HERE / "image-noises.jpg", seed=0)
        preview_all("imagenet-c", photograph, "0.2,0.4,0.6,0.8,1", HERE / "imagenet-c.jpg", seed=0)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or demos.names():
        try:
            print(*make(chosen), sep="\n")
        except MissingExtra as lacking:
            print(f"{chosen} stays as it is: {lacking}")
    if not sys.argv[1:]:
        sheets()
    index()
