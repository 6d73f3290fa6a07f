"""Measure and write reports/performance: `make bench`."""

import platform
from pathlib import Path

from tests.benchmarks import (
    audio,
    bisection,
    harness,
    imports,
    location,
    noise,
    pointcloud,
    statistics,
    stopping,
    tabular,
    timeseries,
    topology,
)

OUT = Path("reports/performance/README.md")
PARTS = {
    "Loading": (imports, ("what", "measured", "bar")),
    "The harness against a bare loop": (harness, ("what", "measured", "bar")),
    "The statistics of a curve": (statistics, ("what", "measured", "bar")),
    "Gates that stop early, model calls": (stopping, ("what", "measured", "bar")),
    "Curves by bisection, model calls": (bisection, ("what", "measured", "bar")),
    "Losses located in two stages": (location, ("what", "measured", "bar")),
    "The topology of noises": (topology, ("what", "measured", "bar")),
    "Noise against the fastest peer": (noise, noise.HEAD),
    "Noise in sound, a clip of 5 s at 16 kHz": (audio, audio.HEAD),
    "Noise in series": (timeseries, timeseries.HEAD),
    "Noise in tables": (tabular, tabular.HEAD),
    "Noise in point clouds": (pointcloud, pointcloud.HEAD),
}


def main() -> None:
    """Print every table and keep them."""
    lines = [
        "# Performance",
        "",
        f"`make bench`, Python {platform.python_version()}, one thread, ratios in one process.",
        "Machines are shared and noisy: read ratios, and read those below 1.5x as a tie.",
        "Images are 224x224x3 uint8 at severity 0.6, in batches of 8; peers stand at the closest setting, kornia on floats.",
        "Series are 1024 steps of 4 channels, float64, at severity 0.6, in batches of 64, timed a series.",
        f"Tables are {tabular.ROWS} rows of {tabular.COLUMNS} numbers in a DataFrame, or wines with columns of every kind, at severity 0.6, timed a thousand rows.",
        "Point clouds are 1024 points in batches of 32, or one scan of 120,000, float32, at severity 0.6.",
        f"Clips of sound are float32, in batches of {audio.BATCH}; what is bound by memory costs about one copy of the clip.",
        "* measured by `make compare` in its own environment, brought here as so many copies of the image.",
    ]
    for title, (part, head) in PARTS.items():
        print(f"measuring: {title}", flush=True)
        lines += ["", f"## {title}", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
        lines += [f"| {' | '.join(row)} |" for row in part.rows()]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
