"""Writes a small competition to try iiML on: will a rented bike come back late?

    python -I sample_competition.py FOLDER [--seed N] [--answers FILE]

The rentals are drawn from a seeded generator, so the same seed gives the same bytes everywhere.
The hidden answers are written only where --answers says. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

TRAIN_ROWS = 1500
TEST_ROWS = 600
TARGET = "returned_late"
Row = dict[str, str]

DESCRIPTION = """\
# Late bikes

The bike rental of a small town lends bikes at ten stations. When a bike comes back late, the next
customer waits. For each rental, predict the probability that the bike is **returned late**.

## Evaluation

Submissions are evaluated on the area under the ROC curve (AUC) between the predicted probability
and the observed target.

## Submission file

For every `rental_id` in the test set, predict a probability for `returned_late`. The file has a
header and looks like this:

    rental_id,returned_late
    100035,0.5
    100042,0.5

## Files

- `train.csv`: rentals with the answer
- `test.csv`: rentals to predict
- `sample_submission.csv`: a submission in the correct format

## Columns

- `rental_id`: number of the contract
- `picked_up`: when the rental began
- `station`: where the bike was picked up
- `bike`: kind of bike
- `member`: whether the customer has a yearly card
- `age`: age of the customer, empty where it was not asked
- `planned_hours`: for how long the bike was booked
- `deposit`: money left as a deposit
- `temperature`: degrees Celsius at the time of pick-up
- `rain_mm`: rain in the hour before; the gauge is out of order now and then
- `note`: what the clerk wrote down, if anything
- `returned_late`: 1 if the bike came back late, else 0 (the target)
"""

# Effects are on the log-odds of a late return.
STATIONS = {
    "Harbour": 0.9,
    "Old Town": 0.0,
    "Castle Hill": 0.5,
    "Main Station": -0.5,
    "University": -0.3,
    "Lido": 1.0,
    "Zoo": 0.4,
    "Mill Lane": -0.2,
    "North Gate": -0.4,
    "Hospital": -0.8,
}
BIKES = {"city": 0.0, "touring": 0.5, "cargo": -0.4, "e-bike": 0.2}
PURPOSES: tuple[tuple[str, float], ...] = (
    ("", 0.0),
    ("in a hurry, has a train to catch", -1.3),
    ("on the way to work", -1.1),
    ("meets somebody at six", -0.9),
    ("just to the doctor and back", -0.8),
    ("asked about the tour around the lake", 1.2),
    ("wants to go bathing", 1.1),
    ("picnic with friends", 1.2),
    ("first visit, took a map of the town", 0.8),
    ("family with two children", 0.6),
)
REMARKS: tuple[tuple[str, float], ...] = (
    ("asked whether the rental can be extended", 1.6),
    ("has to be back before dark", -0.8),
    ("will bring it back to another station", 0.4),
    ("saddle adjusted", 0.0),
    ("brakes checked", 0.0),
    ("lamp replaced", 0.0),
    ("paid in cash", 0.0),
    ("small scratch on the frame", 0.0),
    ("took two locks", 0.1),
    ("helmet lent", -0.1),
    ("came with a dog", 0.2),
)


def note(draw: random.Random) -> tuple[str, float]:
    """What a clerk wrote, if anything, and what it says about being late."""
    if draw.random() < 0.25:
        return "", 0.0
    said = [draw.choice(PURPOSES), *draw.sample(REMARKS, draw.choice((1, 2, 2, 3)))]
    text = draw.choice((". ", "; ", ", ")).join(words for words, _ in said if words)
    return text[:1].upper() + text[1:], sum(effect for _, effect in said)


def rental(draw: random.Random) -> tuple[Row, float]:
    """One rental without id and answer, and the log-odds of its late return."""
    began = datetime(2023, 4, 1, 7) + timedelta(minutes=draw.randrange(0, 200 * 24 * 60, 5))
    began = began.replace(
        hour=draw.choice((7, 8, 8, 9, 10, 10, 11, 12, 13, 14, 14, 15, 16, 17, 17))
    )
    warm = 8 + 14 * math.sin(math.pi * (began - datetime(2023, 4, 1)).days / 200)
    temperature = warm + draw.gauss(0, 3.5)
    rain = max(0.0, draw.gauss(-1.5, 2.0))
    age, hours = int(min(85, max(16, draw.gauss(39, 14)))), draw.choice((1, 2, 2, 3, 4, 4, 6, 8))
    station, bike = draw.choice(list(STATIONS)), draw.choice(list(BIKES))
    member = draw.random() < 0.4
    text, said = note(draw)
    odds = -2.1 + STATIONS[station] + BIKES[bike] + said - 0.9 * member
    odds += 0.07 * (temperature - 16) * (began.weekday() >= 5) + 0.5 * (began.hour >= 14)
    odds += 0.9 * math.exp(-((hours - 3) ** 2) / 3) - 0.03 * (age - 39) - 0.35 * rain
    return {
        "picked_up": began.strftime("%Y-%m-%d %H:%M"),
        "station": station,
        "bike": bike,
        "member": "yes" if member else "no",
        "age": "" if draw.random() < 0.15 else str(age),
        "planned_hours": str(hours),
        "deposit": f"{20 + 10 * (bike == 'e-bike') + 5 * draw.randrange(0, 9):d}",
        "temperature": f"{temperature:.1f}",
        "rain_mm": "" if draw.random() < 0.08 else f"{rain:.1f}",
        "note": text,
    }, odds


def rentals(seed: int) -> list[Row]:
    """All rentals with id and answer; ids carry no information about the answer."""
    draw = random.Random(seed)
    count = TRAIN_ROWS + TEST_ROWS
    ids = draw.sample(range(100_000, 100_000 + 9 * count), count)
    rows = []
    for number in ids:
        row, odds = rental(draw)
        late = draw.random() < 1 / (1 + math.exp(-1.3 * odds))
        rows.append({"rental_id": str(number), **row, TARGET: str(int(late))})
    return rows


def write_table(path: Path, rows: list[Row]) -> None:
    """Rows as UTF-8 CSV with a header and line feeds."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_competition(folder: Path, seed: int = 0, answers: Path | None = None) -> None:
    """Write the four files into `folder`; the hidden answers go to `answers` only."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = rentals(seed)
    hidden = rows[TRAIN_ROWS:]
    (folder / "description.md").write_text(DESCRIPTION, encoding="utf-8", newline="\n")
    write_table(folder / "train.csv", rows[:TRAIN_ROWS])
    write_table(
        folder / "test.csv",
        [{name: value for name, value in row.items() if name != TARGET} for row in hidden],
    )
    sample = [{"rental_id": row["rental_id"], TARGET: "0.5"} for row in hidden]
    write_table(folder / "sample_submission.csv", sample)
    if answers is not None:
        perfect = [{"rental_id": row["rental_id"], TARGET: row[TARGET]} for row in hidden]
        write_table(answers, perfect)


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Write a small competition to try iiML on.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--answers", type=Path, help="write the hidden answers to this file")
    options = parser.parse_args()
    write_competition(options.folder, options.seed, options.answers)
    print(f"Wrote the competition Late bikes to {options.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
