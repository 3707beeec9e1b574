"""Telling each channel what it was not told yet: what has begun, and what is over.

Belongs here: comparing causes with the record, the words of a message, trying again. Not here:
where causes come from (causes.py, automation/alerts.py), or how a channel delivers (channels.py).
"""

import logging
import socket
from collections.abc import Iterable
from datetime import datetime

from orchestration.alerts.causes import RUN, AlertError, Cause
from orchestration.alerts.channels import Channel, Message, are_set, channels_from_environment
from orchestration.alerts.record import (
    Open,
    Record,
    Undelivered,
    one_at_a_time,
    read_record,
    write_record,
)
from orchestration.layout import Layout
from orchestration.run.lock import now

TEST = "This is a test: alerts of the UNGA vote warehouse arrive here."


def tell(layout: Layout, found: Iterable[Cause], about: tuple[str, ...]) -> list[str]:
    """Tell all channels of what has begun and what is over, once each; returns what was done.

    `found` are all causes there are now with a key in `about`, or one that begins with a part of it
    that ends in a colon: what the record has of those besides is over. What a channel did not take
    is tried again the next time. A channel that fails or is not set right raises nothing: that is
    returned, logged, and kept in the record. Raises OSError if the record can't be written: what
    can't be remembered is not told, or each look would tell it again.
    """
    with one_at_a_time(layout):
        return _tell(layout, read_record(layout), found, about)


def tell_mended(layout: Layout, job: str) -> list[str]:
    """Tell that a command did what the last run of a job failed to do, if that was told.

    Such a command is no run of Dagster: without a note, the next look would find the failed run
    again. Returns and raises as `tell`; does nothing if no channel is set.
    """
    if not are_set():
        return []
    key = f"{RUN}{job}"
    with one_at_a_time(layout):
        record = read_record(layout)
        record.mended[key] = str(now())
        return _tell(layout, record, [], (key,))


def _tell(
    layout: Layout, record: Record, found: Iterable[Cause], about: tuple[str, ...]
) -> list[str]:
    causes = {
        cause.key: cause
        for cause in found
        if not cause.at or cause.at > record.mended.get(cause.key, "")
    }
    _note(record, causes, about)
    try:
        channels = channels_from_environment()
    except AlertError as wrong:
        # Nobody can be told now; nothing is forgotten until the settings are right.
        done = [_failed(record, "settings", wrong)]
    else:
        record.undelivered.pop("settings", None)
        done = [words for channel in channels if (words := _tell_one(layout, record, channel))]
        _forget(record, {channel.name for channel in channels})
    write_record(layout, record)
    return done


def _note(record: Record, causes: dict[str, Cause], about: tuple[str, ...]) -> None:
    """Add what has begun to the record, and mark what is over."""
    at = now()
    prefixes = tuple(part for part in about if part.endswith(":"))
    for key, cause in causes.items():
        known = record.causes.setdefault(key, Open(cause.says, str(at), str(at)))
        known.says, known.over = cause.says, ""
        known.due = str(datetime.fromisoformat(known.since) + cause.after)
    for key, known in record.causes.items():
        looked_at = key in about or key.startswith(prefixes)
        if looked_at and key not in causes and not known.over:
            known.over = str(at)


def _tell_one(layout: Layout, record: Record, channel: Channel) -> str:
    """Tell a channel what it lacks, in one message; returns what came of it, '' if nothing was.

    It is recorded as told before it is sent, and taken back if it could not be delivered.
    """
    begun = {
        key: known
        for key, known in record.causes.items()
        if not known.over
        and channel.name not in known.told
        and datetime.fromisoformat(known.due) <= now()
    }
    over = {
        key: known
        for key, known in record.causes.items()
        if known.over and channel.name in known.told
    }
    if not begun and not over:
        return ""
    told = [(known, list(known.told)) for known in (*begun.values(), *over.values())]
    for known in begun.values():
        known.told.append(channel.name)
    for known in over.values():
        known.told.remove(channel.name)
    write_record(layout, record)
    try:
        channel.deliver(_message(begun, over))
    except BaseException as wrong:
        for known, before in told:
            known.told = before
        words = _failed(record, channel.name, wrong) if isinstance(wrong, AlertError) else ""
        write_record(layout, record)
        if not words:
            raise
        return words
    record.undelivered.pop(channel.name, None)
    return f"told {channel.words}: {len(begun)} begun, {len(over)} over"


def _failed(record: Record, name: str, wrong: AlertError) -> str:
    """Note that something could not be delivered; returns it in words."""
    before = record.undelivered.get(name)
    record.undelivered[name] = Undelivered(before.since if before else str(now()), str(wrong))
    words = f"not delivered, tried again at the next look: {wrong}"
    logging.getLogger(__name__).warning("alert %s", words)
    return words


def _forget(record: Record, channels: set[str]) -> None:
    """Drop what is over and needs no more telling, and failures of channels no longer set."""
    for key, known in list(record.causes.items()):
        if known.over and not set(known.told) & channels:
            del record.causes[key]
    for name in set(record.undelivered) - channels - {"settings"}:
        del record.undelivered[name]


def _message(begun: dict[str, Open], over: dict[str, Open]) -> Message:
    """The message about some causes."""
    one = next(iter({**begun, **over}.values())).says
    if len(begun) + len(over) == 1:
        subject = f"{'over: ' if over else ''}{one}"
    else:
        counted = [(len(begun), "begun"), (len(over), "over")]
        subject = ", ".join(f"{count} {what}" for count, what in counted if count)
    lines = [f"On {socket.gethostname()}:", ""]
    lines += [f"- {known.says} (since {known.since} UTC)" for known in begun.values()]
    lines += [f"- over: {known.says} (since {known.since} UTC)" for known in over.values()]
    lines += ["", "`unga status` and `unga alert` say what there is now."]
    return Message(
        _subject(subject),
        "\n".join(lines),
        [(key, known.says) for key, known in begun.items()],
        [(key, known.says) for key, known in over.items()],
    )


def _subject(words: str) -> str:
    """One line of at most 100 characters."""
    flat = " ".join(f"UNGA votes: {words}".split())
    return flat if len(flat) <= 100 else flat[:99] + "…"


def trial() -> Message:
    """What `unga alert --test` sends."""
    text = f"{TEST}\n\nFrom {socket.gethostname()}, {now()} UTC."
    return Message(_subject("test"), text, [("test", TEST)])


def undelivered(layout: Layout) -> list[str]:
    """A line on each channel to which something could not be delivered, for `unga status`."""
    return [
        f"an alert could not be delivered since {failed.since} UTC: {failed.reason}"
        for failed in read_record(layout).undelivered.values()
    ]
