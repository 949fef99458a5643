"""``make rollback``: an earlier bundle back in service, the registry and the record with it."""

from rich.console import Console

from models_py.pipeline import Inputs, publish_models
from models_py.promotion import reversal
from models_py.promotion.decision import Decision, simulated
from models_py.promotion.registry import RegisteredVersion, Registry
from models_py.recipes.configuration import load_promotion_rule
from warehouse.bundle import Bundle, load_bundle
from warehouse.bundle.pointer import versions
from warehouse.dbt import Dbt
from warehouse.errors import BundleError
from warehouse.home import Home
from warehouse.known import Known, resolve_known
from warehouse.lock import exclusive
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset


def roll_back(settings: Settings, version: str | None, console: Console) -> str:
    """Put an earlier bundle back: the pointer, the registry, the record, the publication.

    What was put back stays until new data or code are trained on. A rollback
    that was killed is finished by the next one, which goes further only where
    it names another version.

    Parameters
    ----------
    settings : Settings
    version : str or None
        Model version; none: the one that was in production last, of those
        that were not rolled back themselves.
    console : Console

    Returns
    -------
    str
        The version that serves now.

    Raises
    ------
    BundleError
        There is no such bundle, it is damaged, or it serves already.
    """
    home = settings.home
    with exclusive(home):
        settings, known = resolve_known(settings, ensure_dataset(settings, console))
        begun = reversal.pending(home, console)
        if begun is None or begun.dataset != known.dataset or version not in (None, begun.target):
            reversal.finish_pending(home, console)
            begun = reversal.begin(home, known.dataset, _decide(home, known, version))
        reversal.carry_out(home, begun)
        console.print(f"[bold]{begun.target}[/]: {begun.decision.reason}", soft_wrap=True)
        if (home.stamps / "build").is_file():
            with Dbt(settings, known.dataset) as dbt:
                publish_models(settings, known, Inputs.of(known), dbt, console)
        else:
            console.print("[yellow]not published:[/] `make pipeline` finishes the warehouse first")
        reversal.end(home)
    return begun.target


def _decide(home: Home, known: Known, version: str | None) -> Decision:
    """Choose what is put back, and make sure that it can serve."""
    registry = Registry(home, known.dataset)
    production = registry.production()
    kept = _kept(home, registry, production)
    target = version or _latest(kept)
    if target not in kept:
        raise _no_such(target, kept, production)
    decision = _record(home, load_bundle(home.bundles / target), production)
    return simulated(decision, known.as_of) if known.as_of is not None else decision


def _kept(
    home: Home, registry: Registry, production: RegisteredVersion | None
) -> dict[str, RegisteredVersion]:
    """Versions of this edition whose bundles are there, but for the one in production."""
    there = set(versions(home)) - ({production.model_version} if production else set())
    return {each.model_version: each for each in registry.versions() if each.model_version in there}


def _latest(kept: dict[str, RegisteredVersion]) -> str | None:
    """Return the version that was in production last, and not taken out of it by hand since."""
    trusted = [
        each
        for each in kept.values()
        if (each.rolled_back_at or "") <= (each.in_production_at or "")
    ]
    latest = max(trusted, key=lambda each: each.in_production_at or "", default=None)
    return latest.model_version if latest else None


def _no_such(
    target: str | None, kept: dict[str, RegisteredVersion], production: RegisteredVersion | None
) -> BundleError:
    if target is not None and production is not None and target == production.model_version:
        return BundleError(f"{target}: is in production already")
    listed = ", ".join(sorted(kept)) or "none"
    if target is None:
        return BundleError(
            "no earlier bundle is left to go back to that was not rolled back itself",
            hint=f"name one with VERSION=...; kept: {listed}",
        )
    return BundleError(
        f"{target}: no bundle of this version is kept",
        hint=f"kept: {listed}; MARQUEE_KEEP_VERSIONS says how many are",
    )


def _record(home: Home, bundle: Bundle, production: RegisteredVersion | None) -> Decision:
    """Put a rollback in the words of a decision.

    The figures are those of each version's own validation window, so they are
    no comparison.
    """
    criterion = load_promotion_rule().primary
    name = f"validation.{criterion.population}.{criterion.key}"
    left = production.model_version if production else None
    leaving = None
    if left is not None:
        try:
            leaving = load_bundle(home.bundles / left, verify=False)
        except BundleError:
            leaving = None
    return Decision(
        challenger_version=bundle.model_version,
        champion_version=left,
        promoted=True,
        reason=f"rolled back by hand from {left or 'nothing'}; no comparison was made",
        metric=name,
        challenger_value=_figure(bundle, name),
        champion_value=_figure(leaving, name) if leaving else None,
        relative_change=None,
        difference=None,
        details={"rollback": True},
    )


def _figure(bundle: Bundle, name: str) -> float:
    return float(bundle.manifest["metrics"].get(name.replace("@", "_at_"), float("nan")))
