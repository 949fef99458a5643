"""The same figures from trec_eval, on a run of real size."""

import numpy as np
import pytrec_eval
from scipy import sparse

from models_py.evaluation.metrics import CUTOFFS, MetricKey, accuracy
from models_py.evaluation.ranking import RankedLists, top

N_USERS, N_ITEMS = 1_200, 1_700
THEIRS = {"precision": "P", "recall": "recall", "ndcg": "ndcg_cut", "hit_rate": "success"}


def test_trec_eval_agrees_on_every_user() -> None:
    generator = np.random.default_rng(20)
    wanted = generator.random((N_USERS, N_ITEMS)) < generator.uniform(0.001, 0.05, (N_USERS, 1))
    wanted[:, 0] |= ~wanted.any(axis=1)
    scores = (generator.random((N_USERS, N_ITEMS)) + 0.3 * wanted).astype(np.float32)
    seen = sparse.csr_array((generator.random((N_USERS, N_ITEMS)) < 0.05) & ~wanted)
    lists = RankedLists(*top(scores, seen, 100))
    ours = accuracy(lists, sparse.csr_array(wanted))

    qrels = {
        str(user): {str(item): 1 for item in np.flatnonzero(row)} for user, row in enumerate(wanted)
    }
    # trec_eval sorts by score; positions go in, so that float ties cannot matter.
    run = {
        str(user): {str(item): float(-position) for position, item in enumerate(row)}
        for user, row in enumerate(lists.items)
    }
    cuts = ",".join(map(str, CUTOFFS))
    measures = {f"{name}.{cuts}" for name in THEIRS.values()} | {"recip_rank"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)

    def column(measure: str) -> list[float]:
        return [theirs[str(user)][measure] for user in range(N_USERS)]

    assert ours[MetricKey("ndcg", 10)].mean() > 0.05
    for metric, measure in THEIRS.items():
        for k in CUTOFFS:
            np.testing.assert_allclose(
                ours[MetricKey(metric, k)], column(f"{measure}_{k}"), atol=1e-12
            )
    np.testing.assert_allclose(ours[MetricKey("mrr")], column("recip_rank"), atol=1e-12)
