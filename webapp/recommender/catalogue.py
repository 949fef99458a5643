"""The movies of a bundle as an engine needs them: columns, and JSON encoded once.

Two numberings meet here. A movie's *position* counts all movies of the edition
by ascending id; its *row* counts those that the model knows, the rows of the
bundle's arrays. Both ascend with the ids.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson

from warehouse.bundle.components import Array
from warehouse.bundle.reader import Bundle
from webapp.recommender.errors import MovieNotInCatalogue, MovieNotTrained
from webapp.recommender.movie_answers import MovieSummary

YEAR_UNKNOWN = np.iinfo(np.int32).min


class Catalogue:
    """Movies by position and by row.

    The features of all movies are kept as JSON in one piece, a fifth of their
    size as Python objects: they are read a few movies at a time.

    Attributes
    ----------
    ids : int32 array (n_movies,)
        Ascending.
    years : int32 array (n_movies,)
        `YEAR_UNKNOWN` where there is none.
    genres : tuple of str
        Ascending.
    membership : bool array (n_genres, n_movies)
    n_ratings : int64 array (n_movies,)
    mean_ratings : float64 array (n_movies,)
        -1 where there is no rating.
    titles : list of str
        By position.
    row_movie_ids : int32 array (n_items,)
    positions : int64 array (n_items,)
        Of the rows.
    fragments : list of (bytes, bytes)
        By row: the JSON object of a recommended movie, before and after its score.
    """

    def __init__(self, bundle: Bundle) -> None:
        features = sorted(bundle.item_features.values(), key=lambda movie: int(movie["movie_id"]))
        self._dataset = str(bundle.manifest["dataset"])
        self._model_version = bundle.model_version
        self._rows = bundle.item_rows
        self._texts, self._ends = _joined_texts(features)
        self.ids = np.array([movie["movie_id"] for movie in features], dtype=np.int32)
        self.years = np.array(
            [YEAR_UNKNOWN if movie["year"] is None else movie["year"] for movie in features],
            dtype=np.int32,
        )
        self.genres = tuple(sorted({genre for movie in features for genre in movie["genres"]}))
        self.membership = np.zeros((len(self.genres), len(features)), dtype=np.bool_)
        numbers = {genre: number for number, genre in enumerate(self.genres)}
        for position, movie in enumerate(features):
            for genre in movie["genres"]:
                self.membership[numbers[genre], position] = True
        self.n_ratings = np.array([movie["n_ratings"] for movie in features], dtype=np.int64)
        self.mean_ratings = np.array(
            [-1.0 if movie["mean_rating"] is None else movie["mean_rating"] for movie in features]
        )
        self.titles = [str(movie["title"]) for movie in features]
        self.row_movie_ids = bundle.movie_ids
        self.positions = np.searchsorted(self.ids, bundle.movie_ids)
        self.fragments = [_fragments(features[position]) for position in self.positions.tolist()]

    def find_row(self, movie_id: int) -> int | None:
        """Row of a movie, or none if the model does not know it."""
        return self._rows.get(movie_id)

    def known_rows(self, movie_ids: Iterable[int]) -> Array:
        """Rows, int64, of those of the movies that the model knows."""
        rows = map(self._rows.get, movie_ids)
        return np.array([row for row in rows if row is not None], dtype=np.int64)

    def row(self, movie_id: int) -> int:
        """Row of a movie.

        Raises
        ------
        MovieNotInCatalogue, MovieNotTrained
        """
        row = self._rows.get(movie_id)
        if row is None:
            self.position(movie_id)
            raise MovieNotTrained(movie_id, self._model_version)
        return row

    def position(self, movie_id: int) -> int:
        """Position of a movie.

        Raises
        ------
        MovieNotInCatalogue
        """
        position = int(np.searchsorted(self.ids, movie_id))
        if position == len(self.ids) or int(self.ids[position]) != movie_id:
            raise MovieNotInCatalogue(movie_id, self._dataset)
        return position

    def features(self, position: int) -> dict[str, Any]:
        """Everything that the bundle says of one movie."""
        start, end = self._ends[position : position + 2].tolist()
        features: dict[str, Any] = orjson.loads(self._texts[start:end])
        return features

    def summary(self, position: int) -> dict[str, Any]:
        """Fields of `MovieSummary` of one movie."""
        features = self.features(position)
        names = ("movie_id", "title", "year", "genres", "n_ratings", "mean_rating")
        return {
            **{name: features[name] for name in names},
            "is_trained": features["movie_id"] in self._rows,
        }

    def summaries(self, positions: Array) -> list[MovieSummary]:
        """Make a summary of each of the movies."""
        return [MovieSummary(**self.summary(position)) for position in positions.tolist()]


def _fragments(movie: Any) -> tuple[bytes, bytes]:
    head = orjson.dumps({"movie_id": movie["movie_id"], "title": movie["title"]})
    tail = orjson.dumps({"year": movie["year"], "genres": movie["genres"]})
    return b'%b,"score":' % head[:-1], b",%b" % tail[1:]


def _joined_texts(features: list[Any]) -> tuple[bytes, Array]:
    """JSON of every movie in one piece, and where each one begins and the last one ends, int64."""
    texts, ends = bytearray(), [0]
    for movie in features:
        texts += orjson.dumps(dict(movie))
        ends.append(len(texts))
    return bytes(texts), np.array(ends, dtype=np.int64)
