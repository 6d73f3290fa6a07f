"""Tokens replaced by a mask or by other tokens: what diffusion does to text.

The dose is the share of tokens replaced, 1 - alpha-bar of a discrete diffusion: its absorbing state is a mask, its
uniform state any token. A token is a run of characters between white space, its punctuation with it; in scripts
without spaces each character is one.
"""

from functools import lru_cache
from pathlib import Path

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._tokens import touched
from perturbations.text._words import units


@perturbation(coupling="mask", keeps=())
def mask_tokens(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.4, 0.6, 0.8, unit="share of tokens", high=1.0),
    mask: str = "[MASK]",
) -> Noisy:
    """Tokens are blacked out: a mask stands in their place.

    A unit is a token, and every token is eligible; the edit puts the mask in the place of the whole token. It
    tells where something is missing, which random tokens do not.

    Severity: share of the tokens that are masked, 1 - alpha-bar of an absorbing diffusion.

    Settings:
        mask: what stands in their place; best the mask of the model's own vocabulary.

    References: Austin et al., Structured Denoising Diffusion Models in Discrete State-Spaces, NeurIPS 2021
        (absorbing state); Ho et al., Denoising Diffusion Probabilistic Models, NeurIPS 2020 (alpha-bar).
    """
    spans = units(text)
    edits: list[Edit] = [
        (*spans[i], mask)
        for i, _ in touched(draw, len(spans), share)
        if text[slice(*spans[i])] != mask
    ]
    return noised(text, edits, requested=share, eligible=len(spans))


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def random_tokens(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.4, 0.6, 0.8, unit="share of tokens", high=1.0),
    vocabulary: str = "",
) -> Noisy:
    """Tokens become any other tokens: of the same text, or of a vocabulary.

    A unit is a token, and every token is eligible. From the text itself, the token of another place is taken, each
    as likely; from a vocabulary, each word as likely. Where that is the same token, nothing changes.

    Severity: share of the tokens that are drawn anew, 1 - alpha-bar of a uniform diffusion.

    Settings:
        vocabulary: path of a UTF-8 file with a token per line; "" for the tokens of the text.

    Raises:
        BadSetting: the file cannot be read, or has no token.

    References: Austin et al., Structured Denoising Diffusion Models in Discrete State-Spaces, NeurIPS 2021
        (uniform state); Ho et al., Denoising Diffusion Probabilistic Models, NeurIPS 2020 (alpha-bar).
    """
    spans = units(text)
    listed = _vocabulary(vocabulary) if vocabulary else ()
    edits: list[Edit] = []
    for i, how in touched(draw, len(spans), share):
        if listed:
            new = listed[int(how * len(listed))]
        else:
            new = text[slice(*spans[_other(i, len(spans), how)])]
        if new != text[slice(*spans[i])]:
            edits.append((*spans[i], new))
    return noised(text, edits, requested=share, eligible=len(spans))


def _other(place: int, count: int, how: float) -> int:
    """Return another place than this one, each as likely; this one where it is the only one."""
    return (place + 1 + int(how * (count - 1))) % count


def _vocabulary(path: str) -> tuple[str, ...]:
    try:
        stat = Path(path).stat()
        listed = _read(path, stat.st_mtime_ns, stat.st_size)
    except (OSError, UnicodeDecodeError) as error:
        expected = "a readable UTF-8 file with a token per line"
        raise BadSetting(explain(expected, "vocabulary", path, str(error))) from error
    if not listed:
        raise BadSetting(explain("a file with at least one token", "vocabulary", path))
    return listed


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> tuple[str, ...]:
    del changed, size  # a file that was rewritten is read again
    lines = map(str.strip, Path(path).read_text(encoding="utf-8-sig").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
