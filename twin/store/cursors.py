"""A cursor for each thread: one shared between threads returns wrong rows without a word."""

import threading
import weakref

import duckdb


class Cursors:
    """A thread's cursor goes with the thread; `close` ends those of all threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._local = threading.local()
        self._all: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self._guard = threading.Lock()
        self._closed = False

    def mine(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            with self._guard:
                if self._closed:
                    raise RuntimeError("the store is closed")
                cursor = self._connection.cursor()
                self._all.add(cursor)
            self._local.cursor = cursor
        return cursor

    def close(self) -> None:
        with self._guard:
            self._closed = True
            for cursor in list(self._all):
                cursor.close()
