"""The records that functions return: evaluation, crossing, and that they stay as they are."""

import dataclasses

import numpy as np
import pytest

import spectralkit as sk


def test_a_law_evaluates_to_its_closed_form_in_the_shape_of_the_frequencies():
    law = sk.PowerLaw(exponent=2.5, amplitude=3.0)
    frequency = np.array([[0.1, 0.2], [0.25, 0.5]])
    np.testing.assert_allclose(law(frequency), 3.0 / frequency**2.5, rtol=1e-14)
    assert law(0.25).shape == ()
    assert float(law(0.25)) == 3.0 * 32


def test_a_batch_of_laws_puts_its_axes_before_those_of_the_frequencies():
    law = sk.PowerLaw(exponent=np.array([1.0, 2.0]), amplitude=np.array([3.0, 5.0]))
    frequency = np.array([0.1, 0.2, 0.5])
    expected = [3 * frequency**-1.0, 5 * frequency**-2.0]
    np.testing.assert_allclose(law(frequency), expected, rtol=1e-14)


@pytest.mark.parametrize("exponent", [0.5, 2.0, 3.7])
@pytest.mark.parametrize("level", [1e-3, 1.0, 40.0])
def test_at_its_crossing_a_law_has_the_level(exponent, level):
    law = sk.PowerLaw(exponent=exponent, amplitude=9e-4)
    assert float(law(law.crossing(level))) == pytest.approx(level, rel=1e-12)


def test_a_law_with_exponent_2_crosses_at_the_square_root():
    assert sk.PowerLaw(2.0, 1e-4).crossing(1.0) == pytest.approx(0.01)


def test_results_cannot_be_changed_by_accident():
    spectrum = sk.rapsd(np.random.default_rng(1).normal(size=(8, 8)))
    for record, field in [(spectrum, "power"), (sk.fit_power_law(spectrum), "exponent")]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, field, 0)


def test_single_fits_hold_python_floats_and_batches_hold_arrays():
    rng = np.random.default_rng(1)
    one = sk.fit_power_law(sk.rapsd(rng.normal(size=(16, 16))))
    for value in (one.exponent, one.amplitude, one.exponent_stderr, one.r_squared):
        assert type(value) is float
    many = sk.fit_power_law(sk.rapsd(rng.normal(size=(2, 3, 16, 16))))
    for value in (many.exponent, many.amplitude, many.r_squared):
        assert value.shape == (2, 3)
    assert type(many.exponent_stderr) is float
