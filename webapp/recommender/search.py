"""Finding the movie that a person means."""

from typing import NamedTuple

from warehouse.bundle.components import Array
from webapp.recommender.answers import FoundMovie, Match
from webapp.recommender.catalogue import YEAR_UNKNOWN, Catalogue
from webapp.recommender.questions import SearchQuestion
from webapp.recommender.title_index import TitleIndex
from webapp.recommender.title_text import Typed, readings

_MATCHES: tuple[Match, ...] = ("exact", "prefix", "words", "fuzzy")
_EXACT, _PREFIX, _WORDS, _FUZZY = range(4)
# Titles that only resemble the text as a whole come after those with slips in their words.
_MOST_SLIPS = 64


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
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index = TitleIndex(catalogue.titles)

    def answer(self, question: SearchQuestion) -> list[FoundMovie]:
        """List up to `limit` movies, the most likely first; none for text without letters."""
        typed = readings(question.text)
        ranks: dict[int, _Rank] = {}
        for reading in typed:
            self._collect(ranks, reading, _EXACT, self._index.exact(reading.text))
            self._collect(ranks, reading, _PREFIX, self._index.prefixed(reading.text))
            self._collect(ranks, reading, _WORDS, self._index.with_words(reading.text))
        if len(ranks) < question.limit:
            for reading in typed:
                self._collect(ranks, reading, _FUZZY, *self._index.with_similar_words(reading.text))
                self._collect(ranks, reading, _FUZZY, self._index.run_together(reading.text))
        if len(ranks) < question.limit and typed:
            found, likeness = self._index.resembling(typed[-1].text, question.limit)
            self._collect(ranks, typed[-1], _FUZZY, found, _MOST_SLIPS - likeness)
        best = sorted(ranks.values())[: question.limit]
        return [
            FoundMovie(**self._catalogue.summary(rank.position), match=_MATCHES[rank.match])
            for rank in best
        ]

    def _collect(
        self,
        ranks: dict[int, _Rank],
        reading: Typed,
        match: int,
        positions: Array,
        distances: Array | None = None,
    ) -> None:
        """Note the movies at `positions`, if they are not there with a better rank."""
        years = self._catalogue.years[positions].tolist()
        ratings = self._catalogue.n_ratings[positions].tolist()
        apart = [0.0] * len(years) if distances is None else distances.tolist()
        for position, year, n_ratings, distance in zip(
            positions.tolist(), years, ratings, apart, strict=True
        ):
            penalty = match + _years_apart(reading.year, year)
            rank = _Rank(penalty, match, distance, -n_ratings, position)
            if position not in ranks or rank < ranks[position]:
                ranks[position] = rank


def _years_apart(wanted: int | None, year: int) -> int:
    """Count the steps that a movie falls for its year: none, one, or two."""
    if wanted is None:
        return 0
    return 2 if year == YEAR_UNKNOWN else min(abs(wanted - year), 2)
