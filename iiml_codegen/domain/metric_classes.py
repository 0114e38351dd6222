"""Metrics on classes: labels, probabilities and scores that rank."""

from __future__ import annotations

from iiml_codegen.domain.metric_info import (
    ANY_LABEL,
    BINARY,
    CLASSES,
    MANY,
    NUMBERS,
    PROBABLE,
    SINGLE,
    TAGS,
    MetricInfo,
    labels_metric,
    masks_metric,
    probabilities_metric,
    scores_metric,
)

CLASS_METRICS: tuple[MetricInfo, ...] = (
    labels_metric(
        "accuracy",
        "Accuracy",
        ANY_LABEL,
        "accuracy | classification accuracy | categorization accuracy | "
        "percentage of correct predictions | percentage of correctly predicted | "
        "subset accuracy",
        row_wise=True,
    ),
    labels_metric(
        "error_rate",
        "Error rate",
        SINGLE,
        "misclassification rate | misclassification error | classification error | error rate",
        greater=False,
        row_wise=True,
    ),
    labels_metric(
        "balanced_accuracy",
        "Balanced accuracy",
        SINGLE,
        "balanced accuracy | balanced accuracy score | macro averaged recall | "
        "mean per class accuracy | mean recall",
    ),
    labels_metric(
        "f1", "F1 score", BINARY, "f1 | f1 score | f score | f measure | binary f1 score"
    ),
    labels_metric(
        "macro_f1",
        "Macro F1",
        ANY_LABEL,
        "macro f1 | macro f1 score | macro averaged f1 | macro averaged f1 score | f1 macro | "
        "f1 score | f1 | mean of the f1 scores",
    ),
    labels_metric(
        "micro_f1",
        "Micro F1",
        MANY,
        "micro f1 | micro f1 score | micro averaged f1 | micro averaged f1 score | f1 micro",
    ),
    labels_metric(
        "weighted_f1",
        "Weighted F1",
        MANY,
        "weighted f1 | weighted f1 score | weighted averaged f1 | f1 weighted",
    ),
    labels_metric(
        "samples_f1",
        "Mean F1 over rows",
        TAGS,
        "mean f1 | mean f1 score | mean f score | example based f1",
        row_wise=True,
    ),
    labels_metric("f2", "F2 score", BINARY, "f2 | f2 score | f 2 score | f beta with beta 2"),
    labels_metric("f_half", "F0.5 score", BINARY, "f0.5 | f0.5 score | f beta with beta 0.5"),
    labels_metric(
        "mcc",
        "Matthews correlation",
        ("binary", "multiclass"),
        "mcc | matthews correlation | matthews correlation coefficient | phi coefficient",
        span="signed",
    ),
    labels_metric(
        "quadratic_weighted_kappa",
        "Quadratic weighted kappa",
        ("ordinal", "multiclass", "binary"),
        "quadratic weighted kappa | quadratically weighted kappa | quadratic kappa | "
        "quadratic weighted cohen kappa | weighted kappa | qwk",
        span="signed",
    ),
    labels_metric(
        "linear_weighted_kappa",
        "Linear weighted kappa",
        ("ordinal", "multiclass"),
        "linear weighted kappa | linearly weighted kappa",
        span="signed",
    ),
    labels_metric(
        "cohen_kappa",
        "Cohen's kappa",
        SINGLE,
        "cohen s kappa | cohen kappa | kappa | kappa score",
        span="signed",
    ),
    labels_metric(
        "jaccard", "Jaccard index", ("binary", "multilabel"), "jaccard | intersection over union"
    ),
    labels_metric(
        "hamming_loss",
        "Hamming loss",
        ("multilabel", "multiclass"),
        "hamming loss | hamming distance",
        greater=False,
        row_wise=True,
    ),
    masks_metric(
        "mean_dice",
        "Mean Dice coefficient",
        "dice | mean dice | average dice | dice coefficient | mean dice coefficient | "
        "average dice coefficient | dice score | mean dice score | dice similarity coefficient | "
        "sorensen dice coefficient | dice index",
    ),
    masks_metric(
        "mean_iou",
        "Mean intersection over union",
        "iou | mean iou | miou | average iou | intersection over union | jaccard",
    ),
    masks_metric(
        "precision_at_ious",
        "Mean precision over IoU thresholds",
        "mean average precision at different intersection over union iou thresholds | "
        "mean average precision at different intersection over union | "
        "mean average precision at different iou thresholds | mean average precision | "
        "average precision | iou threshold | intersection over union threshold | "
        "intersection over union iou threshold",
    ),
    probabilities_metric(
        "log_loss",
        "Log loss",
        PROBABLE,
        "log loss | logloss | logarithmic loss | binary cross entropy | cross entropy | "
        "negative log likelihood | binary log loss",
    ),
    probabilities_metric(
        "multiclass_log_loss",
        "Multi-class log loss",
        CLASSES,
        "multi class logarithmic loss | multiclass logarithmic loss | multi class log loss | "
        "multiclass log loss | multiclass loss | mlogloss | categorical cross entropy",
    ),
    probabilities_metric(
        "mean_column_log_loss",
        "Mean column-wise log loss",
        TAGS,
        "mean column wise log loss | mean columnwise log loss | column wise logarithmic loss | "
        "average log loss over columns",
    ),
    probabilities_metric(
        "balanced_log_loss",
        "Balanced log loss",
        ("binary", "multiclass"),
        "balanced log loss | balanced logloss | balanced logarithmic loss | "
        "balanced multi class log loss | balanced multiclass log loss | "
        "balanced multi class logarithmic loss | balanced multiclass logarithmic loss | "
        "balanced cross entropy | balanced binary cross entropy | class balanced log loss | "
        "class balanced cross entropy | macro averaged log loss",
        balanced=True,
    ),
    probabilities_metric("brier", "Brier score", PROBABLE, "brier | brier score | brier loss"),
    scores_metric(
        "roc_auc",
        "Area under the ROC curve",
        PROBABLE,
        "auc | roc auc | auroc | auc roc | area under the curve | area under the roc curve | "
        "area under roc curve | area under the roc | "
        "area under receiver operating characteristic | "
        "area under the receiver operating characteristic | "
        "area under the receiver operating characteristic curve",
    ),
    scores_metric(
        "mean_column_roc_auc",
        "Mean column-wise ROC AUC",
        TAGS,
        "mean column wise roc auc | mean columnwise roc auc | mean column wise auc | "
        "mean columnwise auc | average auc of each predicted column | "
        "average of the individual aucs of each predicted column",
    ),
    scores_metric(
        "micro_roc_auc",
        "ROC AUC over all answers",
        TAGS,
        "micro auc | micro roc auc | micro averaged auc | micro averaged roc auc | auc micro | "
        "roc auc micro",
    ),
    scores_metric(
        "lwlrap",
        "Label-weighted label-ranking average precision",
        TAGS,
        "lwlrap | label weighted label ranking average precision | "
        "label weighted ranking average precision",
    ),
    scores_metric(
        "lrap",
        "Label-ranking average precision",
        TAGS,
        "lrap | label ranking average precision | label ranking average precision score",
        row_wise=True,
    ),
    scores_metric(
        "roc_auc_ovr",
        "One-vs-rest ROC AUC, macro",
        CLASSES,
        "one vs rest auc | one vs rest roc auc | macro averaged auc | macro averaged roc auc | "
        "roc auc ovr | macro auc",
    ),
    scores_metric(
        "average_precision",
        "Average precision",
        PROBABLE,
        "average precision | average precision score | mean average precision",
    ),
    scores_metric(
        "pr_auc",
        "Area under the precision-recall curve",
        ("binary", "multilabel"),
        "pr auc | auc pr | auprc | area under the precision recall curve | "
        "area under precision recall curve",
    ),
    scores_metric(
        "gini",
        "Normalised Gini",
        ("binary", "regression"),
        "gini | gini coefficient | normalized gini coefficient | normalised gini coefficient | "
        "normalized gini",
        span="signed",
    ),
    scores_metric(
        "map_at_3",
        "MAP@3",
        CLASSES,
        "map@3 | map 3 | mean average precision at 3 | mean average precision @ 3",
        row_wise=True,
        places=3,
    ),
    scores_metric(
        "map_at_5",
        "MAP@5",
        CLASSES,
        "map@5 | map 5 | mean average precision at 5 | mean average precision @ 5",
        row_wise=True,
        places=5,
    ),
    scores_metric(
        "top_3_accuracy", "Top-3 accuracy", CLASSES, "top 3 accuracy", row_wise=True, places=3
    ),
    scores_metric(
        "top_5_accuracy", "Top-5 accuracy", CLASSES, "top 5 accuracy", row_wise=True, places=5
    ),
    scores_metric(
        "spearman",
        "Spearman's rank correlation",
        NUMBERS,
        "spearman | spearman s correlation | spearman correlation | "
        "spearman s rank correlation | spearman rank correlation | "
        "mean column wise spearman s correlation coefficient | "
        "spearman s rank correlation coefficient",
        span="signed",
    ),
    scores_metric(
        "pearson",
        "Pearson correlation",
        NUMBERS,
        "pearson | pearson correlation | pearson correlation coefficient | pearson s correlation",
        span="signed",
    ),
)
