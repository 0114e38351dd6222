"""The rows that want an answer: the pixels of the test pictures, line by line."""

from pathlib import Path

from PIL import Image

from workspace_templates.recipes.pixels import list_pictures
from workspace_templates.submissions.sockets import TEST_FILE, TEST_SUFFIXES


def sizes_of_pictures(data_dir: Path) -> dict[str, tuple[int, int]]:
    """Tell rows and columns of each test picture by its name, in the order in which prep reads."""
    sizes = {}
    for path in list_pictures(data_dir, TEST_FILE, TEST_SUFFIXES):
        with Image.open(path) as picture:
            sizes[path.stem] = (picture.height, picture.width)
    return sizes
