"""Images to work with: ten photographs, three textures, a folder of one's own, Imagenette."""

from spectralkit.data.download import imagenette
from spectralkit.data.folder import ImageFolder, images_from_folder
from spectralkit.data.pictures import PICTURES, Photo, PhotoSet, photographs, textures

__all__ = [
    "PICTURES",
    "ImageFolder",
    "Photo",
    "PhotoSet",
    "imagenette",
    "images_from_folder",
    "photographs",
    "textures",
]
