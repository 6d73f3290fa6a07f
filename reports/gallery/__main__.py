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
            compose=demo.compose,
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
    chosen = sys.argv[1:] or list(demos.names())
    for each in chosen:
        print(make(each))
    if not sys.argv[1:]:
        sheets()
    index(list(demos.names()))
