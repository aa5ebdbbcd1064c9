"""What `pip install .` installs."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

TOP = Path(__file__).parents[1]
PACKAGES = ["spectralkit", "gradekit"]


def listed(*paths):
    """Files that git lists, or would list once added, and that are there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (TOP / name).is_file()}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(tmp_path):
    # In a copy: building leaves folders behind, and what lies in them would be packed again.
    source, wheels = tmp_path / "source", tmp_path / "wheels"
    for name in listed():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TOP / name, source / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(wheels)]
    subprocess.run([*pip, *options, str(source)], check=True)
    (wheel,) = wheels.glob("*.whl")
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == listed(*PACKAGES)
