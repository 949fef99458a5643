"""The layout of ``$MARQUEE_HOME``: the one place that knows where a file belongs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths below one home. Building one touches no disk.

    Parameters
    ----------
    root : Path
        The folder that ``MARQUEE_HOME`` names.
    """

    root: Path

    def raw(self, dataset: str) -> Path:
        """Folder of an edition's typed Parquet files."""
        return self.root / "raw" / dataset

    @property
    def downloads(self) -> Path:
        """Archives as fetched, kept so that a conversion can be repeated offline."""
        return self.root / "downloads"

    @property
    def build_file(self) -> Path:
        """The warehouse under construction; only dbt writes it."""
        return self.root / "build" / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Folder of finished warehouses, one folder a version."""
        return self.root / "published"

    @property
    def pointer(self) -> Path:
        """Symbolic link to the current published warehouse."""
        return self.root / "warehouse.duckdb"

    def incoming(self, dataset: str) -> Path:
        """Folder that people drop files of new interactions into."""
        return self.root / "incoming" / dataset

    def interactions(self, dataset: str) -> Path:
        """Folder of the batches of interactions that were accepted."""
        return self.root / "interactions" / dataset

    def ml(self, table: str, dataset: str) -> Path:
        """Folder of the Parquet files that one ML source table is read from."""
        return self.root / "ml" / table / dataset

    @property
    def bundles(self) -> Path:
        """Folder of serving bundles, one folder a model version, and ``CURRENT``."""
        return self.root / "bundles"

    @property
    def store_file(self) -> Path:
        """The operational store where no other address is set (SQLite)."""
        return self.root / "app.db"

    @property
    def request_log_archive(self) -> Path:
        """Folder of the Parquet files that old rows of the request log are moved to."""
        return self.root / "archive" / "request_logs"

    @property
    def reports(self) -> Path:
        """Folder of the reports, a page and a Markdown file each."""
        return self.root / "reports"

    @property
    def mlflow_database(self) -> Path:
        """MLflow's tracking and registry store (SQLite)."""
        return self.root / "mlflow.db"

    @property
    def mlflow_artifacts(self) -> Path:
        """Root of MLflow's artifacts."""
        return self.root / "mlartifacts"

    @property
    def simulation(self) -> Path:
        """State of the simulation that this home is in; absent where there is none."""
        return self.root / "simulation.json"

    @property
    def rollback(self) -> Path:
        """The rollback that was begun and is not finished; absent where there is none."""
        return self.root / "rollback.json"

    @property
    def schedule(self) -> Path:
        """When the next scheduled retraining is due."""
        return self.root / "schedule.json"

    @property
    def stamps(self) -> Path:
        """Fingerprints of the inputs that each finished stage was made from."""
        return self.root / "stamps"

    @property
    def lock_file(self) -> Path:
        """Held by the one pipeline that may write."""
        return self.root / ".lock"
