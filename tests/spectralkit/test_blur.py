"""Heat dissipation against solutions of the heat equation that use no cosine transform."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import spectralkit as sk

RNG = np.random.default_rng(1)


def test_each_cosine_decays_by_itself():
    height, width, tau = 12, 9, 1.7
    y, x = np.arange(height)[:, np.newaxis] + 0.5, np.arange(width) + 0.5
    gains = sk.heat_gains(height, width, tau)
    for ky, kx in [(0, 0), (1, 0), (0, 3), (5, 2), (11, 8)]:
        wave = np.cos(np.pi * ky * y / height) * np.cos(np.pi * kx * x / width)
        rate = np.pi**2 * (ky**2 / height**2 + kx**2 / width**2)
        np.testing.assert_allclose(
            sk.heat_dissipation(wave, tau), np.exp(-rate * tau) * wave, atol=1e-12
        )
        assert gains[ky, kx] == pytest.approx(np.exp(-rate * tau))


def test_it_is_a_gaussian_blur_of_the_mirrored_image():
    image = RNG.normal(size=(40, 30))
    tau = 8.0  # standard deviation 4 pixels: the sampled Gaussian is exact to 1e-9 or so
    blurred = gaussian_filter(image, np.sqrt(2 * tau), mode="reflect", truncate=9)
    np.testing.assert_allclose(sk.heat_dissipation(image, tau), blurred, atol=1e-9)


def test_it_solves_the_heat_equation_step_by_step():
    # Explicit Euler on a smooth bump: error of the second difference about (k / n)^2.
    n, tau, steps = 64, 30.0, 600
    line = np.exp(-(((np.arange(n) - 25) / 8.0) ** 2))
    image = u = np.outer(line, line)
    for _ in range(steps):
        padded = np.pad(u, 1, mode="edge")
        neighbours = padded[2:, 1:-1] + padded[:-2, 1:-1] + padded[1:-1, 2:] + padded[1:-1, :-2]
        u = u + tau / steps * (neighbours - 4 * u)
    np.testing.assert_allclose(sk.heat_dissipation(image, tau), u, atol=3e-3)


def test_two_blurs_are_one_and_the_mean_stays():
    image = RNG.normal(size=(3, 12, 9))
    twice = sk.heat_dissipation(sk.heat_dissipation(image, 0.7), 1.1)
    np.testing.assert_allclose(twice, sk.heat_dissipation(image, 1.8), atol=1e-12)
    np.testing.assert_allclose(twice.mean(axis=(1, 2)), image.mean(axis=(1, 2)))
    np.testing.assert_allclose(sk.heat_dissipation(image, 0.0), image)


def test_batches_equal_loops_and_float32_is_kept():
    batch = RNG.normal(size=(2, 3, 12, 9))
    together = sk.heat_dissipation(batch, 0.6)
    loop = [[sk.heat_dissipation(image, 0.6) for image in row] for row in batch]
    np.testing.assert_allclose(together, loop, atol=1e-12)
    single = sk.heat_dissipation(batch.astype(np.float32), 0.6)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, together, atol=1e-5)


def test_steps_with_the_true_image_lead_back_to_it():
    image = RNG.normal(size=(12, 9))
    rng = np.random.default_rng(2)
    taus = [20.0, 5.0, 1.0, 0.0]
    x = sk.heat_dissipation(image, taus[0])
    for tau, after in pairwise(taus):
        x = sk.heat_step(x, image, tau=tau, tau_next=after, delta=0.0, rng=rng)
        np.testing.assert_allclose(x, sk.heat_dissipation(image, after), atol=1e-12)


def test_a_step_adds_noise_of_the_given_size():
    flat, rng = np.zeros((100, 100)), np.random.default_rng(3)
    noise = sk.heat_step(flat, flat, tau=1.0, tau_next=0.5, delta=0.1, rng=rng)
    # 10000 samples: the deviation is known to .7 percent, five of which are 3.6 percent
    assert noise.std() == pytest.approx(0.1, rel=0.036)
    half = sk.heat_step(flat.astype("f4"), flat, tau=1.0, tau_next=0.5, delta=0.1, rng=rng)
    assert half.dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, rng: sk.heat_dissipation(x, -1.0), "at least 0"),
        (lambda x, rng: sk.heat_dissipation(x, np.nan), "finite"),
        (lambda x, rng: sk.heat_dissipation(x[0], 1.0), "shape"),
        (lambda x, rng: sk.heat_gains(0, 4, 1.0), "needs a pixel"),
        (lambda x, rng: sk.heat_step(x, x, tau=1, tau_next=2, delta=0, rng=rng), "less blur"),
        (lambda x, rng: sk.heat_step(x, x, tau=2, tau_next=1, delta=-1, rng=rng), "delta"),
        (lambda x, rng: sk.heat_step(x, x[1:], tau=2, tau_next=1, delta=0, rng=rng), "one shape"),
        (lambda x, rng: sk.heat_step(x, x, tau=2, tau_next=1, delta=0, rng=7), "Generator"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(sk.SpectralKitError, match=message):
        call(np.ones((8, 8)), np.random.default_rng(1))
