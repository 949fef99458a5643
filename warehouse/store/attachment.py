"""What DuckDB needs to read the operational store: its kind, its address, and an extension."""

from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension
from sqlalchemy import URL

from warehouse.errors import BuildError
from warehouse.store.engine import open_engine

_SCHEMAS = {"sqlite": "main", "postgresql": "public"}
_TYPES = {"sqlite": "sqlite", "postgresql": "postgres"}


@dataclass(frozen=True)
class Attachment:
    """How DuckDB attaches one store.

    Attributes
    ----------
    type : str
        ``sqlite`` or ``postgres``, as in ``attach ... (type ...)``.
    path : str
        File, or libpq's connection string without the password.
    schema : str
        Where the tables are.
    password : str or None
        Belongs into the environment (``PGPASSWORD``), where no log shows it.
    """

    type: str
    path: str
    schema: str
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> "Attachment":
        """Translate SQLAlchemy's address of a store.

        Raises
        ------
        StoreError
            The address cannot be used.
        """
        address = open_engine(url).url
        backend = address.get_backend_name()
        if backend == "sqlite":
            # dbt works in a folder of its own, and DuckDB knows no SQLite URIs.
            file = (address.database or "").removeprefix("file:")
            path, password = str(Path(file).resolve()), None
        else:
            path, password = _connection_string(address), address.password
        return cls(_TYPES[backend], path, _SCHEMAS[backend], password)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that dbt's profile and source read, and libpq."""
        secret = {} if self.password is None else {"PGPASSWORD": self.password}
        return secret | {
            "MARQUEE_STORE_TYPE": self.type,
            "MARQUEE_STORE_PATH": self.path,
            "MARQUEE_STORE_SCHEMA": self.schema,
        }


def ensure_extensions(folder: Path, attachment: Attachment) -> None:
    """Copy the extensions that read a store out of their wheels, where they are not yet.

    The one of SQLite is always there: dbt's profile names a setting of it.

    Parameters
    ----------
    folder : Path
        DuckDB's ``extension_directory``.
    attachment : Attachment

    Raises
    ------
    BuildError
        The wheel does not fit this DuckDB, or the folder cannot be written.
    """
    missing = [
        name
        for name in sorted({"sqlite_scanner", f"{attachment.type}_scanner"})
        if not list(folder.glob(f"v{duckdb.__version__}/*/{name}.duckdb_extension"))
    ]
    if not missing:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"extension_directory": str(folder)}) as connection:
            for name in missing:
                import_extension(name, con=connection)
    except (OSError, duckdb.Error, ImportError) as error:
        raise BuildError(
            f"DuckDB {duckdb.__version__} cannot take up its extensions {', '.join(missing)} "
            f"(duckdb-extensions {version('duckdb-extensions')}): {error}",
            "install what requirements.lock names, and let the home be writable",
        ) from error


def _connection_string(address: URL) -> str:
    """Libpq's keywords and values, quoted, without the password."""
    parts = {
        "host": address.host,
        "port": address.port,
        "dbname": address.database,
        "user": address.username,
        **address.query,
    }
    return " ".join(f"{name}={_quoted(value)}" for name, value in parts.items() if value)


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
