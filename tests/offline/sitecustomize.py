"""Found by every Python that the tests start, kernels too: no connection leaves this machine.

The course must work without a network, so a test that needs one has found a fault. And nbformat comes without two
seconds of grammars, as it does in ``course_utils.author``.
"""

import socket
import sys

sys.modules.setdefault("rfc3987_syntax", None)

_LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _refuse_strangers(sock, address):
    if sock.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOCAL:
        raise OSError(f"The tests run offline, but something tried to reach {address[0]}.")


def _guarded_connect(self, address):
    _refuse_strangers(self, address)
    return _connect(self, address)


def _guarded_connect_ex(self, address):
    _refuse_strangers(self, address)
    return _connect_ex(self, address)


socket.socket.connect = _guarded_connect
socket.socket.connect_ex = _guarded_connect_ex
