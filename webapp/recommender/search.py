"""Finding the movie that a person means."""

from typing import NamedTuple

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.answers import Match
from webapp.recommender.catalogue import YEAR_UNKNOWN, Catalogue
from webapp.recommender.movie_answers import FoundMovie
from webapp.recommender.questions import SearchQuestion
from webapp.recommender.title_index import TitleIndex
from webapp.recommender.title_text import readings

_MATCHES: tuple[Match, ...] = ("exact", "prefix", "words", "fuzzy")
_EXACT, _PREFIX, _WORDS, _FUZZY = range(4)
_MOST_STEPS_FOR_YEAR = 2


class _Rank(NamedTuple):
    """How well a movie fits; the smallest comes first."""

    penalty: int
    match: int
    distance: float
    unpopularity: int
    position: int


class Search:
    """Movies by title, whether the model knows them or not.

    Ranked by how the title agrees with the text: equal, beginning with it,
    holding its words, or nearly so; then by the number of ratings. Case,
    accents, punctuation, the place of articles, "&" for "and", Roman numerals
    and the original titles in parentheses make no difference. A year in the text
    counts for the movies of that year: one of another year falls by two steps, by
    one if it is next to it.

    Slips are looked for only where no title equals the text and fewer movies
    than wanted were found, likeness as a whole only where nothing was found.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index = TitleIndex(catalogue.titles)

    def answer(self, question: SearchQuestion) -> list[FoundMovie]:
        """List up to `limit` movies, the most likely first; none for text without letters."""
        found = _Found(self._catalogue, question.limit)
        index, typed = self._index, readings(question.text)
        for text, year in typed:
            found.add(_EXACT, year, index.exact(text))
            found.add(_PREFIX, year, index.prefixed(text))
            found.add(_WORDS, year, index.with_words(text))
        if len(found.ranks) < question.limit and not found.has(_EXACT):
            for text, year in typed:
                found.add(_FUZZY, year, *index.with_similar_words(text))
                found.add(_FUZZY, year, index.run_together(text))
        if typed and not found.ranks:
            text, year = typed[-1]
            positions, likeness = index.resembling(text, question.limit)
            found.add(_FUZZY, year, positions, -likeness)
        return [
            FoundMovie(**self._catalogue.summary(rank.position), match=_MATCHES[rank.match])
            for rank in sorted(found.ranks.values())[: question.limit]
        ]


class _Found:
    """The best rank of every movie that may be among the first `limit`."""

    def __init__(self, catalogue: Catalogue, limit: int) -> None:
        self._years, self._n_ratings, self._limit = catalogue.years, catalogue.n_ratings, limit
        self.ranks: dict[int, _Rank] = {}

    def has(self, match: int) -> bool:
        """Whether a movie was found by this match."""
        return any(rank.match == match for rank in self.ranks.values())

    def add(
        self, match: int, year: int | None, positions: Array, distances: Array | None = None
    ) -> None:
        """Note the best of the movies at `positions` that have no better rank yet.

        Parameters
        ----------
        match : int
        year : int or None
            Year that was asked for.
        positions : int array (n,)
            Without repetition.
        distances : float array (n,), optional
            How far each title is from the text; default 0.
        """
        apart = np.zeros(len(positions)) if distances is None else distances
        penalties = match + self._steps_for_year(year, positions)
        popularity = self._n_ratings[positions]
        order = np.lexsort((positions, -popularity, apart, penalties))[: self._limit]
        for position, penalty, distance, n_ratings in zip(
            positions[order].tolist(),
            penalties[order].tolist(),
            apart[order].tolist(),
            popularity[order].tolist(),
            strict=True,
        ):
            rank = _Rank(penalty, match, distance, -n_ratings, position)
            self.ranks[position] = min(rank, self.ranks.get(position, rank))

    def _steps_for_year(self, wanted: int | None, positions: Array) -> Array:
        """How many steps each movie falls for its year, int64."""
        if wanted is None:
            return np.zeros(len(positions), dtype=np.int64)
        years = self._years[positions].astype(np.int64)
        steps = np.minimum(np.abs(years - wanted), _MOST_STEPS_FOR_YEAR)
        return np.where(years == YEAR_UNKNOWN, _MOST_STEPS_FOR_YEAR, steps)
