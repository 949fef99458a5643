"""From rows and scores to the fields that every ranked answer has."""

from typing import Any

import orjson

from warehouse.bundle.components import Array
from webapp.recommender.catalogue import Catalogue


def ranked_fields(
    catalogue: Catalogue, model_version: str, ranked: tuple[Array, Array], k: int
) -> dict[str, Any]:
    """Fields of `RankedMovies`.

    Parameters
    ----------
    catalogue : Catalogue
    model_version : str
    ranked : tuple of int and float32 arrays
        Rows and scores, best first.
    k : int
        Movies that were asked for.
    """
    rows, scores = ranked
    fragments, text = catalogue.fragments, orjson.dumps(scores, option=orjson.OPT_SERIALIZE_NUMPY)
    return {
        "movie_ids": catalogue.row_movie_ids[rows].tolist(),
        "scores": orjson.loads(text),
        "exhausted": len(rows) < k,
        "model_version": model_version,
        "_fragments": [fragments[row] for row in rows.tolist()],
        "_texts": text[1:-1].split(b","),
    }
