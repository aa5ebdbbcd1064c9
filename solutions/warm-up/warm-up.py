# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Warm-up: how the problem sets work
#
# **About twenty minutes. Its 4 points count for nothing**: they are there so that you see how
# points look. You answer two tiny questions, meet a mistake that the tests know by name, and find
# out how to check, hand in and read what comes back.
#
# What you need: Python with this package (`pip install .` in the folder of the course) and
# JupyterLab or VS Code.
#
# A notebook is a list of cells. Click into the next one and press **Shift + Enter**: it runs, and
# you move on. The first cell of each problem set loads what the set needs, so run it first,
# and again whenever you have restarted.

# %% nbgrader={"setup": true, "grade_id": "setup"}
import numpy as np
import spectralkit as sk
from gradekit.task import Task, compare, read_only
from spectralkit import mistakes

four = read_only(np.array([1.0, -1.0, 2.0, 0.0]))
noise = read_only(sk.white_noise((1000,), std=3.0, rng=np.random.default_rng(1)))
powers = read_only(np.array([1.0, 10.0, 100.0]))
spectrum = read_only(sk.rapsd(sk.photographs()["camera"]).power)

# %% [markdown]
# ## 1. Your first answer ★ (2 points, 5 minutes)
#
# The **mean power** of a signal of $n$ numbers is the mean of their squares:
#
# $$ \frac{1}{n} \sum_i x_i^2. $$
#
# Write `mean_power(signal)`. Replace both lines of the stub, `# YOUR CODE HERE` and the line that
# raises the error, by your own: one line that starts with `return` is enough. NumPy is loaded as
# `np`, and `signal` is an array, so `signal**2` squares all its numbers at once. Run the cell,
# then the test cell below it.
#
# Nothing happens when you run a cell that only defines a function: that is right.


# %% nbgrader={"grade_id": "mean_power", "solution": true, "wrong": "mistakes.of('mean_power', signal)"}
def mean_power(signal):
    """Mean of the squares of a 1-D array, as one float."""
    ### BEGIN SOLUTION
    return float(np.mean(signal**2))
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean_power-test", "grade": true, "page": "pixels-to-frequencies", "points": 2, "uses": ["mean_power"]}
"""Mean power: four numbers by hand, then a thousand numbers of noise."""
task = Task("mean_power", points=2)
with task.part("1, -1, 2 and 0 have the mean power 1.5", points=0.5):
    compare(
        mean_power(four), 1.5, mistakes=mistakes.of("mean_power", four), example="mean_power(four)"
    )
with task.part("noise of standard deviation 3 has a mean power near 9", points=0.5):
    compare(
        mean_power(noise), float(noise @ noise) / 1000, mistakes=mistakes.of("mean_power", noise)
    )
### BEGIN HIDDEN TESTS
with task.part("another signal", points=1, hidden=True):
    own = read_only(0.5 + np.random.default_rng(SEED).normal(size=50))
    compare(mean_power(own), float(own @ own) / own.size, mistakes=mistakes.of("mean_power", own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# The test went through its *parts* one by one. Each part stands for some of the points, and a part
# that fails costs only its own. Is all of it right? Then spoil your answer on purpose: leave out
# the square, run both cells again, and read what the test says. It not only sees that the
# answer is wrong, it recognises what was done. Then put the square back.
#
# Run a test as often as you like: nobody counts.

# %% [markdown]
# ## 2. A wrong answer, to be mended ★ (2 points, 5 minutes)
#
# Powers of pictures differ by factors of millions, so they are often given in **decibels**,
# $10 \log_{10} P$. Somebody has answered this one for you, and wrongly.
#
# 1. Take away the two lines of the stub, `# YOUR CODE HERE` and the line that raises the error,
#    and *nothing else*. Run the cell and its test.
# 2. The test says the name of the mistake. Which line is it about?
# 3. Mend that line and run both cells again.


# %% nbgrader={"grade_id": "decibels", "solution": true, "wrong": "mistakes.of('decibels', power)"}
def decibels(power):
    """Decibels of an array of powers, of the same shape; power 1 is 0 dB."""
    factor = 20
    ### BEGIN SOLUTION
    factor = 10
    ### END SOLUTION
    return factor * np.log10(power)


# %% nbgrader={"grade_id": "decibels-test", "grade": true, "page": "pixels-to-frequencies", "points": 2, "uses": ["decibels"]}
"""Decibels: three powers by hand, then the spectrum of a photograph."""
task = Task("decibels", points=2)
with task.part("the powers 1, 10 and 100 are 0, 10 and 20 dB", points=0.5):
    compare(
        decibels(powers),
        np.array([0.0, 10.0, 20.0]),
        mistakes=mistakes.of("decibels", powers),
        example="decibels(powers)",
    )
with task.part("the spectrum of a photograph", points=0.5):
    compare(decibels(spectrum), 10 * np.log10(spectrum), mistakes=mistakes.of("decibels", spectrum))
### BEGIN HIDDEN TESTS
with task.part("other powers", points=1, hidden=True):
    own = read_only(np.exp(np.random.default_rng(SEED).normal(size=20)))
    compare(decibels(own), 10 * np.log10(own), mistakes=mistakes.of("decibels", own))
### END HIDDEN TESTS
task.score()

# %% [markdown]
# ## 3. What you do not see here: hidden parts (3 minutes)
#
# When a set is graded in a course, its tests have more parts: the same definition on other data,
# so that an answer made for the visible examples only does not earn everything. You cannot run
# those, and they never show their data. They tell you their title, whether you passed, and the
# name of the mistake if they recognise it. The next cell is an example; it belongs to no task. Run
# it: somebody forgot to divide.

# %%
example = Task("somebody else's mean power", points=2)
with example.part("four numbers", points=1, hidden=True):
    compare(6.0, 1.5, mistakes=mistakes.of("mean_power", four))
with example.part("only zeros", points=1, hidden=True):
    compare(0.0, 0.0)
example.score()

# %% [markdown]
# ## 4. Check, hand in, read (5 minutes)
#
# **Check.** Cells remember what you ran before, in whatever order you ran them; whoever grades
# starts from nothing. So before you hand in: *Kernel → Restart Kernel and Run All Cells*. If every
# test still says what you want to read, you are done. If you have nbgrader, `nbgrader validate`
# with the name of your notebook does the same and says in one sentence whether all tests pass.
# You need not have it.
#
# **Hand in.** If you learn on your own, there is nothing to hand in: the visible parts are all
# yours. In a course, save the notebook and hand it in as your teacher says: by the Assignments tab of
# JupyterLab, by `nbgrader submit`, or by uploading the file. Keep its name and do not delete
# or split the cells with tests. Changes to tests are undone before grading, so they gain nothing.
#
# **Read.** What comes back is a page that shows your notebook with its points. Each test says,
# part by part, what was right and what was not, hidden parts included; a written answer, in sets
# that have one, comes with the marks and comments of the person who read it.
#
# Try all of it: spoil task 2 again (`factor = 20`), hand the set in, and read the page. Then mend
# it. The points count for nothing, so a wrong answer is the cheapest here that it will ever be.
