"""Metrics on texts."""

from __future__ import annotations

from iiml_codegen.domain.metric_info import MetricInfo, texts_metric

TEXT_METRICS: tuple[MetricInfo, ...] = (
    texts_metric(
        "exact_match",
        "Share of texts that match exactly",
        "exact match | accuracy",
        "the likeliest text as a whole",
    ),
    texts_metric(
        "word_jaccard",
        "Mean Jaccard index of words",
        "word level jaccard | jaccard",
        "the text that shares most words with what is likely",
    ),
)
