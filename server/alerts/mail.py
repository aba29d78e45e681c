"""Sends a message as an e-mail, over SMTP with TLS."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from ..errors import DeliveryError

TIMEOUT_S = 5.0  # for one step


@dataclass(frozen=True)
class MailServer:
    """Where e-mails are handed over. There is no connection without TLS."""

    url: str  # smtps://USER:PASSWORD@HOST for TLS from the start, smtp://... for STARTTLS
    sender: str

    def send(self, to: str, subject: str, text: str, id: str, at: datetime) -> None:  # noqa: A002
        """Send one e-mail. Its Message-ID has the `id`, so that a repeated one can be dropped. Raises DeliveryError."""
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, to
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay away
        message.set_content(text)
        try:
            with self._connect() as server:
                server.send_message(message)
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError):
            raise DeliveryError("The mail server ended the connection.") from None
        except smtplib.SMTPAuthenticationError:
            raise DeliveryError("The mail server refused the user or the password.") from None
        except smtplib.SMTPRecipientsRefused:
            raise DeliveryError("The mail server refused the address.") from None
        except smtplib.SMTPNotSupportedError:
            raise DeliveryError("The mail server offers no TLS, or no login.") from None
        except smtplib.SMTPException as error:
            raise DeliveryError(f"The mail server refused the message: {type(error).__name__}.") from None
        except ssl.SSLError:
            raise DeliveryError("The mail server's TLS certificate is not valid for its host.") from None
        except OSError:
            raise DeliveryError("The mail server does not answer.") from None

    def _connect(self) -> smtplib.SMTP:
        parts, context = urlsplit(self.url), ssl.create_default_context()
        host = parts.hostname or ""
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        try:
            if parts.scheme != "smtps":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server
