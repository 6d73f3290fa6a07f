import io
import warnings
from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._kernels.gaps import chain
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, NotApplicable

MU, A = pt.get("audio/mu-law"), pt.get("audio/a-law")
GSM = pt.get("audio/gsm")
LOSS = pt.get("audio/packet-loss")
RATE = 1000
FACTS = {"rate": RATE}


def mu_levels():
    """Return the positive levels of G.711 mu-law, of 14 bits."""
    return [(2 * mantissa + 33) * 2**segment - 33 for segment in range(8) for mantissa in range(16)]


def a_levels():
    """Return the positive levels of G.711 A-law, of 13 bits."""
    first = [2 * mantissa + 1 for mantissa in range(16)]
    rest = [(2 * mantissa + 33) * 2 ** (s - 1) for s in range(1, 8) for mantissa in range(16)]
    return first + rest


@pytest.mark.parametrize(
    ("noise", "scale", "levels"), [(MU, 8192.0, mu_levels()), (A, 4096.0, a_levels())]
)
def test_eight_bits_have_the_levels_of_the_standard(noise, scale, levels):
    ramp = np.linspace(-1.2, 1.2, 200_001)
    found = np.unique(np.abs(noise(ramp, dose={"bits": 8})) * scale)
    assert np.allclose(sorted(levels), found)


@pytest.mark.parametrize(
    ("noise", "there", "back"), [(MU, "lin2ulaw", "ulaw2lin"), (A, "lin2alaw", "alaw2lin")]
)
def test_the_coder_of_the_standard_library_agrees_on_every_level(noise, there, back):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        audioop = pytest.importorskip("audioop", reason="left Python with 3.13")
    clip = np.arange(32768).astype(np.int16)
    coded = getattr(audioop, there)(clip.tobytes(), 2)
    expected = np.frombuffer(getattr(audioop, back)(coded, 2), np.int16)
    assert np.array_equal(expected, noise(clip, dose={"bits": 8}))
    # It shifts negative numbers, which rounds them down; the standard codes sign and magnitude.
    assert np.array_equal(-expected[1:], noise(-clip[1:], dose={"bits": 8}))


@pytest.mark.parametrize(("noise", "subtype"), [(MU, "ULAW"), (A, "ALAW")])
def test_libsndfile_codes_alike(noise, subtype):
    soundfile = pytest.importorskip("soundfile", reason="the extra audio is not installed")
    clip, file = MODALITY.corpus(1)[0], io.BytesIO()
    soundfile.write(file, clip, 8000, format="WAV", subtype=subtype)
    file.seek(0)
    theirs = soundfile.read(file, dtype="float32")[0]
    ours = noise(clip, dose={"bits": 8})
    assert np.abs(theirs - ours).max() < 0.04
    loud = np.abs(clip) > 0.05  # it rounds to 14 bits first, which moves the edges of small steps
    assert np.mean(np.abs(theirs - ours)[loud] > 1e-4) < 0.06


@pytest.mark.parametrize("noise", [MU, A])
@pytest.mark.parametrize("level", [-30.0, -20.0, -10.0, 0.0])
def test_the_ratio_hardly_depends_on_the_level(noise, level):
    sine = 0.99 * 10 ** (level / 20) * np.sin(np.arange(100_000) * 0.1234567)
    found = pt.distance("audio", sine, noise(sine, dose={"bits": 8}))["snr"]
    assert 34.0 < found < 40.0


@pytest.mark.parametrize("noise", [MU, A])
def test_a_bit_less_costs_six_decibels(noise):
    sine = 0.5 * np.sin(np.arange(100_000) * 0.1234567)
    found = [
        pt.distance("audio", sine, noise(sine, dose={"bits": bits}))["snr"] for bits in (8, 7, 6, 5)
    ]
    assert np.allclose(-np.diff(found), 6.02, atol=0.6)


def test_silence_is_silent_in_mu_law_and_half_a_step_in_a_law():
    for bits in (4, 5, 8, 12):
        assert not MU(np.zeros(9), dose={"bits": bits}).any()
    assert np.allclose(1 / 4096, A(np.zeros(9), dose={"bits": 8}))


def needs_soundfile():
    if missing(GSM.requires):
        pytest.skip("the extra audio is not installed")


def test_gsm_is_what_libsndfile_makes_of_it():
    needs_soundfile()
    import soundfile

    clip, file = np.concatenate(MODALITY.corpus(2)), io.BytesIO()
    soundfile.write(file, clip, 8000, format="WAV", subtype="GSM610")
    file.seek(0)
    expected = soundfile.read(file, dtype="float32")[0][: clip.size]
    assert np.array_equal(expected, GSM(clip, 0.2, facts={"rate": 8000}))


def test_gsm_leaves_nothing_above_four_kilohertz():
    needs_soundfile()
    clip = 0.1 * np.random.default_rng(0).normal(size=32_000).astype(np.float32)
    power = np.abs(np.fft.rfft(GSM(clip, 0.2, facts={"rate": 16000}))) ** 2
    assert power[int(0.53 * power.size) :].sum() < 1e-3 * power.sum()


