"""Penguins in a table of mixed columns with cells that really are missing, and a logistic regression."""

from typing import Any

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of
from perturbations._extras import require

NOTE = """\
344 adult penguins of three species at Palmer Station, Antarctica, 2007 to 2009 (Gorman, Williams and Fraser 2014; CC0;
bundled with palmerpenguins, MIT): six measurements, species, island, sex, whether the clutch was complete, the date of the first
egg. 46 of the cells are missing in the original and stay so. A logistic regression names the species from all
the other columns; it fills a missing number with the median and knows no category for a missing or an unseen value. It is trained on the birds
of half of the nests and audited on the others, and intervals resample nests, since the two birds of a nest are
of one species. No statement about penguins."""

SWEEPS = (
    "tabular/missing",
    "tabular/missing-mar",
    "tabular/missing-mnar",
    "tabular/missing-columns",
    "tabular/disguised-missing",
    "tabular/unit-error",
    "tabular/decimal-slip",
    "tabular/proportional-noise",
    "tabular/swapped-columns",
    "tabular/category-swap",
    "tabular/unseen-category",
    "tabular/label-typo",
    "tabular/day-month-swap",
    "tabular/shifted-cells",
)

MEASURED = (
    "Culmen Length (mm)",
    "Culmen Depth (mm)",
    "Flipper Length (mm)",
    "Body Mass (g)",
    "Delta 15 N (o/oo)",
    "Delta 13 C (o/oo)",
)
CLASSES = ("Island", "Sex", "Clutch Completion")
DATE = "Date Egg"
SPECIES = ("Adelie", "Chinstrap", "Gentoo")

REPLICATES = 5
"""Which columns are lost or exchanged is one draw for all birds: as many draws begin to tell how much that matters."""

SEED = 2014
"""Seed of the split."""


def read() -> Any:
    """Return the birds as a DataFrame: the model's columns, `species` (0 to 2), and `nest`."""
    pandas = require("pandas", extra="demo")
    raw = pandas.read_csv(files_of("palmerpenguins") / "data" / "penguins-raw.csv")
    birds = raw[[*MEASURED, *CLASSES]].astype(dict.fromkeys(CLASSES, object))
    birds[DATE] = pandas.to_datetime(raw[DATE])
    species = raw["Species"].str.split().str[0]
    birds["species"] = species.map(SPECIES.index)
    number = raw["Individual ID"].str.extract(r"(N\d+)")[0]
    birds["nest"] = raw["studyName"] + " " + raw["Island"] + " " + species + " " + number
    return birds


def day_of_season(dates: Any) -> np.ndarray:
    """Return days since the first of November of the date's own year, (n, 1); NaN for none."""
    pandas = require("pandas", extra="demo")
    stamps = pandas.to_datetime(dates.iloc[:, 0], errors="coerce")
    return np.asarray(stamps.dt.day_of_year - 305, dtype=np.float64)[:, None]


def classifier() -> Any:
    """Return the untrained pipeline."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    def numbers() -> Any:
        return make_pipeline(SimpleImputer(strategy="median"), StandardScaler())

    season = make_pipeline(FunctionTransformer(day_of_season), numbers())
    columns = ColumnTransformer(
        [
            ("measured", numbers(), list(MEASURED)),
            ("classes", OneHotEncoder(handle_unknown="ignore"), list(CLASSES)),
            ("date", season, [DATE]),
        ]
    )
    return make_pipeline(columns, LogisticRegression(max_iter=2000))


def load() -> Loaded:
    """Train on the birds of half of the nests and keep the others, as a DataFrame."""
    from sklearn.model_selection import GroupShuffleSplit

    birds = read()
    columns = [*MEASURED, *CLASSES, DATE]
    split = GroupShuffleSplit(1, test_size=0.5, random_state=SEED)
    train, test = next(split.split(birds, groups=birds["nest"]))
    model = classifier().fit(birds[columns].iloc[train], birds["species"].iloc[train])
    data = Dataset(
        {"birds": birds[columns].iloc[test]},
        targets=birds["species"].to_numpy()[test],
        ids=[f"bird-{i}" for i in test],
        groups=birds["nest"].to_numpy()[test],
        slices={"species": [SPECIES[each] for each in birds["species"].iloc[test]]},
    )
    return Loaded(model, data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="penguins",
        title="Penguins, a mixed table with missing values, logistic regression",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        replicates=REPLICATES,
        seconds=30.0,
    )
