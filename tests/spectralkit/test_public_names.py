"""One table of public names, a light import, and layers that point one way."""

import ast
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import gradekit
import spectralkit as sk

ROOT = Path(sk.__file__).parent
STUB = ast.parse((ROOT / "__init__.pyi").read_text(encoding="utf-8"))
HEAVY = {"scipy", "matplotlib", "PIL", "pooch", "tqdm", "IPython", "soundfile", "librosa"}
NUMERICS = ("errors", "results", "rings", "spectra", "powerlaw", "noise", "tide", "framing",
            "short_time", "mel_bank", "mel", "comparing", "mel_inverse", "audio",
            "cepstra")  # fmt: skip


def modules_loaded_by(code):
    """Top-level modules in memory after some code, in a fresh interpreter."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def imports_of(path):
    """Full names of all that a file imports, at the top or inside functions."""
    package = [*path.relative_to(ROOT.parent).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def names_in_stub():
    imported = {
        alias.asname or alias.name
        for node in STUB.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = next(
        ast.literal_eval(node.value)
        for node in STUB.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    return imported, listed


# one table


def test_stub_lazy_table_all_and_dir_name_the_same_things():
    imported, listed = names_in_stub()
    assert len(set(listed)) == len(listed)
    assert imported == set(listed) == set(sk.__all__) == set(dir(sk))


def test_every_public_name_can_be_reached_and_comes_from_where_the_stub_says():
    for node in STUB.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                source = __import__(f"spectralkit.{node.module}", fromlist=[alias.name])
                assert getattr(sk, alias.name) is getattr(source, alias.name)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="raspd"):
        sk.raspd  # noqa: B018


def test_no_function_has_the_name_of_a_submodule():
    submodules = {module.name for module in pkgutil.iter_modules(sk.__path__)}
    assert {name for name in sk.__all__ if name in submodules} == {"mistakes"}  # itself a module


# a light import


def test_importing_the_library_loads_nothing_heavy_not_even_numpy():
    assert not modules_loaded_by("import spectralkit") & (HEAVY | {"numpy"})


@pytest.mark.parametrize("name", ["rapsd", "PowerLaw", "white_noise", "plot_rapsd", "photographs",
                                  "clips", "log_mel", "fit_power_law",
                                  "SpectralKitError", "mistakes"])  # fmt: skip
def test_reaching_for_a_name_loads_nothing_heavier_than_numpy(name):
    assert not modules_loaded_by(f"import spectralkit as sk; sk.{name}") & HEAVY


def test_computing_spectra_needs_neither_plots_nor_pictures():
    image = "[[1, 2, 0, 1, 5, 3]] * 5 + [[9] * 6]"
    code = f"import spectralkit as sk; sk.fit_power_law(sk.rapsd({image}))"
    assert not modules_loaded_by(code) & (HEAVY - {"scipy"})


# layers


@pytest.mark.parametrize(
    ("package", "other"), [(sk, "gradekit"), (gradekit, "spectralkit")], ids=["sk", "gradekit"]
)
def test_neither_package_imports_the_other(package, other):
    files = sorted(Path(package.__file__).parent.rglob("*.py"))
    assert files
    for path in files:
        found = [name for name in imports_of(path) if name.split(".")[0] == other]
        assert found == [], path


@pytest.mark.parametrize("module", NUMERICS)
def test_numerics_import_neither_plots_nor_mistakes_nor_data(module):
    above = {"plotting", "plotting_sounds", "showing", "mistakes", "data"}
    for name in imports_of(ROOT / f"{module}.py"):
        top, *rest = name.split(".")
        assert top not in {"matplotlib", "PIL"}, name
        assert not (top == "spectralkit" and above & set(rest)), name


def test_diffusion_imports_neither_plots_nor_mistakes_nor_data():
    above = {"plotting", "plotting_sounds", "showing", "mistakes", "data", "matplotlib"}
    for path in sorted((ROOT / "diffusion").glob("*.py")):
        used = {part for name in imports_of(path) for part in name.split(".")}
        assert not used & above, path


def test_numerics_do_not_import_diffusion():
    for module in NUMERICS:
        assert "diffusion" not in {
            part for name in imports_of(ROOT / f"{module}.py") for part in name.split(".")
        }, module


def test_modules_import_only_modules_of_lower_layers():
    layers = [
        {"errors"},
        {"results"},
        {"rings", "framing", "audio", "mel_bank"},
        {"spectra", "noise", "short_time"},
        {"powerlaw", "tide", "mel", "comparing"},
        {"mel_inverse", "cepstra"},
    ]
    height = {module: level for level, layer in enumerate(layers) for module in layer}
    for module, level in height.items():
        used = {
            name.split(".")[1]
            for name in imports_of(ROOT / f"{module}.py")
            if name.startswith("spectralkit.")
        }
        assert all(height[other] < level for other in used), module
