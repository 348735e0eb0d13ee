"""The socket that the server listens on, bound before anything else starts: a taken port is told in plain words."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

BACKLOG = 256
PORTS_TRIED = 100  # how far to look for a free port when the wanted one is taken


class PortError(Exception):
    """The address cannot be listened on; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; port 0 takes any free one.

    Raises PortError in plain words, naming the next free port when the wanted one is taken.
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise PortError(f"this machine has no address called {host!r}") from error
    try:
        return _bind(family, where)
    except OSError as error:
        if _is_taken(error):
            raise PortError(f"port {port} is taken by another program; {_suggestion(family, where)}") from error
        if isinstance(error, PermissionError):
            raise PortError(f"port {port} needs administrator rights; try --port 8000") from error
        raise PortError(f"cannot listen on {host}, port {port}: {error.strerror}") from error


def url(listener: socket.socket) -> str:
    """What to type into a browser on this machine to reach the listener."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(family: int, where: tuple[Any, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "nt":  # where SO_REUSEADDR lets two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _is_taken(error: OSError) -> bool:
    # Windows answers EACCES when the other program holds the port exclusively, as we do.
    return error.errno == errno.EADDRINUSE or (os.name == "nt" and isinstance(error, PermissionError))


def _suggestion(family: int, where: tuple[Any, ...]) -> str:
    host, port, *rest = where
    for candidate in range(port + 1, min(port + PORTS_TRIED, 65536)):
        try:
            _bind(family, (host, candidate, *rest)).close()
        except OSError:
            continue
        return f"this one is free: --port {candidate}"
    return "to take any free one: --port 0"
