import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingPeers, NotApplicable

BABBLE = pt.get("audio/babble")
RATE = 8000


class Clips(dict):
    @property
    def ids(self):
        return list(self)


def tone(bin_, level=0.5, samples=RATE):
    return level * np.sin(2 * np.pi * bin_ * np.arange(samples) / RATE)


def heard(clip, peers, *, snr=0.0, sample="a", facts=None, **settings):
    """Return which tones are added, with their levels relative to the loudest."""
    noise = BABBLE.with_settings(**settings)
    noisy = noise(clip, dose={"snr": snr}, sample=sample, peers=Clips(peers), facts=facts)
    lines = np.abs(np.fft.rfft(noisy - clip, axis=-1))
    lines = lines.reshape(-1, lines.shape[-1])[0]
    return {int(k): lines[k] / lines.max() for k in np.flatnonzero(lines > 1e-4 * lines.max())}


PEERS = {f"tone-{k}": tone(100 * k, level=0.01 * k) for k in range(1, 12)}


def test_as_many_others_talk_as_asked_at_equal_levels():
    for talkers in (1, 3, 7):
        found = heard(tone(33), PEERS, talkers=talkers)
        assert talkers == len(found)
        assert all(level > 0.99 for level in found.values())


def test_all_others_talk_where_more_are_asked_for():
    assert len(PEERS) == len(heard(tone(33), PEERS, talkers=64))


def test_the_clip_itself_and_silence_are_passed_over():
    peers = PEERS | {"itself": tone(33), "silent": np.zeros(RATE), "empty": np.zeros(0)}
    assert 33 not in heard(tone(33), peers, talkers=64)
    alone = {"itself": tone(33), "silent": np.zeros(RATE)}
    with pytest.raises(NotApplicable, match="not silent"):
        heard(tone(33), alone)


def test_a_broken_clip_is_nobodys_voice():
    broken = tone(50)
    broken[3] = np.nan
    assert {100} == set(heard(tone(33), {"broken": broken, "whole": tone(100)}))


def test_the_ratio_is_exact():
    clip = tone(33)
    noisy = BABBLE(clip, dose={"snr": 7.0}, peers=Clips(PEERS))
    assert 7.0 == pytest.approx(pt.distance("audio", clip, noisy)["snr"], abs=1e-6)


def test_a_short_voice_goes_round_from_a_drawn_moment():
    voice = np.arange(1.0, 101.0)
    clip = np.ones(1000)
    noise = BABBLE(clip, dose={"snr": 0.0}, peers=Clips(a=voice), sample="x") - clip
    assert np.allclose(noise[:900], noise[100:], atol=1e-6)
    starts = {
        int(np.argmin(BABBLE(clip, 1.0, peers=Clips(a=voice), sample=i)[:100])) for i in range(40)
    }
    assert len(starts) > 20


def test_others_are_drawn_for_each_clip():
    found = [tuple(heard(tone(33), PEERS, talkers=2, sample=i)) for i in range(30)]
    assert len(set(found)) > 10


def test_a_large_data_set_is_drawn_from_all_over():
    many = Clips({str(i): tone(100 + i) for i in range(1000)})
    picked = {k for i in range(40) for k in heard(tone(33), many, talkers=3, sample=i)}
    assert len(picked) > 90
    assert min(picked) < 200
    assert max(picked) > 1000


def test_voices_in_pcm_of_two_channels_with_samples_first_are_the_same_voices():
    stereo = {n: np.stack([v, v], axis=1) for n, v in PEERS.items()}
    pcm = {n: np.rint(v * 2.0**15).astype(np.int16) for n, v in stereo.items()}
    clip = np.stack([tone(33), tone(44)], axis=1)
    options = {"peers": Clips(pcm), "facts": {"layout": "TC"}, "sample": "s"}
    noisy = BABBLE(clip, dose={"snr": 0.0}, **options) - clip
    assert np.allclose(noisy[:, 0], noisy[:, 1], atol=1e-6)
    alone = BABBLE(tone(33), dose={"snr": 0.0}, peers=Clips(PEERS), sample="s") - tone(33)
    assert np.corrcoef(alone, noisy[:, 0])[0, 1] > 0.999


def test_a_stream_has_nobody_else():
    with pytest.raises(MissingPeers):
        BABBLE(tone(33), 0.5)


@pytest.mark.parametrize("talkers", [0, 65])
def test_the_number_of_talkers_is_checked(talkers):
    with pytest.raises(BadSetting, match="from 1 to 64"):
        heard(tone(33), PEERS, talkers=talkers)


def test_a_batch_has_the_babble_of_its_clips():
    clips = np.stack([tone(33), tone(44), tone(100)])
    batch = BABBLE.batch(clips, 0.6, samples=["a", "b", "c"], peers=Clips(PEERS))
    for clip, sample, noisy in zip(clips, "abc", batch, strict=True):
        assert np.array_equal(BABBLE(clip, 0.6, sample=sample, peers=Clips(PEERS)), noisy)
