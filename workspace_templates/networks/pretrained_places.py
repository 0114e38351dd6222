"""Where pretrained weights lie."""

from importlib.util import find_spec
from pathlib import Path

from huggingface_hub import snapshot_download


def packaged_weights(place: str) -> Path:
    """The file or folder `module/path/below/it` of an installed package that carries weights."""
    module, _, below = place.partition("/")
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package with the weights is not installed: {module}")
    return existing_weights(Path(spec.submodule_search_locations[0]) / below)


def folder_weights(place: str) -> Path:
    """The file or folder of weights at this path."""
    return existing_weights(Path(place))


def cached_weights(place: str) -> Path:
    """The folder in the hub's cache of `owner/name@commit`, or `/file` in it; none is fetched."""
    name, _, rest = place.partition("@")
    commit, _, file = rest.partition("/")
    try:
        folder = snapshot_download(name, revision=commit or None, local_files_only=True)
    except OSError as error:
        fetched = f"hf download {name} --revision {commit}" if commit else f"hf download {name}"
        raise FileNotFoundError(f"no weights of {name} in the hub's cache: {fetched}") from error
    return existing_weights(Path(folder) / file)


def existing_weights(path: Path) -> Path:
    """The path itself, if something is there."""
    if not path.exists():
        raise FileNotFoundError(f"no pretrained weights at {path}")
    return path
