"""What to recommend to a person, known, new or nameless."""

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import FallbackReason, Recommendations, Strategy
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.filters import FilterTable
from webapp.recommender.genre_taste import genre_bonus, genre_scores
from webapp.recommender.popular import Popularity
from webapp.recommender.questions import RecommendQuestion, Window
from webapp.recommender.ranking import ranked_fields
from webapp.recommender.seeds import Seeds, usable_seeds
from webapp.recommender.top_k import ExactRanking

# What is liked lately foretells what a newcomer likes next far better than what was
# liked ever: NDCG@10 of .19 against .13 on ML-100K's later months.
FALLBACK_WINDOW: Window = "trending"


class Recommender:
    """Ranks every movie that the model knows for one person.

    ==================  =========================================================
    strategy            scores
    ==================  =========================================================
    ``personal``        stored vector of the user . movie + prior
    ``seeds``           the same with the vector of the seed movies, folded in at
                        the default rating and age 0; of a known user, folded in
                        together with the user's history
    ``seed_genres``     of a known user: as ``personal``, with a bonus for movies
                        of the genres; else popularity within the genres; see
                        `genre_taste`
    ``seeds_and_genres``  as ``seeds``, with that bonus
    ``popular``         trending popularity: the fallback
    ==================  =========================================================

    Seen, excluded, filtered and seed movies leave before the best are taken, so
    `k` movies come back whenever `k` are left. Filters hold for the fallback too.
    """

    def __init__(
        self,
        bundle: Bundle,
        catalogue: Catalogue,
        filters: FilterTable,
        popularity: Popularity,
        without_history: frozenset[int],
    ) -> None:
        self._catalogue, self._filters, self._popularity = catalogue, filters, popularity
        self._without_history = without_history
        self._model_version = bundle.model_version
        self._user_rows, self._user_embeddings = bundle.user_rows, bundle.user_embeddings
        self._seen, self._histories, self._fold_in = bundle.seen, bundle.histories, bundle.fold_in
        self._default_rating = float(bundle.metadata["default_rating"])
        self._ranking = ExactRanking(bundle.item_embeddings, bundle.item_prior)
        self._membership = catalogue.membership[:, catalogue.positions]

    def answer(self, question: RecommendQuestion) -> Recommendations:
        """Answer a question."""
        user_row = None if question.user_id is None else self._user_rows.get(question.user_id)
        seeds = usable_seeds(question, self._catalogue, self._filters)
        excluded = self._excluded(question, user_row, seeds)
        reason: FallbackReason | None = None
        strategy: Strategy
        if user_row is not None or len(seeds.rows):
            strategy = "personal"
            vector = self._vector(user_row, seeds.rows)
            bonus = self._bonus(vector, seeds)
            passing = self._filters.passing(question.filters)
            ranked = self._ranking.best(vector, question.k, passing, excluded, bonus)
        elif seeds.genres:
            strategy = "seed_genres"
            ranked = self._best_of_genres(question, excluded, seeds)
        else:
            strategy, reason = "popular", self._reason(question)
            ranked = self._popularity.best(FALLBACK_WINDOW, question.filters, question.k, excluded)
        return Recommendations(
            **ranked_fields(self._catalogue, self._model_version, ranked, question.k),
            user_id=question.user_id,
            strategy=_seeded(seeds) or strategy,
            is_fallback=reason is not None,
            fallback_reason=reason,
            ignored_seed_movie_ids=seeds.ignored_movie_ids,
            ignored_seed_genres=seeds.ignored_genres,
        )

    def _excluded(
        self, question: RecommendQuestion, user_row: int | None, seeds: Seeds
    ) -> Array | None:
        """Rows that must not come back; none if there are none."""
        parts: list[Array] = []
        if user_row is not None and question.exclude_seen:
            parts.append(self._seen.indices[self._seen.row(user_row)])
        if len(seeds.rows):
            parts.append(seeds.rows)
        if question.exclude_movie_ids:
            rows = map(self._catalogue.find_row, question.exclude_movie_ids)
            parts.append(np.array([row for row in rows if row is not None], dtype=np.int64))
        if len(parts) > 1:
            return np.concatenate(parts)
        return parts[0] if parts else None

    def _vector(self, user_row: int | None, seeds: Array) -> Array:
        """Vector of a known user, of seeds, or of both together."""
        if user_row is not None and len(seeds) == 0:
            return np.asarray(self._user_embeddings[user_row])
        ratings = np.full(len(seeds), self._default_rating, dtype=np.float32)
        ages = np.zeros(len(seeds), dtype=np.float32)
        if user_row is None:
            return self._fold_in.vector(seeds, ratings, ages)
        part = self._histories.row(user_row)
        liked = self._histories.indices[part]
        known_ratings, known_ages = (values[part] for values in self._histories.values)
        # A seed that is in the history already keeps its stars and becomes new again.
        renewed, fresh = np.isin(liked, seeds), ~np.isin(seeds, liked)
        rows = np.concatenate([liked, seeds[fresh]])
        order = np.argsort(rows)
        return self._fold_in.vector(
            rows[order],
            np.concatenate([known_ratings, ratings[fresh]])[order],
            np.concatenate([np.where(renewed, 0, known_ages), ages[fresh]])[order],
        )

    def _bonus(self, vector: Array, seeds: Seeds) -> Array | None:
        if not seeds.genres:
            return None
        return genre_bonus(self._membership[seeds.genres], self._ranking.scores(vector))

    def _best_of_genres(
        self, question: RecommendQuestion, excluded: Array | None, seeds: Seeds
    ) -> tuple[Array, Array]:
        scores = genre_scores(
            self._membership[seeds.genres], self._popularity.scores[FALLBACK_WINDOW]
        )
        rows, _ = self._popularity.best(FALLBACK_WINDOW, question.filters, len(scores), excluded)
        order = np.lexsort((rows, -scores[rows]))[: question.k]
        return rows[order], scores[rows[order]]

    def _reason(self, question: RecommendQuestion) -> FallbackReason:
        if question.seed_movie_ids or question.seed_genres:
            return "no_usable_seeds"
        if question.user_id is None:
            return "no_user"
        return "no_history" if question.user_id in self._without_history else "unknown_user"


def _seeded(seeds: Seeds) -> Strategy | None:
    """Name what the seeds contributed, if there were any that could be used."""
    if len(seeds.rows):
        return "seeds_and_genres" if seeds.genres else "seeds"
    return "seed_genres" if seeds.genres else None
