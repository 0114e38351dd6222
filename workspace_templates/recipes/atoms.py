"""Crystals and molecules from text files of atoms: what they are made of, how they are built."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from workspace_templates.recipes.memory import remember

SYMBOLS = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm
Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu
"""
ELEMENTS = {symbol: number for number, symbol in enumerate(re.findall(r"\w+", SYMBOLS), start=1)}
FARTHEST_NEIGHBOUR = 6.5
SHELL = 1.3
MOST_ELEMENTS = 5
# Neighbours looked up per atom; a shell of metal oxide within 6.5 ångström has about 80.
NEIGHBOURS = 96


def read_atoms(path: Path) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Give positions (n, 3) in ångström, the element of each atom, and the lattice (3, 3) or none.

    Lines with an element's symbol and three numbers are atoms, lines that say lattice and three
    numbers are lattice vectors, and so are nine numbers behind `Lattice=`; all others are skipped.
    """
    places: list[list[float]] = []
    names: list[str] = []
    lattice: list[list[float]] = []
    for line in path.read_text("utf-8", errors="replace").splitlines():
        if "Lattice=" in line:
            numbers = numbers_in(line.split("Lattice=")[1].replace('"', " ").split()[:9])
            lattice = np.reshape(numbers, (-1, 3)).tolist() if len(numbers) == 9 else []
            continue
        words = line.split()
        numbers = numbers_in(words)
        symbols = [word for word in words if word in ELEMENTS]
        if len(numbers) >= 3 and symbols:
            places.append(numbers[:3])
            names.append(symbols[0])
        elif len(numbers) == 3 and words[0].lower().startswith("lattice"):
            lattice.append(numbers)
    return np.reshape(places, (-1, 3)), names, np.reshape(lattice, (-1, 3))


def numbers_in(words: Sequence[str]) -> list[float]:
    """Those words that are numbers."""
    found = []
    for word in words:
        try:
            found.append(float(word))
        except ValueError:
            continue
    return found


def atoms_statistics(
    paths: Sequence[Path], fitted: dict[str, Any], name: str = "atoms"
) -> pd.DataFrame:
    """Measure composition, volume and distances between neighbours: one row per file.

    Lattices repeat in all directions. A file that is missing or holds no atoms is a row of gaps.
    """
    read = [read_atoms(path) if path.is_file() else None for path in paths]
    counted = pd.Series([symbol for one in read if one for symbol in one[1]], dtype=object)
    learn = partial(commonest_elements, counted)
    elements: list[str] = remember(fitted, f"elements of {name}", learn)
    rows = [describe_atoms(*one, elements) if one and one[1] else {} for one in read]
    return pd.DataFrame(rows, index=range(len(rows))).astype("float32").add_prefix(f"{name}_")


def commonest_elements(symbols: pd.Series) -> list[str]:
    """The elements that occur most, in the order of the periodic table."""
    return sorted(
        symbols.value_counts().sort_index().nlargest(MOST_ELEMENTS).index,
        key=lambda symbol: ELEMENTS[symbol],
    )


def describe_atoms(
    places: np.ndarray, names: list[str], lattice: np.ndarray, elements: list[str]
) -> dict[str, float]:
    """One row of `atoms_statistics`."""
    kinds = np.array(names)
    shares = {f"share_{element}": float((kinds == element).mean()) for element in elements}
    heavy = float(np.mean([ELEMENTS[symbol] for symbol in names]))
    row = {"count": float(len(names)), **shares, "mean_number": heavy}
    periodic = lattice.shape == (3, 3) and abs(np.linalg.det(lattice)) > 1e-9
    if periodic:
        volume = abs(float(np.linalg.det(lattice)))
        row |= {"volume": volume, "volume_per_atom": volume / len(names)}
    near, whose = neighbour_distances(places, lattice if periodic else None)
    for first, second in product(elements, elements):
        mine = near[kinds == first]
        theirs = kinds[whose[kinds == first]] == second
        row |= pair_statistics(np.where(theirs, mine, np.inf), f"{first}_{second}")
    return row


def neighbour_distances(
    places: np.ndarray, lattice: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the nearest atoms (n, k), ascending and infinite beyond 6.5, and their rows."""
    shifts = np.zeros((1, 3))
    if lattice is not None:
        per_cell = FARTHEST_NEIGHBOUR * np.linalg.norm(np.linalg.inv(lattice), axis=0)
        turns = [range(-n, n + 1) for n in np.ceil(per_cell).astype(int)]
        shifts = np.array(list(product(*turns))) @ lattice
    images = (places[None, :, :] + shifts[:, None, :]).reshape(-1, 3)
    most = min(NEIGHBOURS + 1, len(images))
    near, which = cKDTree(images).query(
        places, k=range(1, most + 1), distance_upper_bound=FARTHEST_NEIGHBOUR
    )
    which = np.where(which < len(images), which % len(places), 0)
    itself = near < 1e-6
    return np.where(itself, np.inf, near), which


def pair_statistics(distances: np.ndarray, pair: str) -> dict[str, float]:
    """Nearest distances from atoms of one element to those of another, and how many are near."""
    if not len(distances):
        return {}
    nearest = distances.min(axis=1)
    known = nearest[np.isfinite(nearest)]
    if not len(known):
        return {}
    shell = (distances < SHELL * nearest[:, None]).sum(axis=1)
    bonds = distances[distances < SHELL * nearest[:, None]]
    return {
        f"{pair}_nearest": float(known.mean()),
        f"{pair}_least": float(known.min()),
        f"{pair}_spread": float(known.std()),
        f"{pair}_neighbours": float(shell.mean()),
        f"{pair}_bond": float(bonds.mean()),
        f"{pair}_bond_spread": float(bonds.std()),
    }
