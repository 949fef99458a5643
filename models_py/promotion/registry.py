"""The model registry: every trained recipe a version, one of them in production.

MLflow's stages are going, so a stage is a tag on the version (``None``,
``Staging``, ``Production``, ``Archived``) and the aliases ``staging`` and
``production`` point at the versions: ``models:/marquee-<dataset>@production``.
The alias is the truth; the tags are there to be read. One registered model an
edition, so that two editions in one home each have a production model.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode

from models_py.tracking.store import open_client
from warehouse.errors import TrainingError
from warehouse.home import Home

STAGING, PRODUCTION = "staging", "production"
_NO_STAGE, _ARCHIVED = "None", "Archived"
_MISSING = ErrorCode.Name(RESOURCE_DOES_NOT_EXIST)


@dataclass(frozen=True)
class RegisteredVersion:
    """One version in the registry.

    Attributes
    ----------
    number : str
        MLflow's own version, from 1.
    model_version, model_name : str
    run_id : str
    stage : str
    recipe : mapping
        ``parameters`` and ``seed``, enough to train it again.
    in_production_at, rolled_back_at : str or None
        When it last came into production, and when it was last taken out of it
        by hand (ISO, UTC).
    """

    number: str
    model_version: str
    model_name: str
    run_id: str
    stage: str
    recipe: Mapping[str, Any]
    in_production_at: str | None = None
    rolled_back_at: str | None = None


class Registry:
    """Versions of one edition's registered model, ``marquee-<dataset>``.

    Parameters
    ----------
    home : Home
    dataset : str
    """

    def __init__(self, home: Home, dataset: str) -> None:
        self.name = f"marquee-{dataset}"
        self._dataset = dataset
        self._client = open_client(home)
        try:
            self._client.get_registered_model(self.name)
        except MlflowException as error:
            if error.error_code != _MISSING:
                raise
            self._client.create_registered_model(
                self.name,
                tags={"dataset": dataset},
                description=f"Recommenders trained on {dataset}.",
            )

    def register(
        self, model_version: str, model_name: str, run_id: str, recipe: Mapping[str, Any]
    ) -> RegisteredVersion:
        """Add a version from a run's model artifacts; one that is there is returned as it is."""
        found = self.find(model_version)
        if found is not None:
            return found
        self._client.create_model_version(
            self.name,
            source=f"runs:/{run_id}/model",
            run_id=run_id,
            tags={
                "model_version": model_version,
                "model_name": model_name,
                "dataset": self._dataset,
                "stage": _NO_STAGE,
                "recipe": json.dumps(dict(recipe), sort_keys=True),
            },
        )
        return self._expect(model_version)

    def find(self, model_version: str) -> RegisteredVersion | None:
        """Version with this `model_version`, if it is registered."""
        condition = f"name = '{self.name}' and tags.model_version = '{model_version}'"
        found = self._client.search_model_versions(condition)
        return _read(max(found, key=lambda version: int(version.version))) if found else None

    def staging(self) -> RegisteredVersion | None:
        """Version that ``@staging`` points at."""
        return self._by_alias(STAGING)

    def production(self) -> RegisteredVersion | None:
        """Version that ``@production`` points at."""
        return self._by_alias(PRODUCTION)

    def to_staging(self, model_version: str) -> None:
        """Make a registered version the candidate; the one before goes back to no stage."""
        version = self._expect(model_version)
        self._client.set_registered_model_alias(self.name, STAGING, version.number)
        if version.stage != PRODUCTION.capitalize():
            self._enter(version, STAGING.capitalize(), leaving=_NO_STAGE)

    def to_production(self, model_version: str) -> None:
        """Let ``@production`` point at a registered version; the one before is archived.

        ``@staging`` goes on pointing at the latest candidate, even once it is in production.
        """
        version = self._expect(model_version)
        before = self.production()
        if before is None or before.model_version != model_version:
            # Before the alias, by which a repetition after a kill sees no change any more.
            self._tag(version.number, {"in_production_at": _now()})
        self._client.set_registered_model_alias(self.name, PRODUCTION, version.number)
        self._enter(version, PRODUCTION.capitalize(), leaving=_ARCHIVED)

    def roll_back(self, model_version: str) -> None:
        """Let ``@production`` point at a version that has been there; the one now there is marked.

        Raises
        ------
        TrainingError
            The version is not registered.
        """
        before = self.production()
        if before is not None and before.model_version != model_version:
            self._tag(before.number, {"rolled_back_at": _now()})
        self.to_production(model_version)

    def versions(self) -> list[RegisteredVersion]:
        """Every version that `register` has added, the latest first."""
        found = self._client.search_model_versions(f"name = '{self.name}'")
        ours = [version for version in found if "model_version" in version.tags]
        return [_read(each) for each in sorted(ours, key=lambda v: int(v.version), reverse=True)]

    def _enter(self, version: RegisteredVersion, stage: str, leaving: str) -> None:
        """Tag one version with a stage, and any other that still has it with another."""
        self._tag(version.number, {"stage": stage})
        condition = f"name = '{self.name}' and tags.stage = '{stage}'"
        for other in self._client.search_model_versions(condition):
            if str(other.version) != version.number:
                self._tag(str(other.version), {"stage": leaving})

    def tag(self, model_version: str, tags: Mapping[str, Any]) -> None:
        """Set tags on a registered version, such as those of a promotion decision."""
        self._tag(self._expect(model_version).number, tags)

    def _tag(self, number: str, tags: Mapping[str, Any]) -> None:
        for key, value in tags.items():
            self._client.set_model_version_tag(self.name, number, key, str(value))

    def _expect(self, model_version: str) -> RegisteredVersion:
        found = self.find(model_version)
        if found is None:
            raise TrainingError(f"{model_version}: not registered in {self.name}")
        return found

    def _by_alias(self, alias: str) -> RegisteredVersion | None:
        aliases = self._client.get_registered_model(self.name).aliases
        if alias not in aliases:
            return None
        return _read(self._client.get_model_version(self.name, aliases[alias]))


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _read(version: ModelVersion) -> RegisteredVersion:
    tags = version.tags
    try:
        return RegisteredVersion(
            number=str(version.version),
            model_version=tags["model_version"],
            model_name=tags["model_name"],
            run_id=str(version.run_id),
            stage=tags["stage"],
            recipe=json.loads(tags["recipe"]),
            in_production_at=tags.get("in_production_at"),
            rolled_back_at=tags.get("rolled_back_at"),
        )
    except KeyError as error:
        raise TrainingError(
            f"MLflow {version.name} version {version.version}: has no tag {error}, expected one",
            hint="point the alias at a version that `make train` has registered",
        ) from error
