"""``python -m webapp``: serve, compute a logged answer again, print the OpenAPI document."""

import sys
from dataclasses import replace

import click

from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings


@click.group(cls=MarqueeGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Serve recommendations over HTTP."""


@main.command()
def serve() -> None:
    """Serve until a signal comes."""
    from webapp.server import serve as run  # noqa: PLC0415 - each command loads what it needs

    run(Settings.from_environment())


@main.command()
@click.argument("request_id")
def replay(request_id: str) -> None:
    """Compute the answer to REQUEST_ID again and compare it with the request log.

    What exploration drew cannot be drawn again: then it is the greedy answer that is computed.

    The exit code is 0 where ids and scores are the same, and 1 where they are not.
    """
    from webapp.replay import replay as run  # noqa: PLC0415

    settings = Settings.from_environment()
    replayed = run(settings.home, settings.store.url, request_id)
    logged = replayed.logged
    console.print(
        f"{logged.endpoint}, model {logged.model_version}, strategy {logged.strategy}: "
        f"{len(replayed.movie_ids)} movies",
        soft_wrap=True,
    )
    for movie in replayed.movie_ids:
        click.echo(f"{movie}\t{replayed.scores[movie]}")
    if not replayed.is_same:
        console.print(f"logged: movies {logged.recommendations}, scores {logged.scores}")
        if replayed.is_explored:
            console.print(f"logged as greedy: movies {logged.greedy}")
        sys.exit(1)
    if replayed.is_explored:
        console.print(
            "exploration drew what was shown, which cannot be computed again; "
            "the same greedy ids, and the same scores of what was shown, as logged"
        )
    else:
        console.print("the same ids and scores as logged")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from webapp.app import create_app  # noqa: PLC0415
    from webapp.logs import configure_logs  # noqa: PLC0415

    settings = Settings.from_environment()
    configure_logs(replace(settings.serving, log_level="warning"))
    click.echo(create_app(settings).test_client().get("/openapi.json").text)


if __name__ == "__main__":
    main(prog_name="python -m webapp")
