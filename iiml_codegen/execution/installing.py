"""Missing packages: installed only with consent, and only what this list names."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.boot import APART
from iiml_codegen.execution.environment import clean_environment

INSTALL_SECONDS = 900.0
PIP_SETTINGS = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT"),
    *("PIP_CONFIG_FILE", "PIP_CACHE_DIR", "PIP_TRUSTED_HOST", "HTTP_PROXY", "HTTPS_PROXY"),
    *("NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "HOME", "USERPROFILE"),
    *("APPDATA", "LOCALAPPDATA", "TMPDIR", "TMP", "TEMP"),
)
"""What pip may know of our environment: where packages come from, and where it may write."""
SAME_NAME = (
    *("accelerate", "albumentations", "autogluon", "boto3", "bottleneck", "catboost", "datasets"),
    *("einops", "emoji", "evaluate", "fastai", "fasttext", "featuretools", "ftfy", "fuzzywuzzy"),
    *("gensim", "geopandas", "h5py", "hdbscan", "holidays", "hyperopt", "imageio", "implicit"),
    *("jellyfish", "joblib", "keras", "kornia", "langdetect", "librosa", "lifelines", "lightfm"),
    *("lightgbm", "lime", "mapie", "matplotlib", "mlxtend", "monai", "networkx", "nltk", "numba"),
    *("numexpr", "numpy", "openpyxl", "optuna", "orjson", "pandas", "patsy", "peft", "plotly"),
    *("polars", "prophet", "psutil", "pyarrow", "pydicom", "pyod", "rapidfuzz", "rasterio"),
    *("rdkit", "regex", "requests", "rtree", "safetensors", "scipy", "seaborn", "sentencepiece"),
    *("shap", "shapely", "simplejson", "sktime", "soundfile", "spacy", "statsforecast"),
    *("statsmodels", "sympy", "tables", "tabulate", "tensorflow", "textblob", "textstat"),
    *("thefuzz", "tiktoken", "timm", "tokenizers", "torch", "torchaudio", "torchmetrics"),
    *("torchvision", "tqdm", "transformers", "tsfresh", "ujson", "vaderSentiment", "wordcloud"),
    *("xarray", "xgboost", "xlrd"),
)
OTHER_NAMES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "community": "python-louvain",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "fitz": "PyMuPDF",
    "imblearn": "imbalanced-learn",
    "Levenshtein": "python-Levenshtein",
    "magic": "python-magic",
    "psycopg2": "psycopg2-binary",
    "pytorch_lightning": "pytorch-lightning",
    "pywt": "PyWavelets",
    "segmentation_models_pytorch": "segmentation-models-pytorch",
    "sentence_transformers": "sentence-transformers",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "sklearn_extra": "scikit-learn-extra",
    "skopt": "scikit-optimize",
    "surprise": "scikit-surprise",
    "torch_geometric": "torch-geometric",
    "umap": "umap-learn",
    "unidecode": "Unidecode",
    "xlsxwriter": "XlsxWriter",
    "yaml": "PyYAML",
    "feature_engine": "feature-engine",
    "category_encoders": "category-encoders",
}
"""Import names whose distribution is called otherwise, each as its own project page says: a name
that is not here could be anybody's package (PyPI has had look-alikes of most of these)."""
DISTRIBUTIONS = {name: name for name in SAME_NAME} | OTHER_NAMES


Reason = Literal["managed", "no_pip", "not_writable", "offline", "failed"]
OFFLINE_SIGNS = (
    *("NewConnectionError", "ConnectionError", "name resolution", "ConnectTimeoutError"),
    *("Network is unreachable", "ProxyError", "No matching distribution found"),
)
"""What pip says where it reaches no index, or one that has nothing for this machine."""


class InstallError(EnvironmentProblem):
    """Packages cannot be installed; `reason` is what stands in the way."""

    def __init__(self, reason: Reason, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, retryable=reason in ("offline", "failed"))
        self.reason = reason


def distribution_of(import_name: str) -> str | None:
    """The distribution that brings a package; None for one that is not on the list."""
    return DISTRIBUTIONS.get(import_name.partition(".")[0])


def install_hint(import_name: str) -> str:
    """How a person gets a missing package."""
    package = distribution_of(import_name)
    if package is None:
        return "install it yourself if you trust it, or write the module without it"
    return f"--allow-install installs {package}; or: pip install {package}"


def install(interpreter: Path, import_name: str, allow: bool) -> str:
    """Install what brings an import name into an interpreter's environment; its distribution.

    Raises `EnvironmentProblem` without consent, for what is not listed, and where pip fails.
    """
    package = distribution_of(import_name)
    if package is None:
        message = f"the package {import_name} is missing and not one that iiML installs"
        raise EnvironmentProblem(message, hint=install_hint(import_name))
    if not allow:
        message = f"the package {import_name} is missing"
        raise EnvironmentProblem(message, hint=install_hint(import_name))
    said = run_pip(interpreter, package)
    if said:
        hint = f"pip said: {said}"
        raise EnvironmentProblem(f"cannot install {package}", hint=hint, retryable=True)
    return package


def install_all(interpreter: Path, packages: Sequence[str], say: Callable[[str], None]) -> None:
    """Let pip install distributions together, and say what it says; raises `InstallError`."""
    tail: deque[str] = deque(maxlen=40)
    try:
        with subprocess.Popen(
            pip_command(interpreter, packages),
            cwd=tempfile.gettempdir(),
            env=pip_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            creationflags=APART,
        ) as pip:
            assert pip.stdout is not None
            for line in pip.stdout:
                tail.append(line)
                say(line.rstrip())
    except OSError as error:
        raise InstallError("failed", f"cannot start {interpreter}: {error}") from error
    if pip.returncode != 0:
        raise refusal("".join(tail))


def refusal(said: str) -> InstallError:
    """Why pip did not install, by what it said."""
    if "externally-managed-environment" in said:
        hint = "make an environment of your own with `python -m venv DIR`"
        return InstallError("managed", "the system lets no pip install here", hint=hint)
    if any(sign in said for sign in OFFLINE_SIGNS):
        hint = "connect, or tell pip where packages lie (PIP_INDEX_URL, PIP_FIND_LINKS)"
        return InstallError("offline", f"pip found no package: {last_line(said)}", hint=hint)
    return InstallError("failed", "pip failed", hint=f"pip said: {last_line(said)}")


def pip_command(interpreter: Path, packages: Sequence[str], *flags: str) -> list[str]:
    """The command line that installs distributions."""
    command = [str(interpreter), "-I", "-m", "pip", "install", "--no-input", "--no-color"]
    return [*command, "--disable-pip-version-check", *flags, "--", *packages]


def pip_environment() -> dict[str, str]:
    """What pip may know of our environment."""
    kept = {name: os.environ[name] for name in PIP_SETTINGS if name in os.environ}
    return clean_environment(threads=1) | kept


def run_pip(interpreter: Path, package: str) -> str:
    """Let the interpreter's pip install one distribution; what it complains of, or nothing."""
    try:
        done = subprocess.run(
            pip_command(interpreter, [package], "--quiet"),
            cwd=tempfile.gettempdir(),
            env=pip_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=INSTALL_SECONDS,
            creationflags=APART,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else last_line(done.stderr or done.stdout)


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
