"""What an engine says of itself."""

from dataclasses import dataclass

from warehouse.bundle.reader import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an engine answers from.

    Attributes
    ----------
    model_version, model_name, dataset : str
    cutoff : str
        ISO instant; the model has seen what is strictly before it.
    content_hash : str
        Of the bundle's files.
    n_users, n_items : int
        Users and movies that the model knows.
    n_movies : int
        Movies of the edition.
    dimensions : int
    """

    model_version: str
    model_name: str
    dataset: str
    cutoff: str
    content_hash: str
    n_users: int
    n_items: int
    n_movies: int
    dimensions: int

    @classmethod
    def of(cls, bundle: Bundle) -> "Facts":
        """Read them off a bundle."""
        manifest = bundle.manifest
        return cls(
            model_version=bundle.model_version,
            model_name=str(manifest["model_name"]),
            dataset=str(manifest["dataset"]),
            cutoff=str(manifest["cutoff"]),
            content_hash=str(manifest["content_hash"]),
            n_users=len(bundle.user_ids),
            n_items=len(bundle.movie_ids),
            n_movies=len(bundle.item_features),
            dimensions=int(bundle.item_embeddings.shape[1]),
        )
