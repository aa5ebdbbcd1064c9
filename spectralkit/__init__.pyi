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
from .diffusion import (
    EqualSNR,
    Process,
    RectifiedFlow,
    VarianceExploding,
    VariancePreserving,
    alpha_bar,
    forward_marginal,
    forward_step,
)
from .errors import SpectralKitError
from .noise import log_bias, power_law_noise, white_noise
from .plotting import (
    STYLE,
    alt_text,
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
    "EqualSNR",
    "ImageFolder",
    "Photo",
    "PhotoSet",
    "PowerLaw",
    "Process",
    "RadialSpectrum",
    "RectifiedFlow",
    "SpectralKitError",
    "VarianceExploding",
    "VariancePreserving",
    "alpha_bar",
    "alt_text",
    "fit_power_law",
    "forward_marginal",
    "forward_step",
    "imagenette",
    "images_from_folder",
    "log_bias",
    "log_magnitude",
    "mean_log_spectrum",
    "mistakes",
    "periodogram",
    "photographs",
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
