"""A rollback in the making: on record before its first step, so that the next run can finish it.

The bundle pointer, the registry and the table of decisions are three places,
and a process can be killed between any two. Each step may be done again.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from models_py.promotion.decision import Decision, write_decision
from models_py.promotion.registry import Registry
from warehouse import stamps
from warehouse.bundle import load_bundle, set_current
from warehouse.errors import BundleError
from warehouse.files import write_json
from warehouse.home import Home


@dataclass(frozen=True)
class Reversal:
    """A rollback that was decided.

    Attributes
    ----------
    dataset : str
    begun_at : datetime
        UTC; tells its record from those of other rollbacks.
    decision : Decision
        Without a difference; its challenger is what is put back.
    """

    dataset: str
    begun_at: datetime
    decision: Decision

    @property
    def target(self) -> str:
        """Model version that is put back."""
        return self.decision.challenger_version


def begin(home: Home, dataset: str, decision: Decision) -> Reversal:
    """Put on record what is about to be done."""
    reversal = Reversal(dataset, datetime.now(UTC), decision)
    content = {"dataset": dataset, "begun_at": reversal.begun_at.isoformat()}
    write_json(home.rollback, {**content, "decision": vars(decision)})
    return reversal


def pending(home: Home, console: Console) -> Reversal | None:
    """Rollback that was begun and never finished; one whose bundle is lost since is given up.

    Raises
    ------
    BundleError
        Its record cannot be read.
    """
    try:
        content: dict[str, Any] = json.loads(home.rollback.read_text(encoding="utf-8"))
        decision = Decision(**content["decision"])
        begun_at = datetime.fromisoformat(content["begun_at"])
        reversal = Reversal(content["dataset"], begun_at, decision)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"{home.rollback}: not the record of a rollback",
            hint="remove it, and roll back again with `make rollback VERSION=...`",
        ) from error
    try:
        load_bundle(home.bundles / reversal.target)
    except BundleError as error:
        end(home)
        console.print(
            f"[yellow]given up:[/] the rollback to {reversal.target}: {error.message}",
            soft_wrap=True,
        )
        return None
    return reversal


def carry_out(home: Home, reversal: Reversal) -> None:
    """Move the pointer, the registry and the record, and let the publication be made again.

    The pointer moves first, so that a running API takes the bundle up within
    its next look.
    """
    set_current(home, reversal.target)
    Registry(home, reversal.dataset).roll_back(reversal.target)
    stem = f"rollback-{reversal.begun_at:%Y%m%dT%H%M%S.%fZ}"
    write_decision(home, reversal.dataset, reversal.decision, stem)
    stamps.begin(home, "publish")


def end(home: Home) -> None:
    """Take the rollback off the record of what is in the making."""
    home.rollback.unlink(missing_ok=True)


def finish_pending(home: Home, console: Console) -> None:
    """Finish the rollback that was interrupted, if there is one, but for the publication.

    Only for the process that holds the home's lock.

    Raises
    ------
    BundleError
        See `pending`.
    """
    reversal = pending(home, console)
    if reversal is None:
        return
    carry_out(home, reversal)
    end(home)
    begun = f"begun at {reversal.begun_at:%Y-%m-%d %H:%M} UTC and interrupted"
    console.print(f"finished: the rollback to [bold]{reversal.target}[/], {begun}", soft_wrap=True)
