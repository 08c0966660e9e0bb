"""What libevent makes of the target of a request.

Source: `evhttp_uri_parse_with_flags` in `http.c` of libevent 2.1.12, which follows RFC 3986.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_PLAIN = r"A-Za-z0-9\-._~!$&'()*+,;="
_ESCAPE = "%[0-9A-Fa-f]{2}"
_NAME = re.compile(rf"(?:[{_PLAIN}]|{_ESCAPE})*\Z")
_USER = re.compile(rf"(?:[{_PLAIN}:]|{_ESCAPE})*\Z")
_PATH = re.compile(rf"(?:[{_PLAIN}:@/]|{_ESCAPE})*\Z")
_QUERY = re.compile(rf"(?:[{_PLAIN}:@/?]|{_ESCAPE})*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+\-.]*):")
_FUTURE_ADDRESS = re.compile(rf"v[0-9A-Fa-f]+\.[{_PLAIN}:]+\Z")
_PORT = re.compile(r":([0-9]*)\Z")
_MAX_PORT = 65535
_WEB = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target in its parts, as they were written; `host` is None where there is no authority."""

    scheme: str
    host: str | None
    path: str
    query: str | None
    fragment: str | None

    @property
    def is_foreign(self) -> bool:
        """Whether it names another server, so that this one is taken for a proxy."""
        return self.scheme.lower() in _WEB and self.host is not None

    @property
    def within_server(self) -> str:
        """The path with the query and the fragment: what TF Serving looks at."""
        query = "" if self.query is None else f"?{self.query}"
        return self.path + query + ("" if self.fragment is None else f"#{self.fragment}")

    @property
    def is_conformant(self) -> bool:
        """Whether path, query and fragment hold no character that they may not."""
        behind = (self.query or "", self.fragment or "")
        return bool(_PATH.match(self.path)) and all(_QUERY.match(one) for one in behind)


NO_TARGET = Target(scheme="", host=None, path="", query=None, fragment=None)


def read_target(text: str) -> Target | None:
    """A target in its parts, None for one that is none."""
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    host = None
    if rest.startswith("//"):
        end = next((at for at, one in enumerate(rest) if at > 1 and one in "/?#"), len(rest))
        host = _host(rest[2:end])
        if host is None:
            return None
        rest = rest[end:]
    rest, hash_mark, fragment = rest.partition("#")
    path, question_mark, query = rest.partition("?")
    if not scheme and ":" in path.partition("/")[0]:
        return None
    return Target(
        scheme=scheme[1] if scheme else "",
        host=host,
        path=path,
        query=query if question_mark else None,
        fragment=fragment if hash_mark else None,
    )


def _host(authority: str) -> str | None:
    """The host of `user@host:port`, None where one of the three is none."""
    user, at_sign, host = authority.partition("@")
    if not at_sign:
        user, host = "", authority
    port = _PORT.search(host)
    if port:
        host = host[: port.start()]
    if not _USER.match(user) or (port and int(port[1] or 0) > _MAX_PORT):
        return None
    if host.startswith("[") and host.endswith("]"):
        return host if _is_address(host[1:-1]) else None
    return host if _NAME.match(host) else None


def _is_address(text: str) -> bool:
    try:
        return bool(_FUTURE_ADDRESS.match(text)) or bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False
