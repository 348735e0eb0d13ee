"""Security headers on every answer; no web socket and no changes for other people's pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Problem

# Everything comes from here. KaTeX places its boxes by style attributes; styles in elements stay forbidden.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src-attr 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY_VIOLATION = 1008
READING = {"GET", "HEAD", "OPTIONS"}
OWN_PAGES = {"same-origin", "none"}
"""What browsers say in Sec-Fetch-Site when a page of ours asks, or the learner's own address bar."""


class SecurityMiddleware:
    """Adds the security headers, and refuses a page of another origin a web socket and requests that change something.

    Browsers let any page open a web socket to any address, and send it forms, so without the second part a foreign
    page could drive the learner's own server. A client that sends no Origin is no browser and may come in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        ours = _from_own_page(Headers(scope=scope)) if scope["type"] in ("http", "websocket") else True
        if scope["type"] == "websocket" and not ours:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "http" and scope["method"] not in READING and not ours:
            await _foreign(scope)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _from_own_page(headers: Headers) -> bool:
    origin = headers.get("origin")
    same = origin is None or _host(origin) == headers.get("host", "")
    return same and headers.get("sec-fetch-site", "same-origin") in OWN_PAGES


def _host(origin: str) -> str | None:
    """Host and port of an origin; None where it has none, as in "null" and in what is no address at all."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def _foreign(scope: Scope) -> ASGIApp:
    headers = Headers(scope=scope)
    return Problem(
        403,
        "foreign",
        "Only Gradwalk's own pages may change something here",
        given=f"{scope['method']} from {headers.get('origin') or headers.get('sec-fetch-site') or 'elsewhere'}",
        expected=f"a page of {headers.get('host', 'this server')}",
    ).answer()
