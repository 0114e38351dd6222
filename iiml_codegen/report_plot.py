"""Points, lines and spans on two axes as positions in pixels; the template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.report_chart import Tick, nice_step

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 260, 70, 150, 12, 46
Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """Values that belong together; `kind` is how the page draws them: "a", "b", "step", "dots"."""

    label: str
    kind: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Drawn:
    """A line in pixels; `path` joins its points, `label_y` is where its name goes at the right."""

    label: str
    kind: str
    path: str
    points: tuple[Point, ...]
    label_y: float


@dataclass(frozen=True)
class Span:
    """A vertical bar in pixels with a mark in it."""

    x: float
    low: float
    high: float
    mark: float


@dataclass(frozen=True)
class Plot:
    """Everything that the template draws, and what a screen reader says instead."""

    says: str
    x_title: str
    y_title: str
    drawn: tuple[Drawn, ...]
    spans: tuple[Span, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    zero: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


class Axis:
    """From values to pixels, with grid lines at round values."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = min(values), max(values)
        air = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
        self.low, self.high = low - air, high + air
        self.start, self.scale = start, (end - start) / (self.high - self.low)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return round(self.start + (value - self.low) * self.scale, 1)

    def ticks(self) -> tuple[Tick, ...]:
        """Grid lines at round values inside."""
        step = nice_step(self.high - self.low)
        places = range(math.ceil(self.low / step), math.floor(self.high / step) + 1)
        decimals = max(0, -math.floor(math.log10(step)))
        return tuple(Tick(self.at(n * step), f"{n * step:.{decimals}f}") for n in places)


def plot(
    says: str,
    titles: tuple[str, str],
    lines: Sequence[Line],
    spans: Sequence[tuple[float, float, float, float]] = (),
) -> Plot | None:
    """A plot of lines and of spans (x, low, mark, high); None without a finite point."""
    lines = [
        Line(line.label, line.kind, tuple(p for p in line.points if all(map(math.isfinite, p))))
        for line in lines
    ]
    points = [point for line in lines for point in line.points]
    if not points:
        return None
    x = Axis([p[0] for p in points] + [span[0] for span in spans], LEFT, WIDTH - RIGHT)
    heights = [p[1] for p in points] + [value for span in spans for value in span[1:]]
    y = Axis(heights, HEIGHT - BOTTOM, TOP)
    drawn = [_drawn(line, x, y) for line in lines if line.points]
    return Plot(
        says=says,
        x_title=titles[0],
        y_title=titles[1],
        drawn=_apart(drawn),
        spans=tuple(Span(x.at(a), y.at(b), y.at(d), y.at(c)) for a, b, c, d in spans),
        x_ticks=x.ticks(),
        y_ticks=y.ticks(),
        zero=y.at(0.0) if y.low < 0 < y.high else None,
    )


def _drawn(line: Line, x: Axis, y: Axis) -> Drawn:
    points = tuple((x.at(a), y.at(b)) for a, b in line.points)
    path = "M" + " L".join(f"{a} {b}" for a, b in points)
    if line.kind == "step":
        path = f"M{points[0][0]} {points[0][1]}" + "".join(f" H{a} V{b}" for a, b in points[1:])
    return Drawn(line.label, line.kind, path, points, points[-1][1] + 4)


def _apart(drawn: Sequence[Drawn]) -> tuple[Drawn, ...]:
    """The same with names at the right that do not lie on one another."""
    placed: list[Drawn] = []
    lowest = -math.inf
    for one in sorted(drawn, key=lambda one: one.label_y):
        lowest = max(one.label_y, lowest + 15)
        placed.append(Drawn(one.label, one.kind, one.path, one.points, lowest))
    return tuple(placed)
