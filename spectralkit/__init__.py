"""Reference library of the course Spectral Views of Generation.

Every public name is at the top, as in ``import spectralkit as sk; sk.rapsd``, and is loaded when it
is first used. The table of names is ``__init__.pyi``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
