"""Metrics on numbers; the third argument says what minimises each."""

from __future__ import annotations

from iiml_codegen.domain.metric_info import (
    COLUMNS,
    NUMBER,
    NUMBERS,
    MetricInfo,
    values_metric,
)

NUMBER_METRICS: tuple[MetricInfo, ...] = (
    values_metric(
        "rmse",
        "Root mean squared error",
        "the conditional mean",
        NUMBERS,
        "rmse | root mean squared error | root mean square error | root mean squared deviation",
    ),
    values_metric(
        "mse",
        "Mean squared error",
        "the conditional mean",
        NUMBERS,
        "mse | mean squared error | mean square error",
    ),
    values_metric(
        "mae",
        "Mean absolute error",
        "the conditional median",
        NUMBERS,
        "mae | mean absolute error | mean absolute deviation",
    ),
    values_metric(
        "median_ae",
        "Median absolute error",
        "close to the conditional median",
        NUMBERS,
        "median absolute error",
        row_wise=False,
    ),
    values_metric(
        "mape",
        "Mean absolute percentage error",
        "a weighted median, below the median",
        NUMBERS,
        "mape | mean absolute percentage error",
    ),
    values_metric(
        "smape",
        "Symmetric mean absolute percentage error",
        "close to the median of the log",
        NUMBERS,
        "smape | symmetric mean absolute percentage error",
    ),
    values_metric(
        "rmspe",
        "Root mean squared percentage error",
        "a weighted mean, below the mean",
        NUMBERS,
        "rmspe | root mean square percentage error | root mean squared percentage error",
    ),
    values_metric(
        "rmsle",
        "Root mean squared logarithmic error",
        "the mean of log(1 + y), back again",
        NUMBERS,
        "rmsle | root mean squared logarithmic error | root mean square logarithmic error | "
        "root mean squared log error | root mean square log error",
    ),
    values_metric(
        "mean_column_rmsle",
        "Mean column-wise RMSLE",
        "the mean of log(1 + y) per column, back again",
        COLUMNS,
        "column wise root mean squared logarithmic error | "
        "columnwise root mean squared logarithmic error | mean column wise rmsle",
    ),
    values_metric(
        "mean_column_rmse",
        "Mean column-wise RMSE",
        "the conditional mean",
        COLUMNS,
        "mcrmse | mean columnwise root mean squared error | "
        "mean column wise root mean squared error | column wise rmse",
    ),
    values_metric(
        "mean_column_mae",
        "Mean column-wise MAE",
        "the conditional median",
        COLUMNS,
        "mean column wise mae | mean column wise mean absolute error | average mae over columns",
    ),
    values_metric(
        "rmse_of_logs",
        "RMSE of logarithms",
        "the mean of log y, back again",
        NUMBERS,
        "rmse between the logarithm of the predicted | "
        "error between the logarithm of the predicted | "
        "error rmse between the logarithm of the predicted | rmse of the logarithms | "
        "rmse of the log",
    ),
    values_metric(
        "r2",
        "Coefficient of determination",
        "the conditional mean",
        NUMBERS,
        "r2 | r 2 | r squared | r2 score | coefficient of determination",
        span="signed",
    ),
    values_metric(
        "explained_variance",
        "Explained variance",
        "the conditional mean",
        NUMBERS,
        "explained variance",
        span="signed",
        row_wise=False,
    ),
    values_metric(
        "pinball",
        "Pinball loss of the median",
        "the conditional median",
        NUMBERS,
        "pinball loss | quantile loss",
    ),
    values_metric(
        "poisson_deviance",
        "Poisson deviance",
        "the conditional mean, positive",
        NUMBER,
        "poisson deviance | poisson loss",
    ),
    values_metric(
        "gamma_deviance",
        "Gamma deviance",
        "the conditional mean, positive",
        NUMBER,
        "gamma deviance",
    ),
    values_metric(
        "tweedie_deviance",
        "Tweedie deviance, power 1.5",
        "the conditional mean, positive",
        NUMBER,
        "tweedie deviance | tweedie loss",
    ),
    values_metric(
        "huber", "Huber loss, delta 1", "between median and mean", NUMBERS, "huber loss | huber"
    ),
)
