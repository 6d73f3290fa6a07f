"""What comes of a requested share: edits per character, against a distance that knows nothing of how they were made."""

import pytest
from rapidfuzz.distance import Levenshtein

import perturbations as pt
from perturbations.text._sentences import SENTENCES

LINES = [line for line in SENTENCES if line.isascii()]
REPLICATES = 8


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
@pytest.mark.parametrize(
    "name",
    ["drop-character", "doubling", "keyboard-typo", "insertion"],
)
def test_the_error_rate_is_the_share_of_what_could_be_hit(name, share):
    noise, distance, eligible = pt.get(f"text/{name}"), 0, 0
    for i, line in enumerate(LINES):
        for replicate in range(REPLICATES):
            noisy = noise.apply(line, dose={"share": share}, sample=i, replicate=replicate)
            distance += Levenshtein.distance(line, noisy.value)
            eligible += noisy.report["eligible"]
    # Two neighbouring edits may be told by one: the distance is a little less than the number of edits, never more.
    spread = 4 * (share * (1 - share) / eligible) ** 0.5
    assert 0.93 * share - spread < distance / eligible < share + spread
