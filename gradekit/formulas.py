r"""TeX formulas as MathML, which browsers draw without a script, a font or a network.

docutils converts. Its converter calls itself provisional and does not know all of TeX, so that
`mathml` returns nothing where it fails and the TeX itself is shown.
"""

import re

from docutils.utils.math.latex2mathml import tex2mathml

LONGEST = 2000
# `\tfrac12` is `\tfrac{1}{2}`.
DIGITS = re.compile(r"(\\[dt]?frac) *([0-9]) *([0-9])")
# A MathError is a ValueError; broken TeX makes the converter stumble in the other ways too.
BROKEN = (ValueError, LookupError, AttributeError, NameError, TypeError, RecursionError)


def mathml(tex: str, *, display: bool) -> str:
    """Return a formula as a ``math`` element, or an empty string if that is not possible."""
    if len(tex) > LONGEST:
        return ""
    try:
        return str(tex2mathml(DIGITS.sub(r"\1{\2}{\3}", tex), as_block=display))
    except BROKEN:
        return ""
