"""What an engine cannot answer, and why.

MarqueeError
└── UnknownIdError             an id names nothing that can be answered about
    ├── MovieNotInCatalogue    the edition has no such movie
    ├── MovieNotTrained        the edition has the movie, the model does not know it
    ├── UserNotKnown           the edition has no such user
    └── UserWithoutHistory     the edition has the user, the model does not know them
"""

from typing import ClassVar

from warehouse.errors import MarqueeError


class UnknownIdError(MarqueeError):
    """An id names nothing that can be answered about.

    Attributes
    ----------
    number : int
        The id.
    reason : str
        The kind of error, in snake case.
    """

    reason: ClassVar[str]

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


class MovieNotInCatalogue(UnknownIdError):  # noqa: N818 - says what is so, as the rest of the tree
    """The edition has no such movie."""

    reason = "not_in_catalogue"

    def __init__(self, movie_id: int, dataset: str) -> None:
        super().__init__(movie_id, f"movie {movie_id}: not in the catalogue of {dataset}")


class MovieNotTrained(UnknownIdError):  # noqa: N818
    """The edition has the movie, but it had too few ratings for the model to learn it."""

    reason = "not_trained"

    def __init__(self, movie_id: int, model_version: str) -> None:
        super().__init__(
            movie_id,
            f"movie {movie_id}: in the catalogue, but {model_version} was never trained on it",
        )


class UserNotKnown(UnknownIdError):  # noqa: N818
    """The edition has no such user."""

    reason = "unknown_user"

    def __init__(self, user_id: int, dataset: str) -> None:
        super().__init__(user_id, f"user {user_id}: not among the users of {dataset}")


class UserWithoutHistory(UnknownIdError):  # noqa: N818
    """The edition has the user, but no rating of theirs that the model could learn from."""

    reason = "no_history"

    def __init__(self, user_id: int, model_version: str) -> None:
        super().__init__(
            user_id, f"user {user_id}: has no history that {model_version} was trained on"
        )
