"""The discrete chain against its closed form."""

import numpy as np
import pytest
from scipy import stats

import spectralkit as sk

FALSE_ALARM = 1e-6
BETAS = np.linspace(0.01, 0.2, 12)
COUNT = 100_000


def test_alpha_bar_is_the_running_product():
    product, expected = 1.0, []
    for beta in BETAS:
        product *= 1 - beta
        expected.append(product)
    np.testing.assert_allclose(sk.alpha_bar(BETAS), expected, rtol=1e-12)


def is_gaussian(values, mean, variance):
    """Mean and variance of independent samples, each missed by chance once in a million."""
    z = (values.mean() - mean) / np.sqrt(variance / values.size)
    ratio = values.var(ddof=1) / variance * (values.size - 1)
    low, high = stats.chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], values.size - 1)
    return bool(abs(z) < stats.norm.isf(FALSE_ALARM / 2) and low < ratio < high)


def walk(step):
    """All steps of the chain from x = 1."""
    rng, x = np.random.default_rng(1), np.ones(COUNT)
    for beta in BETAS:
        x = step(x, beta, rng=rng)
    return x


def test_the_chain_and_its_closed_form_have_one_mean_and_variance():
    kept = sk.alpha_bar(BETAS)[-1]
    right = np.sqrt(kept), 1 - kept
    assert is_gaussian(walk(sk.forward_step), *right)
    jump = sk.forward_marginal(np.ones(COUNT), kept, rng=np.random.default_rng(2))
    assert is_gaussian(jump, *right)


def test_noise_is_fresh_at_each_step():
    rng = np.random.default_rng(1)
    first = sk.forward_step(np.zeros(COUNT), 0.5, rng=rng)
    second = sk.forward_step(np.zeros(COUNT), 0.5, rng=rng)
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) < stats.norm.isf(FALSE_ALARM / 2) / np.sqrt(COUNT)


def test_no_noise_leaves_the_image_and_all_noise_replaces_it():
    image = np.arange(4.0)
    rng = np.random.default_rng(1)
    np.testing.assert_array_equal(sk.forward_step(image, 0.0, rng=rng), image)
    np.testing.assert_array_equal(sk.forward_marginal(image, 1.0, rng=rng), image)
    one = sk.forward_step(image, 1.0, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(one, np.random.default_rng(3).standard_normal(4))


@pytest.mark.parametrize("function", [sk.forward_step, sk.forward_marginal])
def test_float32_is_kept(function):
    image = np.ones((3, 4), dtype=np.float32)
    assert function(image, 0.3, rng=np.random.default_rng(1)).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: sk.alpha_bar([0.1, 1.0]), "betas"),
        (lambda rng: sk.alpha_bar([-0.1]), "betas"),
        (lambda rng: sk.alpha_bar([[0.1]]), "shape"),
        (lambda rng: sk.alpha_bar([]), "empty"),
        (lambda rng: sk.forward_step([1.0], 1.5, rng=rng), "beta"),
        (lambda rng: sk.forward_step([1.0], np.nan, rng=rng), "finite"),
        (lambda rng: sk.forward_step([np.inf], 0.5, rng=rng), "finite"),
        (lambda rng: sk.forward_marginal([1.0], -0.5, rng=rng), "alpha_bar"),
        (lambda rng: sk.forward_marginal([1.0], 0.5, rng=np.random), "Generator"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(sk.SpectralKitError, match=message):
        call(np.random.default_rng(1))


@pytest.mark.parametrize("key", ["root-forgotten", "beta-as-deviation", "not-shrunk"])
def test_wrong_steps_do_not_have_the_moments_of_the_closed_form(key):
    (mistake,) = [m for m in sk.mistakes.known("forward_step") if m.key == key]
    kept = sk.alpha_bar(BETAS)[-1]

    def wrong(x, beta, *, rng):
        y = mistake.wrong(x, beta, rng)
        rng.standard_normal(x.shape)  # a wrong version draws from a copy
        return y

    assert not is_gaussian(walk(wrong), np.sqrt(kept), 1 - kept)
