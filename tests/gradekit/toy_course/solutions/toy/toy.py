# ---
# jupyter:
#   gradekit:
#     files: [signal.csv]
# ---

# %% [markdown]
# # Toy set: power
#
# Ten points, about ten minutes.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import toykit
from gradekit.task import Task, compare

signal = np.loadtxt("signal.csv")
tiny = np.array([1.0, -1.0, 2.0, 0.0])

# %% [markdown]
# ## 1. Mean power ★ (3 points, 2 minutes)
#
# Write `mean_power`: the mean of the squared values.


# %% nbgrader={"grade_id": "mean_power", "solution": true, "wrong": "toykit.mistakes_of('mean_power', signal)"}
def mean_power(signal):
    """Mean power of a 1-D float array, as one float."""
    ### BEGIN SOLUTION
    return toykit.mean_power(signal)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean_power-test", "grade": true, "points": 3, "uses": ["mean_power"]}
"""Mean power: four numbers by hand, then a recorded signal, then your own."""
task = Task("mean_power", points=3)
with task.part("four numbers", points=1):
    mistakes = toykit.mistakes_of("mean_power", tiny)
    compare(mean_power(tiny), 1.5, mistakes=mistakes, example="mean_power(tiny)")
with task.part("a recorded signal", points=1):
    mistakes = toykit.mistakes_of("mean_power", signal)
    compare(mean_power(signal), toykit.mean_power(signal), mistakes=mistakes)
### BEGIN HIDDEN TESTS
with task.part("your own signal", points=1, hidden=True):
    own = np.random.default_rng(7).normal(size=32)
    compare(mean_power(own), toykit.mean_power(own), mistakes=toykit.mistakes_of("mean_power", own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 2. Power spectrum ★★ (4 points, 5 minutes)
#
# Write `power_spectrum`: the squared magnitude of `np.fft.rfft`, divided by the number of samples.


# %% nbgrader={"grade_id": "power_spectrum", "solution": true, "wrong": "toykit.mistakes_of('power_spectrum', signal)"}
def power_spectrum(signal):
    """Power spectrum of a 1-D float array of n samples: n // 2 + 1 floats."""
    ### BEGIN SOLUTION
    return toykit.power_spectrum(signal)
    ### END SOLUTION


# %% nbgrader={"grade_id": "power_spectrum-test", "grade": true, "points": 4, "uses": ["power_spectrum"]}
"""Power spectrum: never negative, right on a recorded signal, right on your own."""
task = Task("power_spectrum", points=4)
with task.part("never negative", points=1):
    assert np.all(power_spectrum(signal) >= 0), "A power is never negative."
with task.part("a recorded signal", points=1):
    compare(
        power_spectrum(signal),
        toykit.power_spectrum(signal),
        mistakes=toykit.mistakes_of("power_spectrum", signal),
        samples=signal.size,
    )
### BEGIN HIDDEN TESTS
with task.part("your own spectrum", points=2, hidden=True):
    own = np.random.default_rng(8).normal(size=32) + 1
    compare(
        power_spectrum(own),
        toykit.power_spectrum(own),
        mistakes=toykit.mistakes_of("power_spectrum", own),
    )
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. Diagnose ★★★ (1 point, 1 minute)
#
# Someone reports a mean power of 1.0 for `tiny`. What went wrong: `"sum"` or `"amplitude"`?

# %% nbgrader={"grade_id": "diagnosis", "solution": true}
# diagnosis: one of the two words, as a string
### BEGIN SOLUTION
diagnosis = "amplitude"
### END SOLUTION

# %% nbgrader={"grade_id": "diagnosis-test", "grade": true, "points": 1, "uses": ["diagnosis"]}
"""Diagnosis: the word that explains the wrong number."""
task = Task("diagnosis", points=1)
with task.part("the right word", points=1):
    compare(diagnosis, "amplitude")
task.score()

# %% [markdown] nbgrader={"grade_id": "written", "grade": true, "solution": true, "points": 2}
# Power adds over independent signals, amplitude does not.
