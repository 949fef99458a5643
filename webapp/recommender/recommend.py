"""What to recommend to a person, known, new or nameless."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.layout import Ragged
from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import FallbackReason, Recommendations, Strategy
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.exact_ranking import ExactRanking
from webapp.recommender.filters import FilterTable
from webapp.recommender.genre_taste import genre_bonus, genre_scores
from webapp.recommender.kept_rankings import KeptRankings
from webapp.recommender.popular import Popularity
from webapp.recommender.questions import RecommendQuestion, Window
from webapp.recommender.ranking import ranked_fields
from webapp.recommender.seeds import NO_SEEDS, Seeds, usable_seeds
from webapp.recommender.top_k import Selection
from webapp.recommender.user_vectors import UserVectors

# What is liked lately foretells what anybody likes next better than what was ever liked: on
# validation of ML-100K, `popularity_decayed` against `popularity_all_time`, NDCG@10 of known
# people .217 and .125, of newcomers .303 and .276.
FALLBACK_WINDOW: Window = "trending"
# On ML-1M one filter in a hundred lets fewer than ten of so many pass.
KEPT_DEPTH = 384


@dataclass(frozen=True, slots=True)
class _Task:
    """A question with everything looked up; without a vector it is not personal."""

    question: RecommendQuestion
    seeds: Seeds
    selection: Selection
    vector: Array | None

    @property
    def is_plain(self) -> bool:
        """Whether the vector alone decides, so that many can be scored together."""
        return self.vector is not None and not self.seeds.genres


class Recommender:
    """Ranks every movie that the model knows for one person.

    The strategy of an answer says where its scores come from:

    - ``personal``: the stored vector of the user, times the movie, plus the prior.
    - ``seeds``: the same with a vector that the seed movies are folded into, at
      the default rating and age 0; a known user's history is folded in with them.
    - ``seed_genres``: of a known user, as ``personal`` with a bonus for movies of
      the genres; else popularity within the genres. See `genre_taste`.
    - ``seeds_and_genres``: as ``seeds``, with that bonus.
    - ``popular``: trending popularity, the fallback.

    Seen, excluded, filtered and seed movies leave before the best are taken, so
    `k` movies come back whenever `k` are left. Filters hold for a fallback too.
    """

    def __init__(
        self,
        bundle: Bundle,
        catalogue: Catalogue,
        filters: FilterTable,
        popularity: Popularity,
        kept: int,
    ) -> None:
        self._catalogue, self._filters, self._popularity = catalogue, filters, popularity
        self._model_version = bundle.model_version
        self._rows_without_history = bundle.rows_without_history
        self._user_rows, self._seen = bundle.user_rows, bundle.seen
        self._vectors = UserVectors(bundle)
        self._ranking = ExactRanking(bundle.item_embeddings, bundle.item_prior)
        # Not a method: the cache would refer to what holds it.
        self._rank_unseen = partial(
            _rank_unseen, self._ranking, bundle.user_embeddings, bundle.seen
        )
        self._kept = KeptRankings(self._rank_unseen, KEPT_DEPTH, kept)
        self._membership = np.ascontiguousarray(catalogue.membership[:, catalogue.positions])

    def answer(self, question: RecommendQuestion) -> Recommendations:
        """Answer a question."""
        ranked = self._unseen(question)
        if ranked is not None:
            return self._recommendations(question, NO_SEEDS, ranked, "personal", None)
        return self._answer_alone(self._task(question))

    def answer_many(self, questions: Sequence[RecommendQuestion]) -> list[Recommendations]:
        """Answer each as `answer` does, scoring all that have only a vector together."""
        tasks = [self._task(question) for question in questions]
        ranked = self._ranking.best_of_each(
            [
                (task.vector, task.selection)
                for task in tasks
                if task.vector is not None and task.is_plain
            ]
        )
        return [
            self._personal(task, next(ranked)) if task.is_plain else self._answer_alone(task)
            for task in tasks
        ]

    def _unseen(self, question: RecommendQuestion) -> tuple[Array, Array] | None:
        """Rank what a known user has not seen; none for any other question."""
        user_row = None if question.user_id is None else self._user_rows.get(question.user_id)
        if (
            user_row is None
            or not question.exclude_seen
            or question.seed_movie_ids
            or question.seed_genres
            or question.exclude_movie_ids
        ):
            return None
        kept = self._kept.best(user_row, self._filters.mask(question.filters), question.k)
        if kept is not None:
            return kept
        return self._rank_unseen(user_row, question.k, self._filters.passing(question.filters))

    def _answer_alone(self, task: _Task) -> Recommendations:
        if task.vector is None:
            return self._impersonal(task)
        bonus = None
        if task.seeds.genres:
            members = self._membership[task.seeds.genres]
            bonus = genre_bonus(members, self._ranking.scores(task.vector))
        return self._personal(task, self._ranking.best(task.vector, task.selection, bonus))

    def _task(self, question: RecommendQuestion) -> _Task:
        user_id = question.user_id
        user_row = None if user_id is None else self._user_rows.get(user_id)
        seeds = usable_seeds(question, self._catalogue, self._filters)
        left_out: list[Array] = []
        seen_row = user_row
        if seen_row is None and user_id is not None:
            seen_row = self._rows_without_history.get(user_id)
        if seen_row is not None and question.exclude_seen:
            left_out.append(self._seen.indices[self._seen.row(seen_row)])
        if len(seeds.rows):
            left_out.append(seeds.rows)
        if question.exclude_movie_ids:
            left_out.append(self._catalogue.known_rows(question.exclude_movie_ids))
        excluded = None
        if left_out:
            excluded = left_out[0] if len(left_out) == 1 else np.concatenate(left_out)
        passing = self._filters.passing(question.filters)
        vector = self._vectors.find(user_row, seeds.rows)
        return _Task(question, seeds, Selection(question.k, passing, excluded), vector)

    def _personal(self, task: _Task, ranked: tuple[Array, Array]) -> Recommendations:
        strategy: Strategy = "seed_genres" if task.seeds.genres else "personal"
        if len(task.seeds.rows):
            strategy = "seeds_and_genres" if task.seeds.genres else "seeds"
        return self._recommendations(task.question, task.seeds, ranked, strategy, None)

    def _impersonal(self, task: _Task) -> Recommendations:
        """Answer from popularity: within the seed genres, or as a fallback."""
        question, seeds, selection = task.question, task.seeds, task.selection
        if seeds.genres:
            popularity = self._popularity.scores[FALLBACK_WINDOW]
            scores = genre_scores(self._membership[seeds.genres], popularity)
            return self._recommendations(
                question, seeds, selection.best(scores), "seed_genres", None
            )
        ranked = self._popularity.best(
            FALLBACK_WINDOW, question.filters, question.k, selection.excluded
        )
        return self._recommendations(question, seeds, ranked, "popular", self._reason(question))

    def _reason(self, question: RecommendQuestion) -> FallbackReason:
        if question.seed_movie_ids or question.seed_genres:
            return "no_usable_seeds"
        if question.user_id is None:
            return "no_user"
        return "no_history" if question.user_id in self._rows_without_history else "unknown_user"

    def _recommendations(
        self,
        question: RecommendQuestion,
        seeds: Seeds,
        ranked: tuple[Array, Array],
        strategy: Strategy,
        reason: FallbackReason | None,
    ) -> Recommendations:
        return Recommendations(
            **ranked_fields(self._catalogue, self._model_version, ranked, question.k),
            user_id=question.user_id,
            strategy=strategy,
            is_fallback=reason is not None,
            fallback_reason=reason,
            ignored_seed_movie_ids=seeds.ignored_movie_ids,
            ignored_seed_genres=seeds.ignored_genres,
        )


def _rank_unseen(
    ranking: ExactRanking,
    vectors: Array,
    seen: Ragged,
    user_row: int,
    k: int,
    passing: Array | None = None,
) -> tuple[Array, Array]:
    """Rank what a known user has not rated."""
    rated = seen.indices[seen.row(user_row)]
    return ranking.best(np.asarray(vectors[user_row]), Selection(k, passing, rated))
