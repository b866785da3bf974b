"""The tables, and how older files become newer ones.

A file's `user_version` counts the migrations it has been through; each runs in a transaction of
its own together with the new number.
"""

_FIRST = """
-- Nobody's id is given to another: a window may still show who is gone.
-- Whom one talks with: all spellings of one number. `key` is the number's digits with the
-- country's code, `x` and an extension's number, or `=` and a folded name without any number.
CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE
) STRICT;

-- One end of a call as the platform spelled it. `folded` is what is searched.
CREATE TABLE party (
    id INTEGER PRIMARY KEY,
    person_id INTEGER REFERENCES person,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    location TEXT NOT NULL,
    folded TEXT NOT NULL,
    UNIQUE (number, name, location)
) STRICT;
CREATE INDEX party_person ON party (person_id);
CREATE VIRTUAL TABLE party_search USING fts5 (
    folded, content='party', content_rowid='id', tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER party_added AFTER INSERT ON party BEGIN
    INSERT INTO party_search (rowid, folded) VALUES (new.id, new.folded);
END;
CREATE TRIGGER party_removed AFTER DELETE ON party BEGIN
    INSERT INTO party_search (party_search, rowid, folded) VALUES ('delete', old.id, old.folded);
END;

-- `is_inbound`, not the word: with `session_id` it names the call. `queue` is NULL for none and
-- empty for one without a name. `is_open`: missed, nobody has spoken with the caller since, and
-- not `is_resolved`: the user has dealt with it. `ring_ms` is NULL unless it was followed live.
-- `own_id` refers to party without saying so, like a leg's ends: that would take an index.
CREATE TABLE call (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL,
    is_inbound INTEGER NOT NULL,
    telephony_session_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    ring_ms INTEGER,
    outcome TEXT NOT NULL,
    other_id INTEGER NOT NULL REFERENCES party,
    own_id INTEGER NOT NULL,
    person_id INTEGER REFERENCES person,
    queue TEXT,
    type TEXT NOT NULL,
    result TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    is_too_short INTEGER NOT NULL,
    is_final INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    is_resolved INTEGER NOT NULL,
    UNIQUE (session_id, is_inbound)
) STRICT;
-- Whatever is filtered by is in it: its longest walk, where nothing passes, takes milliseconds.
CREATE INDEX call_by_time ON call (
    started_ms, id, other_id, own_id, is_inbound, outcome, type, queue, recording_id
);
CREATE INDEX call_by_queue ON call (queue) WHERE queue <> '';
CREATE INDEX call_by_person ON call (person_id, started_ms);
CREATE INDEX call_by_record ON call (record_id) WHERE record_id <> '';
CREATE INDEX call_by_telephony ON call (telephony_session_id) WHERE telephony_session_id <> '';
CREATE INDEX call_by_other ON call (other_id, started_ms);
CREATE INDEX call_open ON call (started_ms, id) WHERE is_open;
-- For `is_open`: what was missed from somebody, and when one spoke with them.
CREATE INDEX call_missed ON call (person_id, started_ms)
    WHERE is_inbound AND outcome = 'missed';
CREATE INDEX call_spoken ON call (person_id, started_ms)
    WHERE outcome IN ('answered', 'answered_elsewhere') AND duration_ms > 0 AND type <> 'Fax';

-- Its ends refer to party without saying so: that would take an index each, a tenth of the file.
CREATE TABLE leg (
    call_id INTEGER NOT NULL REFERENCES call ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    result TEXT NOT NULL,
    is_inbound INTEGER,
    caller_id INTEGER NOT NULL,
    callee_id INTEGER NOT NULL,
    started_ms INTEGER,
    duration_ms INTEGER NOT NULL,
    extension_id TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    is_master INTEGER NOT NULL,
    PRIMARY KEY (call_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    call_id INTEGER PRIMARY KEY REFERENCES call ON DELETE CASCADE,
    text TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE note_search USING fts5 (
    folded, content='note', content_rowid='call_id', tokenize='trigram case_sensitive 1'
);
CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
    INSERT INTO note_search (rowid, folded) VALUES (new.call_id, new.folded);
END;
CREATE TRIGGER note_removed AFTER DELETE ON note BEGIN
    INSERT INTO note_search (note_search, rowid, folded)
    VALUES ('delete', old.call_id, old.folded);
END;
CREATE TRIGGER note_changed AFTER UPDATE ON note BEGIN
    INSERT INTO note_search (note_search, rowid, folded)
    VALUES ('delete', old.call_id, old.folded);
    INSERT INTO note_search (rowid, folded) VALUES (new.call_id, new.folded);
END;

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE call_tag (
    call_id INTEGER NOT NULL REFERENCES call ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,
    PRIMARY KEY (call_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_tag_by_tag ON call_tag (tag_id);

-- Deleted here, though the platform still lists them.
CREATE TABLE removed (
    session_id TEXT NOT NULL,
    is_inbound INTEGER NOT NULL,
    PRIMARY KEY (session_id, is_inbound)
) STRICT, WITHOUT ROWID;

-- How far the platform's log has been read: see rcdesk.services.log_sync.
CREATE TABLE progress (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)
