"""Which inputs each finished stage was made from, so that only what changed is made again."""

from pathlib import Path

from warehouse.files import fingerprint, sha256_of, write_text
from warehouse.home import Home

_MADE_BY_DBT = {"target", "logs"}


def is_current(home: Home, stage: str, inputs: str) -> bool:
    """Tell whether `stage` last finished on exactly these `inputs` (a fingerprint)."""
    stamp = home.stamps / stage
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == inputs


def begin(home: Home, stage: str) -> None:
    """Forget the stage's last success, so that an interruption is seen by the next run."""
    (home.stamps / stage).unlink(missing_ok=True)


def finish(home: Home, stage: str, inputs: str) -> None:
    """Record that `stage` finished on these `inputs`."""
    write_text(home.stamps / stage, inputs + "\n")


def fingerprint_of_files(root: Path, *patterns: str) -> str:
    """Fingerprint names and contents of all files below `root` that match a glob pattern.

    What dbt writes beside its sources when somebody runs it by hand is no source.
    """
    named = {
        path.relative_to(root): path
        for pattern in patterns
        for path in root.rglob(pattern)
        if path.is_file()
    }
    return fingerprint(
        {
            name.as_posix(): sha256_of(path)
            for name, path in sorted(named.items())
            if not _MADE_BY_DBT & set(name.parts)
        }
    )
