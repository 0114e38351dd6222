"""Metrics found in the words of a description."""

from __future__ import annotations

import pytest

from iiml_codegen.domain.metric import METRICS, find_metrics

SAID = [
    ("Submissions are scored on the Root-Mean-Squared-Error (RMSE).", "rmse"),
    ("RMSE between the logarithm of the predicted value and that of the price", "rmse_of_logs"),
    ("evaluated on area under the [ROC curve](x) between p and the target", "roc_auc"),
    ("The metric is the quadratic weighted kappa.", "quadratic_weighted_kappa"),
    ("Multi-class logarithmic loss, lower is better", "multiclass_log_loss"),
    ("scored using mean columnwise root mean squared error (MCRMSE)", "mean_column_rmse"),
    ("evaluated by Mean Average Precision @ 3 (MAP@3)", "map_at_3"),
    ("The metric is a balanced logarithmic loss, lower is better", "balanced_log_loss"),
    ("label-weighted label-ranking average precision (lwlrap); plain lrap is another", "lwlrap"),
    ("Good accuracy matters to doctors. Submissions are evaluated by log loss.", "log_loss"),
]


@pytest.mark.parametrize(("text", "name"), SAID)
def test_a_description_leads_to_its_metric(text: str, name: str) -> None:
    assert find_metrics(text)[0].name == name


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_is_found_by_each_of_its_phrases(name: str) -> None:
    for phrase in (*METRICS[name].aliases, name):
        assert name in [match.name for match in find_metrics(f"It is judged by {phrase}.")]


def test_a_phrase_inside_a_longer_one_or_a_word_does_not_count() -> None:
    assert [m.name for m in find_metrics("root mean squared error")] == ["rmse"]
    assert find_metrics("inaccuracy, maelstrom, kappas' cousin aucuba")[1:] == ()


def test_a_kind_leaves_out_what_does_not_fit_it() -> None:
    assert [m.name for m in find_metrics("F1 score", "multiclass")] == ["macro_f1"]
