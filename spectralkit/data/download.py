"""Data sets that are too large to come with the library."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from spectralkit.data.folder import ImageFolder, as_path, images_from_folder
from spectralkit.errors import SpectralKitError, one_of


@dataclass(frozen=True)
class Archive:
    """A published file, its MD5 hash, and the side of the square images cut from its contents."""

    url: str
    md5: str
    pixels: int

    @property
    def folder(self) -> str:
        """The one folder that the archive holds."""
        return self.url.rsplit("/", 1)[-1].removesuffix(".tgz")


# Addresses and hashes as in torchvision/datasets/imagenette.py.
IMAGENETTE: Mapping[str, Archive] = MappingProxyType(
    {
        "160px": Archive(
            "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz",
            "e793b78cc4c9e9a4ccc0c1155377a412",
            160,
        ),
        "320px": Archive(
            "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz",
            "3df6f0d01a2c9592104656642f5e78a3",
            320,
        ),
        "full": Archive(
            "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz",
            "fe2fc210e6bb7c5664d602c3cd71e612",
            256,
        ),
    }
)


def imagenette(
    size: str = "160px",
    *,
    split: str = "train",
    root: str | os.PathLike[str] | None = None,
    channel: str = "green",
    value_range: tuple[float, float] = (-1, 1),
    skip_unreadable: bool = False,
    progress: bool = True,
) -> ImageFolder:
    """Download Imagenette, ten easily told classes of ImageNet, and read its photographs.

    Downloaded once, checked against the known MD5 hash, and unpacked beside the archive. A download
    or an unpacking that breaks off leaves nothing that counts: the next call starts again.

    Book: a-power-law

    Parameters
    ----------
    size : {"160px", "320px", "full"}
        Edition: photographs whose shorter side was scaled to 160 or 320 pixels, or as they were.
        Squares of 160, 320 and (scaled down as in `images_from_folder`) 256 pixels are read.
    split : {"train", "val"}
        Which part of the photographs.
    root : str or path-like, optional
        Folder for the archive and what is unpacked; default is this library's folder in the user's
        cache, `pooch.os_cache("spectralkit")`.
    channel : {"green", "red", "blue", "luma", "rgb"}
        As in `images_from_folder`.
    value_range : tuple of float
        Values of black and white.
    skip_unreadable : bool
        Leave out files that cannot be used, and name them in one warning at the end.
    progress : bool
        Show a progress bar while downloading.

    Returns
    -------
    ImageFolder
        Reads one image at a time; the names begin with the class, such as "n03028079/".

    Raises
    ------
    SpectralKitError
        If an option is not known, the download fails or does not have the known hash, or the
        archive cannot be unpacked.

    References
    ----------
    .. [1] J. Howard, "Imagenette", https://github.com/fastai/imagenette
    """
    import pooch

    one_of(size, IMAGENETTE, "size")
    one_of(split, ("train", "val"), "split")
    archive = IMAGENETTE[size]
    cache = as_path(pooch.os_cache("spectralkit") if root is None else root, "root")
    folder = cache / archive.folder
    if not folder.is_dir():
        _unpack(_download(archive, cache, progress), folder)
    return images_from_folder(
        folder / split,
        size=archive.pixels,
        channel=channel,
        value_range=value_range,
        skip_unreadable=skip_unreadable,
    )


def _download(archive: Archive, cache: Path, progress: bool) -> Path:
    """Fetch the archive, unless it is there whole: pooch moves it into the cache at the end."""
    import pooch

    try:
        return Path(
            pooch.retrieve(
                archive.url,
                known_hash=f"md5:{archive.md5}",
                fname=f"{archive.folder}.tgz",
                path=cache,
                progressbar=progress,
            )
        )
    except OSError as error:  # what requests raises is one, too
        raise SpectralKitError(
            f"{archive.url} could not be downloaded to {cache} "
            f"({error.strerror or type(error).__name__}): call again when this machine is online "
            "and the folder can be written, or copy the file there yourself."
        ) from error
    except ValueError as error:
        raise SpectralKitError(
            f"{archive.url} arrived, but not with the known MD5 hash {archive.md5}: it was damaged "
            "or replaced on its way, so it was deleted; call again to download it anew."
        ) from error


def _unpack(file: Path, folder: Path) -> None:
    """Unpack an archive so that the folder appears in one step, with everything in it."""
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as part:
            with tarfile.open(file) as archive:
                # Python 3.11 has filters from 3.11.4 on only; the members are checked in any case.
                archive.extraction_filter = getattr(tarfile, "data_filter", None)
                archive.extractall(part, members=_plain_members(archive))  # noqa: S202 - checked
            _move(Path(part, folder.name), folder)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise SpectralKitError(
            f"{file} could not be unpacked ({error}): make room in {folder.parent}, or name "
            "another folder by root=."
        ) from error


def _plain_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Files and folders that stay inside; a link or a device has no place among photographs."""
    for member in archive:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is not a file or folder inside the archive")
        yield member


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        # Another process was faster; its folder came from the same archive.
        if not target.is_dir():
            raise
