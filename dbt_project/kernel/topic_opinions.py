"""A second opinion on topics: how probable each is by the words of a resolution, not by any rule.

Belongs here: the linear model, its calibration. Not here: what is read or written, what counts as
strong evidence (int_topics__opinions), what follows from a difference (int_topics__certainty).

For each topic a logistic regression on the words is trained on what readers coded and, with less
weight, on what strong rules say. No resolution is judged by a model that has seen it or another of
its title: the titles are dealt into FOLDS, and each fold is judged by the model of the others. The
figures that the coded resolutions give are therefore those of the published probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

FOLDS = 5
# A rule may be wrong, and its resolutions are ten times as many as the coded ones.
WEIGHT_OF_RULES = 0.3
# Inverse strength of the penalty; chosen on the first gold sample, as the weight.
LOOSENESS = 30.0
# Calibrated on fewer coded resolutions, probabilities would mean nothing.
LEAST_CODED = 100

OPINIONS = pa.schema(
    {"roll_call_id": pa.string(), "topic": pa.string(), "model_probability": pa.float64()}
)


@dataclass(frozen=True)
class Resolution:
    """What is known of a resolution; `item` is shared by those of one title.

    `coded` are the topics by a reader, `ruled` those by strong rules, None if neither spoke.
    """

    roll_call_id: str
    item: str
    text: str
    coded: frozenset[str] | None = None
    ruled: frozenset[str] | None = None


def opinions(resolutions: Sequence[Resolution], topics: Sequence[str]) -> pa.Table:
    """The probability of each topic for each resolution, 0 to 1, in the layout of OPINIONS.

    Empty if fewer than LEAST_CODED are coded. A topic that no or every coded resolution has, or
    the training of a fold lacks, has no rows. The same resolutions give the same figures in any
    order.
    """
    resolutions = sorted(resolutions, key=lambda one: one.roll_call_id)
    coded = np.array([one.coded is not None for one in resolutions], bool)
    if coded.sum() < LEAST_CODED:
        return OPINIONS.empty_table()
    said = [one.ruled if one.coded is None else one.coded for one in resolutions]
    weights = np.where(coded, 1.0, [0.0 if labels is None else WEIGHT_OF_RULES for labels in said])
    folds = np.array([crc32(one.item.encode()) % FOLDS for one in resolutions])
    words = TfidfVectorizer(
        lowercase=False, token_pattern="[A-Z]{2,}", min_df=3, sublinear_tf=True
    ).fit_transform([one.text for one in resolutions])
    ids = [one.roll_call_id for one in resolutions]
    tables = [OPINIONS.empty_table()]
    for topic in topics:
        has = np.array([labels is not None and topic in labels for labels in said])
        scores = _scores(words, has, weights, folds)
        if scores is None or len(set(has[coded])) < 2:
            continue
        level = _logistic(scores[coded, None], has[coded])
        probability = expit(level.decision_function(scores[:, None]))
        # What the last digits are depends on the machine.
        columns = (ids, [topic] * len(ids), probability.round(4))
        tables.append(pa.table(columns, schema=OPINIONS))
    return pa.concat_tables(tables)


def _scores(words, has, weights, folds) -> np.ndarray | None:
    """The log-odds of the topic for each resolution, by the model of the other folds."""
    scores = np.zeros(len(has))
    for fold in range(FOLDS):
        trained = (folds != fold) & (weights > 0)
        judged = folds == fold
        if len(set(has[trained])) < 2:
            return None
        if judged.any():
            model = _logistic(words[trained], has[trained], weights[trained], LOOSENESS)
            scores[judged] = model.decision_function(words[judged])
    return scores


def _logistic(features, has, weights=None, looseness=10.0) -> LogisticRegression:
    """A fitted regression. Liblinear draws no random numbers here and runs in one thread."""
    model = LogisticRegression(C=looseness, solver="liblinear", tol=0.01)
    return model.fit(features, has, sample_weight=weights)
