"""`parlour demo`: a story to play in, on loopback, no mail server needed."""

from pathlib import Path

import click

from gateway.cli.command import WRONG, Mistake, config_option


@click.command()
@config_option
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".demo"))
@click.option("--port-smtp", type=click.IntRange(0, 65535), default=8025)
@click.option("--port-web", type=click.IntRange(0, 65535), default=8080)
def demo(folder: Path, port_smtp: int, port_web: int) -> None:
    """Start Parlour with a small story in it, and mailboxes to look into."""
    from gateway.app import SiteError, log
    from gateway.demo import DemoError, run
    from gateway.settings import SettingsError

    log.configure()
    try:
        run(folder, smtp=port_smtp, web=port_web, say=click.echo)
    except SettingsError as error:
        raise Mistake(str(error), WRONG) from error
    except (DemoError, SiteError) as error:
        raise Mistake(str(error)) from error