def test_every_network_on_the_way_costs_quality():
    needs_soundfile()
    clip = np.concatenate(MODALITY.corpus(4))
    found = [
        pt.distance("audio", clip, GSM(clip, dose={"codings": n}, facts={"rate": 8000}))["snr"]
        for n in (1, 2, 4)
    ]
    assert found == sorted(found, reverse=True)


def test_gsm_needs_a_full_scale_of_one():
    needs_soundfile()
    with pytest.raises(NotApplicable, match="32768"):
        GSM(np.full(400, 500.0), 0.2, facts={"rate": 8000})


def lost(share, sample="a", packets=1000, **settings):
    clip = np.ones(20 * packets)
    noise = LOSS.with_settings(**settings)
    noisy = noise(clip, dose={"share": share}, sample=sample, facts=FACTS)
    return (noisy.reshape(packets, 20) == 0).all(axis=1)


def runs(flags):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return edges[1::2] - edges[::2]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.7])
@pytest.mark.parametrize("burst", [1.0, 4.0])
@pytest.mark.parametrize("within", [1.0, 0.8])
def test_the_share_of_packets_is_lost_whatever_the_bursts(share, burst, within):
    found = np.array([lost(share, i, burst=burst, within=within).mean() for i in range(80)])
    assert abs(found.mean() - share) < 4 * found.std() / np.sqrt(len(found))


@pytest.mark.parametrize("burst", [2.0, 6.0])
def test_lengths_of_bursts_are_geometric(burst):
    lengths = np.concatenate([runs(lost(0.1, i, 4000, burst=burst)) for i in range(20)])
    assert burst == pytest.approx(lengths.mean(), abs=4 * burst / np.sqrt(lengths.size))
    for k in (1, 2, 3):
        expected = (1 - 1 / burst) ** (k - 1) / burst
        spread = np.sqrt(expected * (1 - expected) / lengths.size)
        assert expected == pytest.approx(np.mean(lengths == k), abs=4 * spread)


def test_bursts_of_one_are_independent_losses():
    flags = np.concatenate([lost(0.3, i, 4000, burst=1.0) for i in range(10)])
    assert np.mean(flags[1:] & flags[:-1]) == pytest.approx(0.09, abs=0.006)


@pytest.mark.parametrize("burst", [1.0, 2.0, 10.0])
@pytest.mark.parametrize("within", [1.0, 0.9])
def test_what_is_lost_stays_lost(burst, within):
    shares = (0.02, 0.1, 0.3, 0.6, 0.85, 0.9)
    masks = [lost(share, burst=burst, within=within) for share in shares]
    assert all((low <= high).all() for low, high in pairwise(masks))


def test_all_packets_can_be_lost():
    assert lost(1.0).all()
    assert not chain(np.random.default_rng(0).random((3, 50)), 0.0, 0.0, 0.5).any()


def test_the_last_packet_is_repeated_ever_more_softly():
    clip = np.arange(1.0, 201.0)
    noise = LOSS.with_settings(conceal="repeat", burst=3.0)
    noisy = noise(clip, dose={"share": 0.4}, sample="b", facts=FACTS).reshape(10, 20)
    gone = LOSS.with_settings(burst=3.0)(clip, dose={"share": 0.4}, sample="b", facts=FACTS) == 0
    gone = gone.reshape(10, 20).all(axis=1)
    assert 2 <= gone.sum() < 10
    before, level = np.zeros(20), 1.0
    for packet, heard, away in zip(clip.reshape(10, 20), noisy, gone, strict=True):
        if away:
            assert np.allclose(before * level, heard)
            level *= 0.5
        else:
            assert np.array_equal(packet, heard)
            before, level = packet, 1.0


def test_gaps_can_be_faded_over_to_the_next_packet():
    clip = np.repeat([1.0, 1.0, 9.0, 9.0, 3.0, 3.0], 20)
    noise = LOSS.with_settings(conceal="interpolate", burst=2.0)
    for i in range(200):
        gone = LOSS.with_settings(burst=2.0)(clip, dose={"share": 0.3}, sample=i, facts=FACTS)
        if (gone.reshape(6, 20) == 0).all(axis=1).tolist() == [False] * 2 + [True] * 2 + [
            False
        ] * 2:
            break
    noisy = noise(clip, dose={"share": 0.3}, sample=i, facts=FACTS)
    fade = noisy[40:80]
    assert np.allclose(fade, 1 + 2 * (np.arange(40) + 0.5) / 40)
    assert np.array_equal(np.delete(clip, range(40, 80)), np.delete(noisy, range(40, 80)))


def test_the_report_gives_what_was_lost():
    noisy = LOSS.apply(np.ones(20_000), 1.0, facts=FACTS)
    flags = (noisy.value.reshape(1000, 20) == 0).all(axis=1)
    assert flags.mean() == noisy.report["share"]
    assert runs(flags).mean() == pytest.approx(noisy.report["mean_run"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"packet": 0.0}, "more than 0 ms"),
        ({"burst": 0.5}, "at least one packet"),
        ({"within": 0.1}, "at least the share"),
        ({"conceal": "repat"}, "did you mean repeat"),
    ],
)
def test_settings_of_the_network_are_checked(settings, message):
    with pytest.raises(BadSetting, match=message):
        LOSS.with_settings(**settings)(np.ones(50), 1.0, facts=FACTS)
