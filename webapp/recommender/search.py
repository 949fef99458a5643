"""Finding the movie that a person means."""

import numpy as np

from webapp.recommender.answers import FoundMovie
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.questions import SearchQuestion


class Search:
    """Titles by what they hold."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._texts = [title.casefold() for title in catalogue.titles]

    def answer(self, question: SearchQuestion) -> list[FoundMovie]:
        """List the movies whose titles hold the text, the most rated first."""
        text = question.text.casefold().strip()
        found = [position for position, title in enumerate(self._texts) if text in title]
        order = np.argsort(-self._catalogue.n_ratings[found], kind="stable")[: question.limit]
        return [
            FoundMovie(**self._catalogue.summary(found[number]), match="words")
            for number in order.tolist()
        ]
