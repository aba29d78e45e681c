"""Sends the messages that wait, each by its channel."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime

from ..errors import DeliveryError
from . import webhook
from .mail import MailServer
from .messages import Message, Outbox

BUG = "The server has a bug; its log says where."
NO_MAIL_SERVER = "The server has no mail server now; its operator sets smtp and smtp_from."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Channels:
    """What the operator has set for all accounts."""

    mail: MailServer | None = None
    allow_private: bool = False  # webhooks may have addresses that are not public, and http

    def send(self, message: Message, now: datetime) -> None:
        """Send the message. Raises DeliveryError."""
        if message.channel == "webhook":
            assert message.secret is not None
            body, at = message.body.encode(), int(now.timestamp())
            webhook.send(message.target, message.secret, message.id, body, at, allow_private=self.allow_private)
        elif self.mail is None:
            raise DeliveryError(NO_MAIL_SERVER)
        else:
            content = json.loads(message.body)
            self.mail.send(message.target, content["subject"], content["text"], message.id, message.created_at)

    def deliver(self, message: Message, outbox: Outbox, now: datetime) -> None:
        """Send the message and note how that went. Blocks for up to a quarter of a minute. Raises ControlError."""
        outbox.claim(message, now)
        try:
            self.send(message, now)
        except DeliveryError as error:
            outbox.note_failure(message, str(error), now)
            log.warning("A message of an alert was not delivered: %s", error)
        except Exception:
            outbox.note_failure(message, BUG, now)
            log.exception("A message of an alert was not delivered.")
        else:
            outbox.note_sent(message, now)
