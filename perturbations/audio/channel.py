"""What a line, a room or a device does to all frequencies of a clip."""

from perturbations import Dose, Draw, Ladder, perturbation
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.errors import BadSetting, explain

_STEEPEST = 12


@perturbation(
    coupling="transform",
    exempt={"different-samples": "the filter is the same for every clip; nothing is drawn"},
)
def low_pass(
    clip: Waveform,
    draw: Draw,
    *,
    cutoff: Dose = Ladder(
        6000.0,
        3400.0,
        2000.0,
        1000.0,
        500.0,
        unit="Hz cutoff",
        none="nyquist",
        scale="log",
        low=1.0,
    ),
    order: int = 4,
    rate: float,
) -> Waveform:
    """A narrow line or a muffled microphone: frequencies above the cutoff are lost.

    A Butterworth filter runs forward and backward, so nothing is delayed and the gain at frequency f is
    1 / (1 + (tan(pi f / rate) / tan(pi cutoff / rate)) ** (2 order)): a half (-6 dB) at the cutoff. A cutoff at or above
    half the sampling rate leaves the clip as it is. 3400 Hz is the telephone band.

    Severity: cutoff frequency in Hz; lower is worse.

    Raises:
        BadSetting: `order` is not between 1 and 12.

    References: Butterworth 1930; ITU-T G.712 (telephone band).
    """
    if not 1 <= order <= _STEEPEST:
        raise BadSetting(explain(f"an order from 1 to {_STEEPEST}", "order", order))
    samples = clip.shape[-1]
    if cutoff >= hertz(rate) / 2 or samples == 0:
        return clip.copy()
    from scipy.signal import butter, sosfiltfilt

    sections = butter(order, cutoff, fs=rate, output="sos")
    # scipy's own padding, as far as the clip is long enough for it
    padding = min(3 * (2 * len(sections) + 1), samples - 1)
    filtered: Waveform = sosfiltfilt(sections, clip, axis=-1, padlen=padding)
    return filtered
