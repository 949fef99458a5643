"""What resembles a movie, or several movies taken together."""

from functools import cached_property

import numpy as np

from warehouse.bundle.neighbours import similarity_vectors
from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import SimilarMovies
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.exact_ranking import ExactRanking
from webapp.recommender.filters import FilterTable
from webapp.recommender.kept_rankings import KeptRankings, Ranked
from webapp.recommender.questions import SimilarQuestion
from webapp.recommender.ranking import ranked_fields
from webapp.recommender.top_k import Selection

# Only where the hundred that a bundle lists are not enough is a ranking kept, so it is for
# narrow filters: on ML-1M one of them in twenty lets fewer than ten of so many pass.
KEPT_DEPTH = 768


class Similarity:
    """Likeness of movies: the cosine of their similarity vectors.

    Only movies of a cosine above zero resemble anything.
    """

    def __init__(
        self, bundle: Bundle, catalogue: Catalogue, filters: FilterTable, kept: int
    ) -> None:
        self._catalogue, self._filters = catalogue, filters
        self._model_version = bundle.model_version
        self._neighbours, self._cosines = bundle.neighbours, bundle.neighbour_scores
        self._counts = np.count_nonzero(self._cosines > 0, axis=1).tolist()
        # A list that is full may go on.
        n_rows, listed = self._neighbours.shape
        self._full = listed if listed + 1 < n_rows else n_rows
        self._nearness = _Nearness(bundle)
        self._kept = KeptRankings(self._nearness.of_one, KEPT_DEPTH, kept)

    def answer(self, question: SimilarQuestion) -> SimilarMovies:
        """Answer a question; fewer than `k` movies where no more resemble the seeds.

        Raises
        ------
        MovieNotInCatalogue, MovieNotTrained
            For the first of the seeds that has no vector.
        """
        seeds = list(dict.fromkeys(question.movie_ids))
        rows = [self._catalogue.row(movie_id) for movie_id in seeds]
        ranked = self._listed(rows[0], question) if len(rows) == 1 else None
        if ranked is None:
            passing = self._filters.passing(question.filters)
            ranked = self._nearness.best(Selection(question.k, passing, np.array(rows)))
        positions = self._catalogue.positions[rows].tolist()
        return SimilarMovies(
            **ranked_fields(self._catalogue, self._model_version, ranked, question.k),
            seed_movie_ids=seeds,
            seed_titles=[self._catalogue.titles[position] for position in positions],
        )

    def _listed(self, row: int, question: SimilarQuestion) -> Ranked | None:
        """Neighbours as the bundle lists them, or as they are kept; none if they may be too few."""
        k, count = question.k, self._counts[row]
        mask = self._filters.mask(question.filters)
        neighbours, cosines = self._neighbours[row, :count], self._cosines[row, :count]
        if mask is not None:
            places = mask[neighbours].nonzero()[0][:k]
            neighbours, cosines = neighbours[places], cosines[places]
        if len(neighbours) >= k or count < self._full:
            return neighbours[:k], cosines[:k]
        return self._kept.best(row, mask, k)


class _Nearness:
    """Ranks movies by their nearness to others; knows nobody who asks."""

    def __init__(self, bundle: Bundle) -> None:
        self._item_embeddings, self._fold_in = bundle.item_embeddings, bundle.fold_in

    def of_one(self, row: int, depth: int) -> Ranked:
        """Movies nearest to one."""
        return self.best(Selection(depth, None, np.array([row])))

    def best(self, selection: Selection) -> Ranked:
        """Movies nearest to the mean direction of those that the selection leaves out."""
        mean = self._vectors.matrix[selection.excluded].mean(axis=0, dtype=np.float64)
        length = float(np.linalg.norm(mean))
        if length == 0:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        direction = (mean / length).astype(np.float32)
        found, cosines = self._vectors.best(direction, selection)
        return found[cosines > 0], cosines[cosines > 0]

    @cached_property
    def _vectors(self) -> ExactRanking:
        """Unit vectors of all movies, made when first needed."""
        vectors = similarity_vectors(self._item_embeddings, self._fold_in)
        return ExactRanking(vectors, np.zeros(len(vectors), dtype=np.float32))
