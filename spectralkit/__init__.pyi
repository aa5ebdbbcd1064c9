from . import mistakes
from .data import (
    ImageFolder,
    Photo,
    PhotoSet,
    imagenette,
    images_from_folder,
    photographs,
    textures,
)
from .errors import SpectralKitError
from .listening import play
from .noise import (
    crossing_frequency,
    equivalent_low_pass,
    hinge,
    ideal_low_pass,
    log_bias,
    noise_floor,
    power_law_noise,
    white_noise,
)
from .plotting import (
    STYLE,
    alt_text,
    plot_hinge,
    plot_image_and_spectrum,
    plot_power_law,
    plot_rapsd,
    show,
)
from .powerlaw import fit_power_law, resample_loglog
from .results import PowerLaw, RadialSpectrum
from .spectra import (
    log_magnitude,
    mean_log_spectrum,
    periodogram,
    power_spectrum,
    rapsd,
    spectral_slice,
    swap_phase,
)

__all__ = [
    "STYLE",
    "ImageFolder",
    "Photo",
    "PhotoSet",
    "PowerLaw",
    "RadialSpectrum",
    "SpectralKitError",
    "alt_text",
    "crossing_frequency",
    "equivalent_low_pass",
    "fit_power_law",
    "hinge",
    "ideal_low_pass",
    "imagenette",
    "images_from_folder",
    "log_bias",
    "log_magnitude",
    "mean_log_spectrum",
    "mistakes",
    "noise_floor",
    "periodogram",
    "photographs",
    "play",
    "plot_hinge",
    "plot_image_and_spectrum",
    "plot_power_law",
    "plot_rapsd",
    "power_law_noise",
    "power_spectrum",
    "rapsd",
    "resample_loglog",
    "show",
    "spectral_slice",
    "swap_phase",
    "textures",
    "white_noise",
]
