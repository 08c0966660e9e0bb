"""Two TCP ports for a server, held so that nobody else is given them."""

from __future__ import annotations

import contextlib
import socket

LOOPBACK = "127.0.0.1"


class ReservedPorts:
    """A gRPC and a REST port that the system gives to no one else until `release`.

    Choosing a free port and hoping is a race that TF Serving loses in silence: its gRPC sockets
    have SO_REUSEPORT, so two servers share a port and the kernel deals requests out to either; and
    without its REST port it goes on without REST (both recorded of 2.20). Linux lets a socket with
    SO_REUSEADDR bind a port that is bound, but not listened on, by another socket with that option;
    servers set it, and the kernel's own choice of a port passes over bound ones.
    """

    def __init__(self) -> None:
        self._sockets = contextlib.ExitStack()
        self.grpc = self._reserve()
        self.rest = self._reserve()

    def _reserve(self) -> int:
        holder = self._sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((LOOPBACK, 0))
        return int(holder.getsockname()[1])

    def release(self) -> None:
        """Gives the ports back. May be called twice."""
        self._sockets.close()
