"""Noise added to a clip."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._modality import Waveform


@perturbation(batched=True)
def white_noise(
    clips: Waveform,
    draw: Draw,
    *,
    snr: Dose = Ladder(
        40.0, 30.0, 20.0, 10.0, 0.0, unit="dB SNR", none=float("inf"), scale="dB", low=-60.0
    ),
) -> Noisy:
    """Hiss of a microphone and its amplifier: independent normal samples, equal power at all frequencies.

    The noise is rescaled after it is drawn, so that the clip's power over the noise's power, over all channels and
    the whole clip, is the SNR exactly. Nothing is clipped: the result may exceed full scale. A silent clip has no
    power to relate to; it stays silent, and the report says so.

    Severity: signal-to-noise ratio in dB; lower is worse.
    References: Shah et al. 2024, Speech Robust Bench (ladder).
    """
    from perturbations.audio._kernels import white_noise as add

    noisy, levels = add(clips, draw.key("noise"), 10.0 ** (-snr / 20.0))
    silent = levels == 0.0
    return Noisy(noisy, report={"noise_rms": levels.tolist(), "silent": silent.tolist()})
