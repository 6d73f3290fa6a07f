"""The breast-cancer table and a random forest: a curve that should stay flat."""

from typing import Any

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded
from perturbations._extras import require

NOTE = """\
569 fine-needle aspirates of breast tissue, 30 numbers computed from an image of each (Wolberg, Street and
Mangasarian 1993, UCI machine learning repository, CC BY 4.0; bundled with scikit-learn). A random forest is trained
on half of them and audited on the other half. Its 30 columns repeat each other, so moderate noise on numbers should
cost almost nothing: a tool that found a failure here would be inventing it. No statement about medicine."""

SWEEPS = (
    "tabular/numeric-noise",
    "tabular/missing",
    "tabular/missing-mar",
    "tabular/missing-mnar",
    "tabular/disguised-missing",
    "tabular/cell-swap",
    "tabular/unit-error",
    "tabular/sign-flip",
)


def load() -> Loaded:
    """Train the forest on half of the table and keep the other half, as a DataFrame."""
    require("pandas", extra="demo")
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    bunch = load_breast_cancer(as_frame=True)
    rows, labels = bunch.data, bunch.target.to_numpy()
    train, test = train_test_split(
        list(range(len(labels))), test_size=0.5, stratify=labels, random_state=0
    )
    test = sorted(test)
    forest = _forest().fit(rows.iloc[train], labels[train])
    ids = [f"aspirate-{i}" for i in test]
    data = Dataset({"table": rows.iloc[test]}, targets=labels[test], ids=ids)
    return Loaded(forest, data)


def _forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, min_samples_leaf=2, random_state=0, n_jobs=1)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="cancer",
        title="Breast-cancer table, random forest",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=10.0,
    )
