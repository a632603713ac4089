"""How the bytes of a capture are packed: whole, or as what differs from an earlier one; where they lie is snapshot's.

Both are zstd. What differs is packed piece by piece, each a frame whose dictionary is the earlier capture around the
same place.
"""

import gzip
import zlib

import zstandard

LEVEL = 9
PIECE = 4 << 20
"""Bytes of the content in one frame of a difference."""
REACH = 4 << 20
"""How far text may have moved between two captures and still be found."""
TABLES = 23
"""Logarithm of the most places zstd remembers; half of those in the window, the rest is found from them."""
WIDEST_WINDOW = 1 << 31


class Damaged(ValueError):
    """Packed bytes that cannot be unpacked."""


def pack(content: bytes) -> bytes:
    """The content as one frame of zstd."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(content)


def unpack(packed: bytes) -> bytes:
    """What `pack`, or gzip before there was zstd here, made of it; Damaged when it is neither whole nor intact."""
    try:
        if packed[:2] == b"\x1f\x8b":
            return gzip.decompress(packed)
        return _unpack_frame(packed, b"")[0]
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise Damaged(repr(error)) from error


def pack_since(earlier: bytes, content: bytes) -> bytes:
    """What the content adds to an earlier one, which is needed to unpack it."""
    return b"".join(
        _pack_piece(content[start : start + PIECE], _around(earlier, start))
        for start in range(0, max(len(content), 1), PIECE)
    )


def unpack_since(earlier: bytes, packed: bytes) -> bytes:
    """The content that `pack_since` had with the same earlier one; Damaged when the packed bytes are not intact."""
    pieces: list[bytes] = []
    rest = packed
    try:
        while rest or not pieces:
            piece, rest = _unpack_frame(rest, _around(earlier, len(pieces) * PIECE))
            pieces.append(piece)
    except zstandard.ZstdError as error:
        raise Damaged(repr(error)) from error
    return b"".join(pieces)


def _around(earlier: bytes, start: int) -> bytes:
    return earlier[max(0, start - REACH) : start + PIECE + REACH]


def _pack_piece(piece: bytes, around: bytes) -> bytes:
    # A dictionary is out of reach once the window is narrower than both together.
    window = max(10, (len(piece) + len(around)).bit_length())
    tables = min(window - 1, TABLES)
    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=window, hash_log=tables, chain_log=tables
    )
    return zstandard.ZstdCompressor(compression_params=settings, dict_data=_dictionary(around)).compress(piece)


def _unpack_frame(packed: bytes, around: bytes) -> tuple[bytes, bytes]:
    """The content of the first frame, and what comes after it."""
    frame = zstandard.ZstdDecompressor(dict_data=_dictionary(around), max_window_size=WIDEST_WINDOW).decompressobj()
    content = frame.decompress(packed)
    if not frame.eof:
        raise zstandard.ZstdError("a frame that is cut short")
    return content, frame.unused_data


def _dictionary(around: bytes) -> zstandard.ZstdCompressionDict | None:
    return zstandard.ZstdCompressionDict(around, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if around else None
