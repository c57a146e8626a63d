"""The tables, as the steps that make them and bring an older vault forward. Values are JSON; days are ISO texts.

Columns are only added, at the end. A table keeps its row id, by which rows are read around a damaged page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optout.store.vault import Vault

_FIRST = (
    """create table subjects (
        id text primary key not null,
        json text not null,
        digest blob not null unique) strict""",  # SHA-256 of json: the same person is found without a scan
    """create table cases (
        ref text primary key not null,
        subject text not null references subjects (id),
        firm text not null,
        fingerprint text not null,
        inputs text not null,
        opened text not null,
        json text not null) strict""",
    "create index cases_by_fingerprint on cases (fingerprint)",
    "create index cases_by_subject on cases (subject)",
    """create table events (
        ref text not null references cases (ref),
        n integer not null,
        at text not null,
        kind text not null,
        on_day text not null,
        json text not null,
        primary key (ref, n)) strict""",
    """create trigger events_never_change before update on events
        begin select raise(abort, 'events are only added'); end""",
    """create table letters (
        ref text not null references cases (ref),
        id text not null,
        json text not null,
        versions text not null,
        primary key (ref, id)) strict""",
    """create table files (
        ref text not null references cases (ref),
        letter text not null,
        format text not null,
        name text not null,
        sha256 text not null,
        folder text not null,
        primary key (ref, folder, name)) strict""",
    """create table pending (
        ref text not null references cases (ref),
        folder text not null,
        temp text not null,
        final text not null,
        sha256 text not null,
        primary key (folder, temp)) strict""",
    "create index pending_by_ref on pending (ref)",
    # What `status` shows, written in the transaction of every event; knows nothing of today.
    """create table summary (
        ref text primary key not null references cases (ref),
        subject text not null,
        firm text not null,
        phase text not null,
        outcomes text not null,
        next_on text,
        next_kind text,
        overdue_from text,
        step text,
        opened text not null) strict""",
    # Holds every column, so that the soonest open cases come from the index alone, in its order.
    """create index summary_soonest on summary (
        (next_on is null), next_on, ref, subject, firm, phase, outcomes, next_kind, overdue_from, step, opened)
        where phase <> 'done'""",
    "create index summary_overdue on summary (overdue_from, ref) where phase <> 'done' and overdue_from is not null",
    "create index summary_by_firm on summary (firm)",
    "pragma user_version = 1",
)


def _link_events(vault: Vault) -> None:
    """Chains the events of cases that were kept before there was a chain."""
    from optout import chain
    from optout.store.wholecase import stored_content

    ends: dict[str, str] = {}
    drafts = {ref: n for ref, n in vault.run("select ref, max(n) from events where kind = 'drafted' group by ref")}
    for ref, number, at, event in vault.run("select ref, n, at, json from events order by ref, n"):
        content = stored_content(vault, ref) if drafts.get(ref) == number else ""
        link = chain.Link(number, at, event, "", content, "")
        ends[ref] = chain.next_hash(ends.get(ref, chain.START), ref, link)
        vault.run("update events set content = ?, hash = ? where ref = ? and n = ?", (content, ends[ref], ref, number))
    vault.run_many("update summary set head = ? where ref = ?", [(end, ref) for ref, end in ends.items()])
    vault.run("update summary set events = (select count(*) from events where events.ref = summary.ref)")


def _name_languages(vault: Vault) -> None:
    """Every letter names its language; until now it stood only inside."""
    for ref, ident, text in vault.run("select ref, id, json from letters"):
        language = json.loads(text).get("language", "en")
        vault.run("update letters set language = ? where ref = ? and id = ?", (language, ref, ident))


_SECOND: tuple[str | Callable[[Vault], None], ...] = (
    """create table meta (
        key text primary key not null,
        value text not null) strict""",
    """create table profiles (
        id text primary key not null,
        json text not null) strict""",
    # Replies, and letters as they were sent. `data` is what the user gave, byte for byte.
    """create table evidence (
        id integer primary key,
        ref text not null references cases (ref),
        n integer not null,
        name text not null,
        sha256 text not null,
        size integer not null,
        data blob not null) strict""",
    "create index evidence_by_ref on evidence (ref, n)",
    "alter table cases add column profile text",
    "create index cases_by_profile on cases (profile) where profile is not null",
    """create table letters_2 (
        ref text not null references cases (ref),
        id text not null,
        language text not null,
        json text not null,
        versions text not null,
        primary key (ref, id, language)) strict""",
    "insert into letters_2 select ref, id, 'en', json, versions from letters order by rowid",
    "drop table letters",
    "alter table letters_2 rename to letters",
    _name_languages,
    "alter table events add column closed text not null default ''",
    "alter table events add column content text not null default ''",
    "alter table events add column hash text not null default ''",
    # What `remind` goes by; written with each event like the rest of the row.
    "alter table summary add column act_on text",
    "alter table summary add column awaits text",
    "alter table summary add column held_from text",
    "alter table summary add column quiet_from text",
    "alter table summary add column late_step text",
    "alter table summary add column dates text not null default '[]'",
    "alter table summary add column events integer not null default 0",
    "alter table summary add column head text not null default ''",
    "create index summary_act on summary (act_on, ref) where phase <> 'done' and act_on is not null",
    "create index summary_awaits on summary (awaits, ref) where phase <> 'done' and awaits is not null",
    "create index summary_held on summary (held_from, ref) where phase <> 'done' and held_from is not null",
    "create index summary_quiet on summary (quiet_from, ref) where phase <> 'done' and quiet_from is not null",
    "drop trigger events_never_change",
    _link_events,
    """create trigger events_never_change before update on events
        begin select raise(abort, 'events are only added'); end""",
    "pragma user_version = 2",
)

_RUNNING = """
        delete from running where ref = new.ref;
        insert into running (ref, day, overdue_from, act_on)
            select new.ref, json_extract(value, '$.on'), json_extract(value, '$.overdue_from'), new.act_on
            from json_each(new.dates)
            where new.phase <> 'done' and json_extract(value, '$.kind') <> 'complain_after';
        end"""
"""Triggers keep the table, so that whatever writes a summary keeps it true."""

_THIRD: tuple[str | Callable[[Vault], None], ...] = (
    # One row for each running date of an open case, so that `remind` finds those of a few days without reading the rest.
    """create table running (
        ref text not null,
        day text not null,
        overdue_from text not null,
        act_on text) strict""",
    "create index running_by_day on running (day, ref, overdue_from, act_on)",
    "create index running_by_ref on running (ref)",
    f"create trigger summary_added after insert on summary begin {_RUNNING}",
    f"create trigger summary_changed after update on summary begin {_RUNNING}",
    "create trigger summary_removed after delete on summary begin delete from running where ref = old.ref; end",
    """insert into running (ref, day, overdue_from, act_on)
        select ref, json_extract(value, '$.on'), json_extract(value, '$.overdue_from'), act_on
        from summary, json_each(dates)
        where phase <> 'done' and json_extract(value, '$.kind') <> 'complain_after'""",
    # With all that decides to which group of `remind` a case belongs, so that counting reads no row.
    "drop index summary_act",
    """create index summary_act on summary (act_on, ref, phase)
        where phase <> 'done' and act_on is not null""",
    "drop index summary_awaits",
    """create index summary_awaits on summary (awaits, (next_on is null), next_on, ref, act_on, held_from, phase)
        where phase <> 'done' and awaits is not null""",
    "drop index summary_held",
    """create index summary_held on summary (held_from, ref, act_on, awaits, phase)
        where phase <> 'done' and held_from is not null""",
    "drop index summary_quiet",
    """create index summary_quiet on summary (quiet_from, ref, act_on, awaits, held_from, phase)
        where phase <> 'done' and quiet_from is not null""",
    # What calendar files were told, by a name that says nothing of the case: a date that goes must be taken back there.
    """create table calendar (
        uid text primary key not null,
        sequence integer not null,
        day text not null,
        at text not null,
        cancelled integer not null) strict""",
    "pragma user_version = 3",
)

REFOLD = "refold"
"""The key in `meta` that says that summaries were written by an older version, and are to be worked out anew."""

_FOURTH: tuple[str | Callable[[Vault], None], ...] = (
    "alter table summary add column held_letter text",
    f"insert or replace into meta (key, value) select '{REFOLD}', '' where exists (select 1 from cases)",
    # Cases with dates, in the order of a calendar file.
    "create index summary_running on summary (ref) where phase <> 'done' and dates <> '[]'",
    "create index cases_by_firm on cases (firm)",
    "delete from meta where key = 'backup_day'",  # the next change makes a copy in this format
    "pragma user_version = 4",
)

_FIFTH: tuple[str | Callable[[Vault], None], ...] = (
    # A batch: what was asked for, and the secret from which its references come. Of each case, whose row it is of.
    """create table batches (
        id text primary key not null,
        secret text not null,
        json text not null) strict""",
    """create table batch_cases (
        ref text primary key not null references cases (ref),
        batch text not null,
        key text not null,
        chunk integer not null,
        name text not null,
        place text not null,
        about text not null) strict""",
    "create index batch_cases_by_key on batch_cases (batch, key)",
    # What a chunk of a batch put on disk: first under a temporary name, then, when `done`, under its own.
    """create table chunks (
        batch text not null references batches (id),
        n integer not null,
        folder text not null,
        temp text not null,
        final text not null,
        done integer not null,
        primary key (batch, n, final)) strict""",
    "create index chunks_open on chunks (batch) where done = 0",
    "delete from meta where key = 'backup_day'",  # the next change makes a copy in this format
    "pragma user_version = 5",
)

STEPS: tuple[Sequence[str | Callable[[Vault], None]], ...] = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Step k makes version k out of version k-1; its last statement sets `user_version`. Steps are never changed."""
