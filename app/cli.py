"""The ``gradwalk`` command: reads the settings, takes the port, serves until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import uvicorn

from app import __version__
from app.blas import advise
from app.listener import PortError, listen, url
from app.resources import ResourceError
from app.settings import Row, SettingError, Settings, from_environment, markdown_table, rows

SHUTDOWN_SECONDS = 1  # how long open connections may take to close
OVERSIZE = 4  # how many times the largest message is still read, to be refused in words

PICTURES = ("files", "network", "as_json")
INTERRUPTED = 130


class Server(uvicorn.Server):
    """A uvicorn server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts the application and listens, then calls `when_ready`."""
        await super().startup(sockets)
        if self.started:
            self._when_ready()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status: 0, or 1 when it cannot serve or read. Called wrongly, it exits with 2.

    Without a command it serves.
    """
    parser = build_parser()
    options = vars(parser.parse_args(arguments))
    if options.pop("settings"):
        print(markdown_table())
        return 0
    pictures = {name: options.pop(name) for name in PICTURES if name in options}
    try:
        settings = Settings(**(from_environment(os.environ) | options))
    except SettingError as error:
        parser.error(str(error))
    if pictures:
        return read_pictures(settings, **pictures)
    try:
        return serve(settings)
    except (PortError, ResourceError) as error:
        print(f"gradwalk: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def build_parser() -> argparse.ArgumentParser:
    """One flag a setting; what no flag gives comes from the environment, then from the default."""
    parser = argparse.ArgumentParser(
        prog="gradwalk",
        description="Walk through backpropagation in the browser, one operation at a time.",
        epilog="Every setting can be given as the environment variable in brackets, too; a flag wins over it.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("--version", action="version", version=f"gradwalk {__version__}")
    parser.add_argument(
        "--settings", action="store_true", default=False, help="print the table of settings in Markdown and stop"
    )
    for row in rows():
        facts = "; ".join(filter(None, [f"default {row.default_text}", str(row.limit)]))
        parser.add_argument(row.flag, dest=row.name, help=f"{row.meaning} ({facts}) [{row.variable}]", **_how(row))
    _add_predict(parser.add_subparsers(title="commands", metavar="COMMAND", help="without one, Gradwalk serves"))
    return parser


def _add_predict(commands: Any) -> None:
    """``gradwalk predict``; its options are `PICTURES`."""
    predict = commands.add_parser(
        "predict",
        help="read the digits in pictures",
        description="Read the digits in pictures, without a server. Prints a line for each file, with tabs between: "
        "its name; its digits, ? where one is in doubt; how probable the least sure one is. What is in doubt or cannot "
        "be read is told on the standard error.",
        epilog="Ends with 0 where digits were found in all files, with 1 where not.",
    )
    predict.add_argument("files", nargs="+", metavar="FILE", help="a picture; - is the standard input")
    predict.add_argument("--network", default="reader", help="who reads: reader or one-layer (default %(default)s)")
    predict.add_argument(
        "--json", dest="as_json", action="store_true", help="print a line of JSON instead, as POST /api/predict answers"
    )


def read_pictures(settings: Settings, files: list[str], network: str, as_json: bool) -> int:
    """Reads the digits in files; returns the exit status."""
    advise(os.environ)
    from app.predict_command import run  # only now: NumPy has to find the advice
    from app.prediction import picture_limits

    try:
        return run(files, network, as_json, picture_limits(settings))
    except KeyboardInterrupt:
        return INTERRUPTED


def _how(row: Row) -> dict[str, Any]:
    """How argparse reads the flag of `row`."""
    if row.type is bool:
        return {"action": argparse.BooleanOptionalAction}

    def parse(text: str) -> Any:
        try:
            return row.parse(text)
        except SettingError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return {"type": parse, "metavar": row.name.rsplit("_", 1)[-1].upper()}


def serve(settings: Settings) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit status.

    Raises PortError when the address cannot be had, ResourceError when the front end has not been built.
    """
    advise(os.environ)
    signal.signal(signal.SIGTERM, _leave)
    with listen(settings.host, settings.port) as listener:
        from app.main import create_app  # only now: a taken port is told before anything heavy is imported

        address = url(listener)

        def when_ready() -> None:
            print(f"Gradwalk is at {address} (Ctrl+C stops it)", flush=True)
            if settings.browser:
                threading.Thread(target=open_browser, args=(address,), daemon=True).start()

        config = uvicorn.Config(
            create_app(settings),
            log_level=settings.log_level,
            access_log=settings.log_level in ("debug", "info"),
            # A message beyond this breaks the connection; one that is only too large is told so by the session.
            ws_max_size=OVERSIZE * settings.max_message_bytes,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            server_header=False,
        )
        server = Server(config, when_ready)
        server.run(sockets=[listener])
        return 0 if server.started else 1


def _leave(_signal: int, _frame: FrameType | None) -> None:
    # uvicorn raises SIGTERM again when it has shut down: by then it means that all went well.
    sys.exit(0)


def open_browser(address: str) -> None:
    """Opens `address` in a window, if there is a browser; else says what to do."""
    windows = sys.platform in ("darwin", "win32") or not {"DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
    # Without windows, webbrowser would start a text browser in the terminal, over our own words.
    if not (windows and webbrowser.open(address)):
        print(f"Found no browser to open. Open {address} in one yourself.", flush=True)
