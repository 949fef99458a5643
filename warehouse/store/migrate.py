"""Bringing a store's tables up to what this code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, func, select

from warehouse.errors import StoreError
from warehouse.store.engine import described, open_engine, reading, writing
from warehouse.store.tables import VERSION_TABLE

_MIGRATIONS = Path(__file__).with_name("migrations")
# Any number, the same in every process that upgrades.
_UPGRADE_LOCK = 0x6D617271


def upgrade(url: str) -> str:
    """Run the migrations that a store lacks, all or none, and return its revision.

    Several processes may do so at once: one of them works, the others wait and
    find it done. A SQLite file and its folder are made where there are none.

    Parameters
    ----------
    url : str
        SQLAlchemy address.

    Raises
    ------
    StoreError
        The store cannot be reached or written, or a newer version made it;
        nothing has been changed then.
    """
    engine = open_engine(url, busy_seconds=30)
    try:
        _ensure_folder(engine)
        # The lock on a SQLite file is taken at the begin of the transaction.
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            _refuse_newer(engine, _revision(connection))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return head()


def revision(url: str) -> str | None:
    """Revision of a store's tables; none before the first upgrade.

    Raises
    ------
    StoreError
        The store cannot be reached or read.
    """
    engine = open_engine(url)
    try:
        if _is_missing(engine):
            return None
        with reading(engine) as connection:
            return _revision(connection)
    finally:
        engine.dispose()


def head() -> str:
    """Revision that this code expects."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise StoreError(f"no migrations in {_MIGRATIONS}", "install Marquee anew")
    return newest


def _config() -> Config:
    config = Config()
    # Escaped, because Alembic interpolates % in its options.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _refuse_newer(engine: Engine, current: str | None) -> None:
    try:
        if current is not None:
            ScriptDirectory.from_config(_config()).get_revision(current)
    except CommandError as error:
        raise StoreError(
            f"the store {described(engine.url)} is at revision {current}, "
            f"which is newer than this version of Marquee knows ({head()})",
            "run the version that upgraded it, or restore a copy from before",
        ) from error


def _sqlite_file(engine: Engine) -> Path | None:
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    return Path(engine.url.database)


def _is_missing(engine: Engine) -> bool:
    file = _sqlite_file(engine)
    return file is not None and not file.exists()


def _ensure_folder(engine: Engine) -> None:
    file = _sqlite_file(engine)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the store {described(engine.url)} cannot be made: {error.strerror}",
            "choose a folder that you may write, or mend its permissions",
        ) from error
