"""The KV store: collections of JSON documents, one SQLite table for all apps, in memory or in the state folder.

    documents(app, collection, owner, key, body)      body is the document with its `_key` and `_user`

A key that comes twice is replaced by `save`, and refused by `insert`. Values keep their JSON types; `_user` is the
owner, whatever a document says ("This field cannot be overridden", About KV Store collections).
"""

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

Document = dict[str, object]
TABLE = """create table if not exists documents (
    app text, collection text, owner text, key text, body text, primary key (app, collection, owner, key))"""


class CollectionId(NamedTuple):
    """Where a collection lives; lookups and shared data use owner nobody."""

    app: str
    name: str
    owner: str = "nobody"


class Collections:
    """All collections of one instance; every method is one transaction."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(file) if file else ":memory:", check_same_thread=False)
        with self._database:
            self._database.execute(TABLE)

    def documents(self, collection: CollectionId) -> list[Document]:
        """Return every document, in the order of first insertion."""
        query = "select body from documents where app = ? and collection = ? and owner = ? order by rowid"
        with self._lock:
            return [json.loads(body) for (body,) in self._database.execute(query, collection)]

    def find(self, collection: CollectionId, key: str) -> Document | None:
        """Return one document by its key."""
        query = "select body from documents where app = ? and collection = ? and owner = ? and key = ?"
        with self._lock:
            row = self._database.execute(query, (*collection, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def insert(self, collection: CollectionId, document: Document) -> str | None:
        """Add one document and return its key; None where the key is taken."""
        key, body = _stored(collection, document)
        insert = (
            "insert into documents(app, collection, owner, key, body) values (?, ?, ?, ?, ?) on conflict do nothing"
        )
        with self._lock, self._database:
            return key if self._database.execute(insert, (*collection, key, body)).rowcount else None

    def drop(self, collection: CollectionId) -> None:
        """Delete every owner's documents of a collection that is no more."""
        query = "delete from documents where app = ? and collection = ?"
        with self._lock, self._database:
            self._database.execute(query, (collection.app, collection.name))

    def save(self, collection: CollectionId, documents: Iterable[Document]) -> list[str]:
        """Insert or replace documents by `_key`; return the keys, made where none was given."""
        rows, keys = [], []
        for document in documents:
            key, body = _stored(collection, document)
            rows.append((*collection, key, body))
            keys.append(key)
        upsert = """insert into documents(app, collection, owner, key, body) values (?, ?, ?, ?, ?)
            on conflict do update set body = excluded.body"""
        with self._lock, self._database:
            self._database.executemany(upsert, rows)
        return keys

    def remove(self, collection: CollectionId, key: str) -> bool:
        """Delete one document; tell whether it was there."""
        query = "delete from documents where app = ? and collection = ? and owner = ? and key = ?"
        with self._lock, self._database:
            return self._database.execute(query, (*collection, key)).rowcount > 0

    def clear(self, collection: CollectionId) -> None:
        """Delete every document."""
        query = "delete from documents where app = ? and collection = ? and owner = ?"
        with self._lock, self._database:
            self._database.execute(query, collection)


def _stored(collection: CollectionId, document: Document) -> tuple[str, str]:
    given = document.get("_key")
    key = uuid4().hex[:24] if given in (None, "") else str(given)
    body = {**document, "_key": key, "_user": collection.owner}
    return key, json.dumps(body, ensure_ascii=False)
