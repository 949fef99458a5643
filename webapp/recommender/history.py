"""What a user has rated, newest first."""

from datetime import UTC, datetime

import numpy as np

from warehouse.bundle.reader import Bundle
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.errors import UserNotKnown, UserWithoutHistory
from webapp.recommender.movie_answers import HistoryPage, RatedMovie
from webapp.recommender.questions import HistoryQuestion


class Histories:
    """Ratings of the edition's users on the movies that the model knows."""

    def __init__(self, bundle: Bundle, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._rows_without_history = bundle.rows_without_history
        self._seen, self._user_rows = bundle.seen, bundle.user_rows
        self._dataset = str(bundle.manifest["dataset"])
        self._model_version = bundle.model_version

    def page(self, question: HistoryQuestion) -> HistoryPage:
        """List one page; ratings of one instant in the order of the movie ids.

        Raises
        ------
        UserNotKnown, UserWithoutHistory
        """
        user_id = question.user_id
        row = self._user_rows.get(user_id, self._rows_without_history.get(user_id))
        if row is None:
            raise UserNotKnown(user_id, self._dataset)
        part = self._seen.row(row)
        if part.start == part.stop:
            raise UserWithoutHistory(user_id, self._model_version)
        ratings, instants = (values[part] for values in self._seen.values)
        newest = np.argsort(-instants, kind="stable")
        shown = newest[question.offset : question.offset + question.limit]
        positions = self._catalogue.positions[self._seen.indices[part][shown]]
        return HistoryPage(
            user_id=user_id,
            total=len(newest),
            offset=question.offset,
            limit=question.limit,
            ratings=[
                self._rated(position, rating, instant)
                for position, rating, instant in zip(
                    positions.tolist(),
                    ratings[shown].tolist(),
                    instants[shown].tolist(),
                    strict=True,
                )
            ],
        )

    def _rated(self, position: int, rating: float, instant: int) -> RatedMovie:
        features = self._catalogue.features(position)
        return RatedMovie(
            movie_id=features["movie_id"],
            title=features["title"],
            year=features["year"],
            genres=features["genres"],
            rating=rating,
            rated_at=datetime.fromtimestamp(instant, UTC).isoformat(),
        )
