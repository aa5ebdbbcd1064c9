"""What to work with: photographs, textures, recordings, folders of one's own, Imagenette."""

from spectralkit.data.download import imagenette
from spectralkit.data.folder import ImageFolder, images_from_folder
from spectralkit.data.pictures import PICTURES, Photo, PhotoSet, photographs, textures
from spectralkit.data.recordings import Clip, ClipFolder, Recording, clips, clips_from_folder

__all__ = [
    "PICTURES",
    "Clip",
    "ClipFolder",
    "ImageFolder",
    "Photo",
    "PhotoSet",
    "Recording",
    "clips",
    "clips_from_folder",
    "imagenette",
    "images_from_folder",
    "photographs",
    "textures",
]
