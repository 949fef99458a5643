"""What resembles a movie, or several movies taken together."""

from functools import cached_property

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.neighbours import similarity_vectors
from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import SimilarMovies
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.exact_ranking import ExactRanking
from webapp.recommender.filters import FilterTable
from webapp.recommender.membership import are_among
from webapp.recommender.questions import SimilarQuestion
from webapp.recommender.ranking import ranked_fields
from webapp.recommender.top_k import Selection


class Similarity:
    """Likeness of movies: the cosine of their similarity vectors.

    Only movies of a cosine above zero resemble anything.
    """

    def __init__(self, bundle: Bundle, catalogue: Catalogue, filters: FilterTable) -> None:
        self._catalogue, self._filters = catalogue, filters
        self._model_version = bundle.model_version
        self._neighbours, self._cosines = bundle.neighbours, bundle.neighbour_scores
        self._item_embeddings, self._fold_in = bundle.item_embeddings, bundle.fold_in

    def answer(self, question: SimilarQuestion) -> SimilarMovies:
        """Answer a question; fewer than `k` movies where no more resemble the seeds.

        Raises
        ------
        MovieNotInCatalogue, MovieNotTrained
            For the first of the seeds that has no vector.
        """
        seeds = list(dict.fromkeys(question.movie_ids))
        rows = np.array([self._catalogue.row(movie_id) for movie_id in seeds], dtype=np.intp)
        passing = self._filters.passing(question.filters)
        ranked = self._stored(rows, passing, question.k) if len(rows) == 1 else None
        if ranked is None:
            ranked = self._computed(rows, passing, question.k)
        positions = self._catalogue.positions[rows].tolist()
        return SimilarMovies(
            **ranked_fields(self._catalogue, self._model_version, ranked, question.k),
            seed_movie_ids=seeds,
            seed_titles=[self._catalogue.titles[position] for position in positions],
        )

    def _stored(self, rows: Array, passing: Array | None, k: int) -> tuple[Array, Array] | None:
        """Neighbours of one movie as the bundle lists them; none if they may be too few."""
        neighbours, cosines = self._neighbours[rows[0]], self._cosines[rows[0]]
        keep = cosines > 0
        complete = not keep.all() or len(neighbours) + 1 == len(self._neighbours)
        if passing is not None:
            keep &= are_among(neighbours, passing)
        kept = np.flatnonzero(keep)[:k]
        if len(kept) < k and not complete:
            return None
        return neighbours[kept], cosines[kept]

    def _computed(self, rows: Array, passing: Array | None, k: int) -> tuple[Array, Array]:
        """Movies nearest to the mean direction of the seeds."""
        mean = self._vectors.matrix[rows].mean(axis=0, dtype=np.float64)
        length = float(np.linalg.norm(mean))
        if length == 0:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        direction = (mean / length).astype(np.float32)
        found, cosines = self._vectors.best(direction, Selection(k, passing, rows))
        return found[cosines > 0], cosines[cosines > 0]

    @cached_property
    def _vectors(self) -> ExactRanking:
        """Unit vectors of all movies, made when first needed."""
        vectors = similarity_vectors(self._item_embeddings, self._fold_in)
        return ExactRanking(vectors, np.zeros(len(vectors), dtype=np.float32))
