"""Competitions of several tables: labels apart, one table of features, histories, series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from iiml_codegen.domain.layout import Layout, Panel, RelatedTable

from .drafts import Competition, asked
from .layout_parts import TEST_SHARE, finished, parted
from .tables import binary, fresh_ids, regression


def label_table(folder: Path, rows: int, seed: int) -> Competition:
    """Features in train_values.csv, labels in train_labels.csv, both by `id`."""
    draft = binary(rows + rows // TEST_SHARE, seed)
    train, test = (draft.frame.iloc[part] for part in parted(rows))
    features = [name for name in draft.frame if name != "left"]
    train[features].to_csv(folder / "train_values.csv", index=False)
    shuffled = train[["id", "left"]].sample(frac=1, random_state=seed)
    shuffled.to_csv(folder / "train_labels.csv", index=False)
    test[features].to_csv(folder / "test_values.csv", index=False)
    related = RelatedTable(file="train_labels.csv", keys=("id",), role="labels")
    task = {**draft.task, "train_file": "train_values.csv", "test_file": "test_values.csv"}
    layout = Layout(kind="label_table", related=(related,))
    answers = test[["id", "left"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=draft.description)


def one_features_table(folder: Path, rows: int, seed: int) -> Competition:
    """Labels in labels.csv, features of all rows in features.csv, test rows in the sample alone."""
    draft = regression(rows + rows // TEST_SHARE, seed)
    train, test = (draft.frame.iloc[part] for part in parted(rows))
    train[["id", "progress"]].to_csv(folder / "labels.csv", index=False)
    features = draft.frame.drop(columns="progress").sample(frac=1, random_state=seed)
    features.to_csv(folder / "features.csv", index=False)
    related = RelatedTable(file="features.csv", keys=("id",), role="lookup")
    task = {**draft.task, "train_file": "labels.csv", "test_file": "sample_submission.csv"}
    layout = Layout(kind="label_table", related=(related,), test_from_sample=True)
    answers = test[["id", "progress"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, description=draft.description)


def related_tables(folder: Path, rows: int, seed: int) -> Competition:
    """Customers with payments, one to many; payments tell of training customers who defaulted.

    So does a table of how they were reminded, which no customer of the test is in.
    """
    rng = np.random.default_rng(seed)
    count = rows + rows // TEST_SHARE
    towns = pd.DataFrame({"town": [f"T{n}" for n in range(12)]})
    towns["people"], towns["rent"] = rng.integers(1, 90, 12) * 1000, rng.normal(10, 2, 12).round(2)
    frame = pd.DataFrame(
        {
            "customer": fresh_ids(rng, count),
            "town": rng.choice(towns["town"], count),
            "income": rng.gamma(4, 700, count).round(),
        }
    )
    payments = rng.integers(1, 9, count)
    late = rng.beta(2, 5, count)
    rent = frame["town"].map(towns.set_index("town")["rent"]).to_numpy()
    score = 6 * (late - 0.3) + 0.4 * (rent - 10) - (frame["income"] - 2800) / 2000
    frame["default"] = (rng.random(count) < 1 / (1 + np.exp(-2 * score))).astype(int)
    owner = np.repeat(np.arange(count), payments)
    history = pd.DataFrame(
        {
            "customer": frame["customer"].to_numpy()[owner],
            "amount": rng.gamma(2, 60, len(owner)).round(2),
            "days_late": (rng.random(len(owner)) < late[owner]) * rng.integers(1, 40, len(owner)),
            "way": rng.choice(("card", "cash", "transfer"), len(owner)),
            "status": np.where(frame["default"].to_numpy()[owner] == 1, "written off", "paid"),
        }
    )
    history.loc[owner >= rows, "status"] = None
    history = history.sample(frac=1, random_state=seed)
    train, test = (frame.iloc[part] for part in parted(rows))
    train.to_csv(folder / "customers_train.csv", index=False)
    test.drop(columns="default").to_csv(folder / "customers_test.csv", index=False)
    history.to_csv(folder / "payments.csv", index=False)
    towns.to_csv(folder / "towns.csv", index=False)
    reminded = np.where(train["default"] == 1, "by a lawyer", "by mail")
    reminders = train[["customer"]].assign(way=reminded, letters=rng.integers(0, 4, len(train)))
    reminders.to_csv(folder / "reminders.csv", index=False)
    lone = RelatedTable(
        file="reminders.csv",
        keys=("customer",),
        role="history",
        hidden_columns=("way", "letters"),
    )
    related = (
        RelatedTable(
            file="payments.csv", keys=("customer",), role="history", hidden_columns=("status",)
        ),
        RelatedTable(file="towns.csv", keys=("town",), role="lookup"),
    )
    task = asked("binary", ("default",), "roc_auc", id_column="customer", classes=("0", "1"))
    task |= {"train_file": "customers_train.csv", "test_file": "customers_test.csv"}
    text = "# Defaults\n\nPredict the probability of `default` for each customer.\n\n"
    text += "## Metric\nArea under the ROC curve.\n\n`status` of payments is known for training "
    text += "customers only.\n"
    layout = Layout(kind="related_tables", related=related, train_only=(lone,))
    answers = test[["customer", "default"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=0.5, description=text)


def panel(folder: Path, rows: int, seed: int) -> Competition:
    """Daily sales of shops: the test is the weeks after; promotions are known ahead."""
    rng = np.random.default_rng(seed)
    shops, ahead = 5, 14
    days = rows // shops
    dates = pd.date_range("2022-01-03", periods=days + ahead, freq="D")
    parts = []
    for shop in range(shops):
        promo = rng.integers(0, 2, len(dates))
        week = rng.normal(0, 12, 7)[dates.day_of_week]
        drift = np.cumsum(rng.normal(0, 3.0, len(dates)))
        level = 80 + 25 * shop + drift + week + 15 * promo
        sales = np.clip(level + rng.normal(0, 3, len(dates)), 0, None).round(1)
        parts.append(
            pd.DataFrame({"date": dates, "shop": f"S{shop}", "promo": promo, "sales": sales})
        )
    frame = pd.concat(parts).sort_values(["date", "shop"], ignore_index=True)
    frame.insert(0, "id", np.arange(len(frame)))
    calendar = pd.DataFrame({"date": dates, "holiday": (rng.random(len(dates)) < 0.05).astype(int)})
    later = frame["date"] >= dates[days]
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    frame[~later].to_csv(folder / "train.csv", index=False)
    frame[later].drop(columns="sales").to_csv(folder / "test.csv", index=False)
    calendar.to_csv(folder / "calendar.csv", index=False)
    task = asked("regression", ("sales",), "rmse", answer="value", greater_is_better=False)
    task |= {"train_file": "train.csv", "test_file": "test.csv"}
    text = "# Sales\n\nForecast `sales` of each shop for the two weeks after the training days."
    text += "\n\n## Metric\nRoot mean squared error.\n"
    layout = Layout(
        kind="related_tables",
        related=(RelatedTable(file="calendar.csv", keys=("date",), role="lookup"),),
        panel=Panel(time="date", keys=("shop",), horizon=float(ahead)),
    )
    answers = frame.loc[later, ["id", "sales"]].reset_index(drop=True)
    return finished(folder, answers, task, layout, fill=100.0, description=text)
